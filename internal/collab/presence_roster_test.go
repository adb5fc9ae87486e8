package collab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
)

var dawn = time.Date(2026, 5, 4, 6, 0, 0, 0, time.UTC)

// tab is a client: its person and id, what it shows ("-" is nothing), and the
// seconds after dawn at which it changed and at which it was seen.
func tab(name, status, page, field string, changed, seen int) collab.Presence {
	userID, clientID, _ := strings.Cut(name, "/")
	return collab.Presence{
		UserID:   collab.ID(userID),
		Name:     strings.ToUpper(userID),
		ClientID: collab.ID(clientID),
		PresenceState: collab.PresenceState{
			Status: collab.PresenceStatus(status), CurrentPage: unlessDash(page), EditingField: unlessDash(field),
		},
		ChangedAt: dawn.Add(time.Duration(changed) * time.Second),
		SeenAt:    collab.At(dawn.Add(time.Duration(seen) * time.Second)),
	}
}

func unlessDash(s string) *string {
	if s == "-" {
		return nil
	}
	return &s
}

func TestRoster(t *testing.T) {
	for _, test := range []struct {
		name    string
		clients []collab.Presence
		want    string // for each person: id, status, page, field, seconds of LastSeen, clients
	}{
		{"nobody", nil, ""},
		{"one client", []collab.Presence{
			tab("ada/1", "AWAY", "/a", "name", 1, 7),
		}, "ada AWAY /a name 7 ×1"},
		{"people by name", []collab.Presence{
			tab("cy/1", "ONLINE", "-", "-", 0, 0),
			tab("ada/1", "ONLINE", "-", "-", 0, 0),
			tab("ben/1", "ONLINE", "-", "-", 0, 0),
		}, "ada ONLINE - - 0 ×1; ben ONLINE - - 0 ×1; cy ONLINE - - 0 ×1"},
		{"the most present status wins, however old", []collab.Presence{
			tab("ada/1", "AWAY", "-", "-", 9, 9),
			tab("ada/2", "ONLINE", "-", "-", 1, 1),
			tab("ada/3", "BUSY", "-", "-", 5, 5),
			tab("ben/1", "AWAY", "-", "-", 9, 9),
			tab("ben/2", "BUSY", "-", "-", 1, 1),
		}, "ada ONLINE - - 9 ×3; ben BUSY - - 9 ×2"},
		{"the field and the page that changed last win", []collab.Presence{
			tab("ada/1", "ONLINE", "/a", "name", 2, 9),
			tab("ada/2", "ONLINE", "/b", "email", 3, 5),
			tab("ada/3", "ONLINE", "/c", "phone", 1, 7),
		}, "ada ONLINE /b email 9 ×3"},
		{"of those that have one", []collab.Presence{
			tab("ada/1", "ONLINE", "/a", "name", 1, 1),
			tab("ada/2", "ONLINE", "/b", "-", 2, 2),
			tab("ada/3", "ONLINE", "-", "-", 3, 3),
		}, "ada ONLINE /b name 3 ×3"},
		{"being seen again changes nothing but that", []collab.Presence{
			tab("ada/1", "ONLINE", "/a", "name", 1, 30),
			tab("ada/2", "ONLINE", "/b", "email", 2, 20),
		}, "ada ONLINE /b email 30 ×2"},
		{"a tab in the background is not where the person is", []collab.Presence{
			tab("ada/1", "ONLINE", "/a", "-", 1, 1),
			tab("ada/2", "AWAY", "/b", "email", 2, 2),
		}, "ada ONLINE /a email 2 ×2"},
		{"unless no other tab says where", []collab.Presence{
			tab("ada/1", "ONLINE", "-", "-", 1, 1),
			tab("ada/2", "AWAY", "/b", "-", 2, 2),
		}, "ada ONLINE /b - 2 ×2"},
		{"what changed at once is decided by the client", []collab.Presence{
			tab("ada/2", "ONLINE", "/b", "email", 1, 1),
			tab("ada/1", "ONLINE", "/a", "name", 1, 1),
		}, "ada ONLINE /a name 1 ×2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 {
				roster := collab.Roster(test.clients)
				if got := describe(roster); got != test.want || roster == nil {
					t.Errorf("the roster is %q, want %q", got, test.want)
				}
				slices.Reverse(test.clients)
			}
		})
	}
}

