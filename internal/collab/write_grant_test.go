package collab_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// A team is an office where ada is an admin, and ben, cem and dan are members.
type team struct {
	*office
	ada, ben, cem, dan *collab.Viewer
}

func openTeam(t *testing.T) *team {
	o := open(t)
	return &team{
		office: o, ada: o.join("ada", collab.RoleAdmin), ben: o.join("ben", collab.RoleMember),
		cem: o.join("cem", collab.RoleMember), dan: o.join("dan", collab.RoleMember),
	}
}

// again is a viewer as they are now.
func (o *team) again(v *collab.Viewer) *collab.Viewer { return o.join(string(v.User.ID), v.Role) }

// last is the newest change of the log.
func (o *team) last() *collab.Change {
	o.t.Helper()
	changes, err := o.store.Changes(o.ctx, "acme", o.head()-1, 1)
	if err != nil || len(changes) != 1 {
		o.t.Fatal(changes, err)
	}
	return changes[0]
}

func (o *team) grant(by *collab.Viewer, id, to collab.ID, level collab.AccessLevel) bool {
	o.t.Helper()
	changed, err := o.GrantAccess(o.ctx, by, id, to, level)
	if err != nil {
		o.t.Fatal(err)
	}
	return changed
}

// sees reports whether somebody sees a customer.
func (o *team) sees(v *collab.Viewer, id collab.ID) bool {
	o.t.Helper()
	found, err := o.EntitiesByID(o.ctx, o.again(v).Scope(), []collab.ID{id})
	if err != nil {
		o.t.Fatal(err)
	}
	return found[id] != nil
}

// addressOf is what a change says of who may see it and whose access it alters.
func addressOf(c *collab.Change) string {
	text := "all"
	if c.Audience != nil {
		text = fmt.Sprint(c.Audience)
	}
	if c.AccessEffects == nil {
		return text
	}
	var people []string
	for id, effect := range c.AccessEffects.People {
		people = append(people, fmt.Sprintf("%s %s", id, effect))
	}
	slices.Sort(people)
	if c.AccessEffects.Others != "" {
		people = append(people, "others "+string(c.AccessEffects.Others))
	}
	return text + "; " + strings.Join(people, ", ")
}

// A change is for those who may see the entity before and after it.
func TestAudience(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	hidden := collab.Patch{"visibility": "RESTRICTED"}
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "ownerId": "cem"})
	version := 1
	update := func(by *collab.Viewer, patch collab.Patch) func() error {
		return func() error {
			saved, err := o.update(by, c, version, patch)
			if err == nil {
				version = saved.Entity.Common().Version
			}
			return err
		}
	}
	for _, step := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a view of what all see", func() error { _, err := o.RecordView(o.ctx, o.dan, c.ID); return err }, "all"},
		{"a grant on it", func() error { _, err := o.GrantAccess(o.ctx, o.ben, c.ID, "dan", collab.AccessRead); return err }, "all"},
		{"hidden, the first of all", update(o.ben, hidden), "[ben cem dan]; ben SCOPE, cem SCOPE, dan SCOPE, others LOST"},
		{"an edit", update(o.ada, collab.Patch{"name": "Ajax"}), "[ben cem dan]"},
		{"a comment", func() error {
			_, err := o.AddComment(o.ctx, o.ben, collab.AddComment{EntityID: c.ID, Body: "hm"})
			return err
		}, "[ben cem dan]"},
		{"another level", func() error { _, err := o.GrantAccess(o.ctx, o.cem, c.ID, "dan", collab.AccessWrite); return err }, "[ben cem dan]; dan GAINED"},
		{"taken back", func() error { _, err := o.RevokeAccess(o.ctx, o.cem, c.ID, "dan"); return err }, "[ben cem]; dan LOST"},
		{"handed over", update(o.cem, collab.Patch{"ownerId": "dan"}), "[ben]; cem LOST, dan GAINED"},
		{"a conflict", func() error {
			_, err := o.update(o.dan, c, 3, collab.Patch{"ownerId": "ada"})
			problem[*collab.Conflict](o.t, err)
			return nil
		}, "[ben dan]"},
		{"deleted", func() error {
			_, err := o.Delete(o.ctx, o.dan, collab.Delete{ID: c.ID, BaseVersion: version})
			version++
			return err
		}, "[ben dan]"},
		{"restored", func() error {
			_, err := o.Restore(o.ctx, o.ben, collab.Restore{ID: c.ID})
			version++
			return err
		}, "[ben dan]"},
		{"for all", update(o.ben, collab.Patch{"visibility": "ORGANIZATION"}), "[ben dan]; others GAINED"},
		{"hidden again, and who else knows is not read", update(o.ben, hidden), "[ben dan]; dan SCOPE, others LOST"},
		{"a hidden one by who has some", func() error {
			o.customer(o.ben, collab.Patch{"name": "B", "visibility": "RESTRICTED", "ownerId": "dan"})
			return nil
		}, "[ben dan]"},
		{"a hidden one by who has none", func() error {
			o.customer(o.ada, collab.Patch{"name": "C", "visibility": "RESTRICTED"})
			return nil
		}, "[ada]; ada SCOPE"},
	} {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		equal(t, step.name, addressOf(o.last()), step.want)
	}
}

