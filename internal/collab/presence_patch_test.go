package collab_test

import (
	"strings"
	"testing"

	"tandem/internal/collab"
)

func TestPresencePatchCheck(t *testing.T) {
	long := strings.Repeat("é", 501)
	busy, asleep := collab.StatusBusy, collab.PresenceStatus("ASLEEP")
	for _, test := range []struct {
		name  string
		patch collab.PresencePatch
		want  string // what the message begins with; "": there is none
	}{
		{"no patch", nil, ""},
		{"nulls", collab.PresencePatch{"status": nil, "currentPage": nil, "editingField": (*string)(nil)}, ""},
		{"a null status, as GraphQL has it", collab.PresencePatch{"status": (*collab.PresenceStatus)(nil)}, ""},
		{"a status", collab.PresencePatch{"status": &busy}, ""},
		{"no such status", collab.PresencePatch{"status": &asleep}, "status must be"},
		{"the longest texts", collab.PresencePatch{"currentPage": long[:1000], "editingField": long[:200]}, ""},
		{"a long page", collab.PresencePatch{"currentPage": &long}, "currentPage must have at most 500"},
		{"a long field", collab.PresencePatch{"editingField": long[:202]}, "editingField must have at most 100"},
		{"a line break", collab.PresencePatch{"currentPage": "/a\n"}, "currentPage must not contain"},
		{"a NUL", collab.PresencePatch{"editingField": "\x00"}, "editingField must not contain"},
		{"no UTF-8", collab.PresencePatch{"editingField": "\xff"}, "editingField must not contain"},
	} {
		t.Run(test.name, func(t *testing.T) {
			switch err := test.patch.Check(); {
			case test.want == "" && err != nil:
				t.Errorf("it is refused: %v", err)
			case test.want != "" && (err == nil || collab.CodeOf(err) != collab.BadInput || !strings.HasPrefix(err.Error(), test.want)):
				t.Errorf("the error is %v, want %q", err, test.want)
			}
		})
	}
}

func TestPresencePatchOver(t *testing.T) {
	page, away := "/b", collab.StatusAway
	for _, test := range []struct {
		name   string
		before string
		patch  collab.PresencePatch
		want   string
	}{
		{"no patch", "BUSY /a name", nil, "BUSY /a name"},
		{"a status", "BUSY /a name", collab.PresencePatch{"status": &away}, "AWAY /a name"},
		{"a null status", "BUSY /a name", collab.PresencePatch{"status": nil}, "ONLINE /a name"},
		{"no status before", " /a -", nil, "ONLINE /a -"},
		{"a page", "ONLINE /a name", collab.PresencePatch{"currentPage": &page}, "ONLINE /b name"},
		{"a null page", "ONLINE /a name", collab.PresencePatch{"currentPage": (*string)(nil)}, "ONLINE - name"},
		{"an empty page", "ONLINE /a name", collab.PresencePatch{"currentPage": ""}, "ONLINE - name"},
		{"a field", "ONLINE - -", collab.PresencePatch{"editingField": "email"}, "ONLINE - email"},
		{"a null field", "ONLINE - name", collab.PresencePatch{"editingField": nil}, "ONLINE - -"},
		{"something else", "ONLINE /a -", collab.PresencePatch{"color": "red"}, "ONLINE /a -"},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := strings.Split(test.before, " ")
			state := test.patch.Over(collab.PresenceState{
				Status: collab.PresenceStatus(before[0]), CurrentPage: unlessDash(before[1]), EditingField: unlessDash(before[2]),
			})
			if got := string(state.Status) + " " + orDash(state.CurrentPage) + " " + orDash(state.EditingField); got != test.want {
				t.Errorf("it shows %q, want %q", got, test.want)
			}
		})
	}
}