func describe(roster []*collab.PresenceUser) string {
	var people []string
	for _, u := range roster {
		people = append(people, fmt.Sprintf("%s %s %s %s %.0f ×%d", u.ID, u.Status,
			orDash(u.CurrentPage), orDash(u.EditingField), u.LastSeen.Sub(dawn).Seconds(), u.Clients))
	}
	return strings.Join(people, "; ")
}

func orDash(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

func TestRosterOfNamesakes(t *testing.T) {
	first, second, third := tab("b/1", "ONLINE", "-", "-", 0, 0), tab("a/1", "ONLINE", "-", "-", 0, 0), tab("c/1", "ONLINE", "-", "-", 0, 0)
	first.Name, second.Name, third.Name = "Kim", "Kim", "Ada"
	if got := describe(collab.Roster([]collab.Presence{first, second, third})); !strings.HasPrefix(got, "c ") || strings.Index(got, "a ") > strings.Index(got, "b ") {
		t.Errorf("the roster is %q, want c, a, b", got)
	}
	renamed := first
	renamed.ClientID, renamed.Name, renamed.ChangedAt = "2", "Kim Lee", dawn.Add(time.Second)
	if got := collab.Roster([]collab.Presence{first, renamed})[0].Name; got != "Kim Lee" {
		t.Errorf("the person is %q, want the newest name", got)
	}
}

func TestRosterChange(t *testing.T) {
	ada, ben, cy := tab("ada/1", "ONLINE", "/a", "name", 1, 1), tab("ben/1", "ONLINE", "-", "-", 1, 1), tab("cy/1", "ONLINE", "-", "-", 1, 1)
	with := func(p collab.Presence, change func(*collab.Presence)) collab.Presence {
		change(&p)
		return p
	}
	picture := "/ada.png"
	for _, test := range []struct {
		name          string
		before, after []collab.Presence
		want          string
	}{
		{"nothing", nil, nil, "#0"},
		{"the same", []collab.Presence{ada, ben}, []collab.Presence{ben, ada}, "#2"},
		{"everything at once", []collab.Presence{ada, ben}, []collab.Presence{with(ada, func(p *collab.Presence) { p.Status = "BUSY" }), cy}, "+cy ~ada -ben #2"},
		{"many", nil, []collab.Presence{cy, ben, ada}, "+ada +ben +cy #3"},
		{"all gone", []collab.Presence{cy, ben, ada}, nil, "-ada -ben -cy #0"},
		{"seen again", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.SeenAt = collab.At(dawn.Add(time.Hour)) })}, "#1"},
		{"changed to the same", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.ChangedAt = dawn.Add(time.Hour) })}, "#1"},
		{"an equal page", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.CurrentPage = unlessDash("/a") })}, "#1"},
		{"another page", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.CurrentPage = unlessDash("/b") })}, "~ada #1"},
		{"no page", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.CurrentPage = nil })}, "~ada #1"},
		{"another field", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.EditingField = unlessDash("email") })}, "~ada #1"},
		{"a field", []collab.Presence{ben}, []collab.Presence{with(ben, func(p *collab.Presence) { p.EditingField = unlessDash("email") })}, "~ben #1"},
		{"another name", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.Name = "Ada" })}, "~ada #1"},
		{"a picture", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.Avatar = &picture })}, "~ada #1"},
		{"another tab", []collab.Presence{ada}, []collab.Presence{ada, tab("ada/2", "AWAY", "-", "-", 0, 0)}, "~ada #1"},
		{"another tab instead", []collab.Presence{ada}, []collab.Presence{with(ada, func(p *collab.Presence) { p.ClientID = "2" })}, "#1"},
	} {
		t.Run(test.name, func(t *testing.T) {
			update := collab.RosterChange("room", collab.Roster(test.before), collab.Roster(test.after))
			var words []string
			for _, u := range update.Joined {
				words = append(words, "+"+string(u.ID))
			}
			for _, u := range update.Updated {
				words = append(words, "~"+string(u.ID))
			}
			for _, id := range update.Left {
				words = append(words, "-"+string(id))
			}
			if empty := len(words) == 0; update.Empty() != empty {
				t.Errorf("Empty is %v, want %v", update.Empty(), empty)
			}
			words = append(words, fmt.Sprintf("#%d", update.TotalCount))
			if got := strings.Join(words, " "); got != test.want || update.Room != "room" || update.Snapshot != nil {
				t.Errorf("the change is %q, want %q", got, test.want)
			}
		})
	}
}