func TestEffectOn(t *testing.T) {
	t.Parallel()
	hid := &collab.Change{Type: collab.ChangeUpdate, Audience: []collab.ID{"ben"}, AccessEffects: &collab.AccessEffects{
		People: map[collab.ID]collab.Effect{"cem": collab.EffectGained}, Others: collab.EffectLost,
	}}
	demoted := &collab.Change{Type: collab.ChangeMember, AccessEffects: &collab.AccessEffects{People: map[collab.ID]collab.Effect{"ada": collab.EffectLost}}}
	for _, test := range []struct {
		change *collab.Change
		userID collab.ID
		role   collab.Role
		want   collab.Effect
	}{
		{hid, "ben", collab.RoleMember, ""},
		{hid, "cem", collab.RoleMember, collab.EffectGained},
		{hid, "dan", collab.RoleMember, collab.EffectLost},
		{hid, "ada", collab.RoleAdmin, collab.EffectScope},
		{hid, "cem", collab.RoleAdmin, collab.EffectScope},
		{demoted, "ada", collab.RoleAdmin, collab.EffectLost},
		{demoted, "ben", collab.RoleMember, ""},
		{&collab.Change{}, "ben", collab.RoleMember, ""},
	} {
		equal(t, fmt.Sprint(test.change.Type, test.userID), test.change.EffectOn(test.userID, test.role), test.want)
	}
}

