package collab_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"tandem/internal/collab"
)

func (o *office) trail(v *collab.Viewer, query collab.AuditQuery) []*collab.AuditEntry {
	o.t.Helper()
	page, err := o.AuditTrail(o.ctx, v, query, nil, nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return page.Items
}

func TestOriginIsBounded(t *testing.T) {
	t.Parallel()
	got := collab.NewOrigin("203.0.113.9", "a\x00b\xffc\u0085"+strings.Repeat("ö", 500), "\r\n")
	if got.Address != "203.0.113.9" || got.Client != "" || !strings.HasPrefix(got.Agent, "ab\uFFFDcö") {
		t.Errorf("got %q", got)
	}
	if len(got.Agent) > 200 || len(got.Agent) < 198 || !utf8.ValidString(got.Agent) {
		t.Errorf("the agent has %d bytes: %q", len(got.Agent), got.Agent)
	}
}

// An action that is not a write of the log is recorded with its actor and origin.
func TestAuditOfNoWrite(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember)
	before := o.head()
	ctx := collab.WithOrigin(o.ctx, collab.Origin{Address: "203.0.113.9"})
	if err := o.Audit(ctx, ben, collab.AuditEntry{Action: collab.AuditDataExported, SubjectID: "ben"}); err != nil {
		t.Fatal(err)
	}
	got := o.trail(ada, collab.AuditQuery{})
	if len(got) != 1 || got[0].ActorID != "ben" || got[0].Origin.Address != "203.0.113.9" || got[0].OccurredAt != collab.At(o.clock()) {
		t.Errorf("got %+v", got)
	}
	if o.head() != before {
		t.Error("it is in the log too")
	}
	if _, err := o.AuditTrail(o.ctx, ben, collab.AuditQuery{}, nil, nil); collab.CodeOf(err) != collab.Forbidden {
		t.Errorf("ben is answered with %v", err)
	}
}

// An edit is in the trail by its effect, not by the fields that it names.
func TestAuditOfEdits(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleAdmin), o.join("ben", collab.RoleMember)
	c := o.customer(ben, collab.Patch{"name": "Acme"})
	o.mustUpdate(ben, c, 1, collab.Patch{"name": "Beta", "visibility": "ORGANIZATION", "ownerId": nil})
	if got := o.trail(ada, collab.AuditQuery{}); len(got) != 0 {
		t.Errorf("the trail of nothing is %+v", got)
	}
	o.mustUpdate(ben, c, 2, collab.Patch{"name": "Gamma", "ownerId": "ada"})
	o.mustUpdate(ben, c, 3, collab.Patch{"ownerId": nil})
	got := o.trail(ada, collab.AuditQuery{})
	if len(got) != 2 || got[1].SubjectID != "ada" || got[0].SubjectID != "" || got[0].Action != collab.AuditOwnerChanged {
		t.Errorf("got %+v", got)
	}
	if string(got[0].Details) != `{"new":null,"old":"ada"}` {
		t.Errorf("the details are %s", got[0].Details)
	}
}
