package collab_test

import (
	"testing"

	"tandem/internal/collab"
)

func TestScopeSees(t *testing.T) {
	t.Parallel()
	open, admin := collab.Scope{OrgID: "acme"}, collab.Scope{OrgID: "acme", All: true}
	ben, eve := collab.Scope{OrgID: "acme", UserID: "ben"}, collab.Scope{OrgID: "acme", UserID: "eve"}
	for _, test := range []struct {
		name   string
		change *collab.Change
		sees   []collab.Scope
		blind  []collab.Scope
	}{
		{"everybody's", &collab.Change{OrgID: "acme"}, []collab.Scope{open, admin, ben, eve}, nil},
		{"some people's", &collab.Change{OrgID: "acme", Audience: []collab.ID{"ada", "ben", "cem"}}, []collab.Scope{admin, ben}, []collab.Scope{open, eve}},
		{"nobody's", &collab.Change{OrgID: "acme", Audience: []collab.ID{}}, []collab.Scope{admin}, []collab.Scope{open, ben}},
		{"that of a person without an id", &collab.Change{OrgID: "acme", Audience: []collab.ID{""}}, []collab.Scope{admin}, []collab.Scope{open, ben}},
		{"another organization's", &collab.Change{OrgID: "evil"}, nil, []collab.Scope{open, admin, ben}},
		{"none", nil, nil, []collab.Scope{open, admin, ben}},
	} {
		for _, scope := range test.sees {
			equal(t, test.name+" in "+scope.Key(), scope.Sees(test.change), true)
		}
		for _, scope := range test.blind {
			equal(t, test.name+" in "+scope.Key(), scope.Sees(test.change), false)
		}
	}
}

func TestScopeOfViewer(t *testing.T) {
	t.Parallel()
	keys := map[string]collab.Scope{}
	for _, test := range []struct {
		restricts, insider bool
		role               collab.Role
		want               collab.Scope
	}{
		{false, false, collab.RoleAdmin, collab.Scope{OrgID: "acme"}},
		{false, false, collab.RoleMember, collab.Scope{OrgID: "acme"}},
		{true, false, collab.RoleAdmin, collab.Scope{OrgID: "acme", All: true}},
		{true, false, collab.RoleMember, collab.Scope{OrgID: "acme"}},
		{true, true, collab.RoleMember, collab.Scope{OrgID: "acme", UserID: "ada"}},
		{true, true, collab.RoleViewer, collab.Scope{OrgID: "acme", UserID: "ada"}},
		{true, true, collab.RoleAdmin, collab.Scope{OrgID: "acme", All: true}},
	} {
		v := &collab.Viewer{
			User: &collab.User{ID: "ada"}, Organization: &collab.Organization{ID: "acme", HasRestricted: test.restricts},
			Role: test.role, HasRestrictedAccess: test.insider,
		}
		got := v.Scope()
		equal(t, "scope", got, test.want)
		if other, known := keys[got.Key()]; known {
			equal(t, "scope of "+got.Key(), other, got)
		}
		keys[got.Key()] = got
	}
	equal(t, "kinds", len(keys), 3)
}
