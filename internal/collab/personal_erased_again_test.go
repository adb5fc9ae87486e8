package collab_test

import (
	"context"
	"testing"

	"tandem/internal/collab"
)

// An erased person's client is refused, and nothing is learned of it: no name, and not
// where it comes from.
func TestErasedClientComesBack(t *testing.T) {
	t.Parallel()
	o := openTeam(t)
	if _, err := o.ErasePersonalData(o.ctx, o.ada, "ben"); err != nil {
		t.Fatal(err)
	}
	before, err := o.AuditTrail(o.ctx, o.ada, collab.AuditQuery{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims := collab.Claims{UserID: "ben", OrganizationID: "acme", Name: "Ben again", IssuedAt: collab.At(o.clock())}
	from := collab.WithOrigin(o.ctx, collab.NewOrigin("192.0.2.1", "Ben's phone", "crm"))
	if _, err := o.Admit(from, claims); collab.CodeOf(err) != collab.Forbidden {
		t.Errorf("got %v", err)
	}
	o.SignInRefused(from, claims, "the token has expired")
	ended, end := context.WithCancel(o.ctx)
	end()
	o.RecordRefusals(ended) // writes what was gathered
	after, err := o.AuditTrail(o.ctx, o.ada, collab.AuditQuery{}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "rows of the trail", len(after.Items), len(before.Items))
	if touched, err := o.ErasePersonalData(o.ctx, o.ada, "ben"); err != nil || touched != 0 {
		t.Errorf("again, it touched %d: %v", touched, err)
	}
}
