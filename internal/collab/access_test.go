package collab_test

import (
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
)

// cleosCustomer was made by cleo and is olga's.
func cleosCustomer() *collab.Customer {
	return &collab.Customer{
		Record:         collab.Record{ID: "cus_1", Type: collab.TypeCustomer, CreatedBy: "cleo"},
		CustomerFields: collab.CustomerFields{Name: "Acme", OwnerID: new(collab.ID("olga")), Tags: []string{}},
	}
}

func TestAccessOf(t *testing.T) {
	t.Parallel()
	all := []string{"company", "email", "name", "notes", "ownerId", "phone", "status", "tags", "visibility"}
	governed := []string{"ownerId", "visibility"}
	tests := []struct {
		who                string
		userID             collab.ID
		role               collab.Role
		canEdit, canDelete bool
		readOnly           []string
	}{
		{"an admin", "ann", collab.RoleAdmin, true, true, nil},
		{"the creator", "cleo", collab.RoleMember, true, true, nil},
		{"the owner", "olga", collab.RoleMember, true, true, nil},
		{"any other member", "bob", collab.RoleMember, true, false, governed},
		{"a viewer", "bob", collab.RoleViewer, false, false, all},
		{"the creator, who only reads now", "cleo", collab.RoleViewer, false, false, all},
		{"the owner, who only reads now", "olga", collab.RoleViewer, false, false, all},
		{"a role that nobody knows", "cleo", "OWNER", false, false, all},
		{"no role", "cleo", "", false, false, all},
	}
	for _, test := range tests {
		got := collab.AccessOf(test.userID, test.role, cleosCustomer(), "")
		if got.CanEdit != test.canEdit || got.CanDelete != test.canDelete || !slices.Equal(got.ReadOnlyFields, test.readOnly) {
			t.Errorf("%s: %+v", test.who, got)
		}
		// The schema promises a list, and a reason where something is not allowed.
		if got.ReadOnlyFields == nil || (got.Reason == nil) != (test.canEdit && test.canDelete) {
			t.Errorf("%s: %+v", test.who, got)
		}
	}
}

// A grant counts where the customer is restricted, and gives no more than the role.
func TestAccessOfRestricted(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		who                string
		userID             collab.ID
		role               collab.Role
		level              collab.AccessLevel
		canEdit, canDelete bool
		readOnly           int
		reason             string
	}{
		{"an admin", "ann", collab.RoleAdmin, "", true, true, 0, ""},
		{"the creator", "cleo", collab.RoleMember, "", true, true, 0, ""},
		{"the owner, with a grant to read", "olga", collab.RoleMember, collab.AccessRead, true, true, 0, ""},
		{"a member with a grant to write", "bob", collab.RoleMember, collab.AccessWrite, true, false, 2, "Only its creator"},
		{"a member with a grant to read", "bob", collab.RoleMember, collab.AccessRead, false, false, 9, "You were given access to read"},
		{"a member without a grant", "bob", collab.RoleMember, "", false, false, 9, "You were given access to read"},
		{"a viewer with a grant to write", "bob", collab.RoleViewer, collab.AccessWrite, false, false, 9, "Your role"},
	} {
		customer := cleosCustomer()
		customer.Visibility = collab.VisibleRestricted
		got := collab.AccessOf(test.userID, test.role, customer, test.level)
		reason := ""
		if got.Reason != nil {
			reason = *got.Reason
		}
		if got.CanEdit != test.canEdit || got.CanDelete != test.canDelete || len(got.ReadOnlyFields) != test.readOnly ||
			!strings.HasPrefix(reason, test.reason) || (reason == "") != (test.reason == "") {
			t.Errorf("%s: %+v, %s", test.who, got, reason)
		}
		needed := collab.AccessOf(test.userID, test.role, customer, "").CanEdit != collab.AccessOf(test.userID, test.role, customer, collab.AccessWrite).CanEdit
		if depends := collab.DependsOnGrant(test.userID, test.role, customer); depends != needed {
			t.Errorf("%s: depends on a grant: %t", test.who, depends)
		}
	}
	open := collab.AccessOf("bob", collab.RoleMember, cleosCustomer(), collab.AccessRead)
	if !open.CanEdit {
		t.Error("a grant to read takes away from what everybody may do")
	}
}

// Without an owner it belongs to its creator alone, and an empty owner id matches nobody.
func TestAccessWithoutOwner(t *testing.T) {
	t.Parallel()
	customer := cleosCustomer()
	customer.OwnerID = nil
	for userID, want := range map[collab.ID]bool{"cleo": true, "olga": false, "": false} {
		if got := collab.AccessOf(userID, collab.RoleMember, customer, ""); got.CanDelete != want {
			t.Errorf("%q may delete: %t", userID, got.CanDelete)
		}
	}
}

// Fields that somebody may not change are named as in a patch, whatever the type.
func TestReadOnlyFieldsOfEveryType(t *testing.T) {
	t.Parallel()
	record := collab.Record{CreatedBy: "cleo"}
	for _, test := range []struct {
		e    collab.Entity
		want []string
	}{
		{&collab.Call{Record: record}, []string{
			"customerId", "direction", "durationSeconds", "notes", "outcome", "ownerId", "scheduledAt", "startedAt", "status", "subject", "visibility",
		}},
		{&collab.Meeting{Record: record}, []string{
			"agenda", "attendeeIds", "customerId", "endsAt", "location", "notes", "ownerId", "startsAt", "status", "title", "visibility",
		}},
	} {
		if got := collab.AccessOf("bob", collab.RoleViewer, test.e, "").ReadOnlyFields; !slices.Equal(got, test.want) {
			t.Errorf("%T: %v", test.e, got)
		}
		if got := collab.AccessOf("bob", collab.RoleMember, test.e, "").ReadOnlyFields; !slices.Equal(got, []string{"ownerId", "visibility"}) {
			t.Errorf("%T: %v", test.e, got)
		}
	}
}

// Answers must not share an access: it belongs to the viewer who asked for it.
func TestAccessIsNotShared(t *testing.T) {
	t.Parallel()
	first := collab.AccessOf("bob", collab.RoleMember, cleosCustomer(), "")
	first.ReadOnlyFields[0] = "changed"
	if second := collab.AccessOf("bob", collab.RoleMember, cleosCustomer(), ""); second.ReadOnlyFields[0] != "ownerId" {
		t.Errorf("got %v", second.ReadOnlyFields)
	}
}

func TestRoles(t *testing.T) {
	t.Parallel()
	roles := []collab.Role{"", collab.RoleViewer, collab.RoleMember, collab.RoleAdmin}
	for i, role := range roles {
		for j, least := range roles {
			if role.AtLeast(least) != (i >= j) {
				t.Errorf("%q includes %q: %t", role, least, role.AtLeast(least))
			}
		}
		if role.Valid() != (i > 0) {
			t.Errorf("%q is a role: %t", role, role.Valid())
		}
	}
	if collab.Role("admin").Valid() || collab.Role("OWNER").AtLeast(collab.RoleViewer) {
		t.Error("a role that nobody knows may do something")
	}
}