func TestGrantAccess(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	for v, want := range map[*collab.Viewer]bool{o.ada: true, o.ben: true, o.cem: false, o.dan: false} {
		equal(t, v.User.Name+" sees it", o.sees(v, c.ID), want)
	}
	equal(t, "granted", o.grant(o.ben, c.ID, "cem", collab.AccessRead), true)
	equal(t, "granted again", o.grant(o.ben, c.ID, "cem", collab.AccessRead), false)
	equal(t, "cem sees it", o.sees(o.cem, c.ID), true)
	equal(t, "cem is told", o.told(o.again(o.cem))[0], collab.NotifyAccessChanged)
	equal(t, "ben is told", len(o.told(o.again(o.ben))), 0)

	_, err := o.update(o.cem, c, 1, collab.Patch{"name": "Ajax"})
	denied := problem[*collab.AccessDenied](t, err)
	equal(t, "reason", strings.Contains(denied.Message, "to read this"), true)
	equal(t, "read-only fields", len(denied.ReadOnlyFields), 9)
	_, err = o.AddComment(o.ctx, o.cem, collab.AddComment{EntityID: c.ID, Body: "hm"})
	problem[*collab.AccessDenied](t, err)
	equal(t, "more", o.grant(o.ada, c.ID, "cem", collab.AccessWrite), true)
	o.mustUpdate(o.cem, c, 1, collab.Patch{"name": "Ajax"})
	_, err = o.update(o.cem, c, 2, collab.Patch{"visibility": "ORGANIZATION"})
	equal(t, "governed fields", len(problem[*collab.AccessDenied](t, err).ReadOnlyFields), 2)
	_, err = o.Delete(o.ctx, o.cem, collab.Delete{ID: c.ID, BaseVersion: 2})
	problem[*collab.AccessDenied](t, err)
	_, err = o.GrantAccess(o.ctx, o.cem, c.ID, "dan", collab.AccessRead)
	equal(t, "cem may not grant", collab.CodeOf(err), collab.Forbidden)

	revoked, err := o.RevokeAccess(o.ctx, o.ben, c.ID, "cem")
	equal(t, "revoked", revoked, true)
	equal(t, "error", err, nil)
	equal(t, "cem sees it", o.sees(o.cem, c.ID), false)
	page, err := o.Notifications(o.ctx, o.again(o.cem), collab.NotificationQuery{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "cem still has", len(page.Items), 1)
	told := page.Items[0]
	equal(t, "it names it", told.EntityID != nil || strings.Contains(told.Title+told.Body, "Ajax"), false)
	revoked, err = o.RevokeAccess(o.ctx, o.ben, c.ID, "cem")
	equal(t, "revoked again", revoked, false)
	equal(t, "error", err, nil)
}

// A person who may not see an entity gets the same answer as for an id that never existed.
func TestHiddenEntityIsNotFound(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	secret := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	gone := o.customer(o.ben, collab.Patch{"name": "Gone", "visibility": "RESTRICTED"})
	if _, err := o.Delete(o.ctx, o.ben, collab.Delete{ID: gone.ID, BaseVersion: 1}); err != nil {
		t.Fatal(err)
	}
	conflict := o.conflict(o.ben, o.ada, secret, collab.Patch{"name": "Local"})
	for name, ask := range map[string]func(entityID, conflictID collab.ID) error{
		"update": func(entityID, _ collab.ID) error {
			_, err := o.Update(o.ctx, o.dan, collab.Update{Type: collab.TypeCustomer, ID: entityID, BaseVersion: 1, Patch: collab.Patch{"name": "x"}})
			return err
		},
		"delete": func(entityID, _ collab.ID) error {
			_, err := o.Delete(o.ctx, o.dan, collab.Delete{ID: entityID, BaseVersion: 1})
			return err
		},
		"restore": func(entityID, _ collab.ID) error {
			_, err := o.Restore(o.ctx, o.dan, collab.Restore{ID: entityID})
			return err
		},
		"comment": func(entityID, _ collab.ID) error {
			_, err := o.AddComment(o.ctx, o.dan, collab.AddComment{EntityID: entityID, Body: "hm"})
			return err
		},
		"view": func(entityID, _ collab.ID) error { _, err := o.RecordView(o.ctx, o.dan, entityID); return err },
		"grant": func(entityID, _ collab.ID) error {
			_, err := o.GrantAccess(o.ctx, o.dan, entityID, "dan", collab.AccessRead)
			return err
		},
		"revoke": func(entityID, _ collab.ID) error {
			_, err := o.RevokeAccess(o.ctx, o.dan, entityID, "nobody")
			return err
		},
		"refer to": func(entityID, _ collab.ID) error {
			_, err := o.Create(o.ctx, o.dan, collab.Create{Type: collab.TypeCall, Document: collab.Patch{"subject": "s", "direction": "INBOUND", "customerId": entityID}})
			return err
		},
		"resolve": func(_, conflictID collab.ID) error {
			_, err := o.Resolve(o.ctx, o.dan, collab.Resolve{Type: collab.TypeCustomer, ConflictID: conflictID, Resolution: collab.ResolveLocal})
			return err
		},
	} {
		never := ask("cus_never", "cfl_never")
		for _, id := range []collab.ID{secret.ID, gone.ID} {
			if got := ask(id, conflict.ID); never == nil || !alike(got, never, id) {
				t.Errorf("%s: %#v, but of what never was %#v", name, got, never)
			}
		}
	}
}

// alike reports whether two errors are the same except for the id that was asked for.
func alike(got, never error, id collab.ID) bool {
	text := strings.ReplaceAll(fmt.Sprintf("%#v %v %v", got, got, collab.CodeOf(got)), string(id), "cus_never")
	want := fmt.Sprintf("%#v %v %v", never, never, collab.CodeOf(never))
	if invalid, ok := errors.AsType[*collab.InvalidInput](got); ok { // %#v would show where it lies
		other, ok := errors.AsType[*collab.InvalidInput](never)
		return ok && *invalid.Fields[0] == *other.Fields[0]
	}
	return text == want
}

// A retry gets the first answer, unless the entity was hidden since.
func TestRetryOfWhatBecameHidden(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme"})
	rename := collab.Update{Type: collab.TypeCustomer, ID: c.ID, BaseVersion: 1, Patch: collab.Patch{"name": "Ajax"}, ClientMutationID: id("k1")}
	remark := collab.AddComment{EntityID: c.ID, Body: "hm", ClientMutationID: id("k2")}
	create := collab.Create{Type: collab.TypeCustomer, ClientMutationID: id("k3"), Document: collab.Patch{"name": "mine"}}
	retry := func() []error {
		_, first := o.Update(o.ctx, o.dan, rename)
		_, second := o.AddComment(o.ctx, o.dan, remark)
		_, third := o.Create(o.ctx, o.dan, create)
		return []error{first, second, third}
	}
	for range 2 {
		for _, err := range retry() {
			equal(t, "error", err, nil)
		}
	}
	o.mustUpdate(o.ben, c, 2, collab.Patch{"visibility": "RESTRICTED"})
	answers := retry()
	for _, err := range answers[:2] {
		equal(t, "deleted at", problem[*collab.EntityGone](t, err).DeletedAt, nil)
	}
	equal(t, "what stays visible", answers[2], nil)
}

func TestMentionsAreOfThoseWhoSee(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	mention := func(userID collab.ID) error {
		_, err := o.AddComment(o.ctx, o.ben, collab.AddComment{EntityID: c.ID, Body: "hm", MentionIDs: []collab.ID{userID}})
		return err
	}
	equal(t, "an admin", mention("ada"), nil)
	wrong := problem[*collab.InvalidInput](t, mention("dan")).Fields[0]
	equal(t, "field", wrong.Field, "mentionIds")
	equal(t, "message", strings.Contains(wrong.Message, "give them access"), true)
	o.grant(o.ben, c.ID, "dan", collab.AccessRead)
	equal(t, "who was granted it", mention("dan"), nil)
}

// A change's notification is shown to a person who sees the entity, or gains access by the change.
func TestTells(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED", "ownerId": "cem"})
	stale := collab.Scope{OrgID: "acme"} // as it was before cem owned something hidden
	tells := func(scope collab.Scope, userID collab.ID) bool { return o.last().Shows(scope, userID) != nil }
	equal(t, "the owner is told", tells(o.again(o.cem).Scope(), "cem"), true)
	o.mustUpdate(o.ben, c, 1, collab.Patch{"ownerId": "dan"})
	equal(t, "who gets it is told", tells(stale, "dan"), true)
	equal(t, "who loses it is told", tells(stale, "cem"), true)
	equal(t, "nobody else is told", tells(collab.Scope{OrgID: "acme", All: true}, "ada"), false)
	if _, err := o.RevokeAccess(o.ctx, o.ben, c.ID, "dan"); err != nil {
		t.Fatal(err)
	}
	if _, err := o.AddComment(o.ctx, o.ben, collab.AddComment{EntityID: c.ID, Body: "hm"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "the owner is notified of a comment", tells(o.again(o.dan).Scope(), "dan"), true)
	equal(t, "but not in a scope that does not see it", tells(stale, "dan"), false)
}

// A call that everybody sees does not appear in the feed of a customer that not everybody sees.
func TestFeedOfHiddenCustomer(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	c := o.customer(o.ben, collab.Patch{"name": "Acme", "visibility": "RESTRICTED"})
	_, err := o.Create(o.ctx, o.ben, collab.Create{Type: collab.TypeCall, Document: collab.Patch{
		"subject": "Call", "direction": "INBOUND", "customerId": c.ID,
	}})
	if err != nil {
		t.Fatal(err)
	}
	query := collab.ActivityQuery{Feed: collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: c.ID}}
	for v, want := range map[*collab.Viewer]bool{o.ada: true, o.ben: true, o.dan: false} {
		scope := o.again(v).Scope()
		equal(t, v.User.Name+" sees the call", scope.Sees(o.last()), true)
		matches, err := o.ActivityMatcher(o.ctx, scope, query)
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "it is in the feed for "+v.User.Name, matches(o.last()), want)
	}
}
