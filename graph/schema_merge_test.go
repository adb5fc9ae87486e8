package graph_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/servertest"
)

// unmergeable are the fields that a document can select from several types of one
// interface or union only under an alias, since their types differ and clients rely on
// both. Nothing is to be added: a new field has the type that it has elsewhere, or
// another name.
var unmergeable = map[string]string{
	"status":     "Customer, Call and Meeting each have an enum of their own",
	"entityId":   "a Notification may be about no entity; an ActivityEvent and a conflict always are",
	"entityType": "a Notification may be about no entity; an ActivityEvent and a conflict always are",
}

// Fields of one name can be selected side by side from all types that an interface or a
// union may be, as `... on EntityGone { entityId } ... on AccessDenied { entityId }`.
func TestSchemaFieldsMerge(t *testing.T) {
	s := servertest.ParseSchema(t)
	met := map[string]bool{}
	for _, abstract := range servertest.OurTypes(s) {
		if !abstract.IsAbstractType() {
			continue
		}
		possible := s.GetPossibleTypes(abstract)
		for i, one := range possible {
			for _, other := range possible[i+1:] {
				for _, name := range clashes(s, one, other) {
					met[name] = true
					if unmergeable[name] == "" {
						t.Errorf("%s: %s.%s is %s, and %s.%[3]s is %[6]s", abstract.Name, one.Name, name,
							one.Fields.ForName(name).Type, other.Name, other.Fields.ForName(name).Type)
					}
				}
			}
		}
	}
	for name := range unmergeable {
		if !met[name] {
			t.Errorf("%s merges: it is no exception any more", name)
		}
	}
}

// clashes names the fields of two types that don't have the same shape.
func clashes(s *ast.Schema, one, other *ast.Definition) (names []string) {
	for _, field := range one.Fields {
		if same := other.Fields.ForName(field.Name); same != nil && !haveSameShape(s, field.Type, same.Type) {
			names = append(names, field.Name)
		}
	}
	return names
}

// haveSameShape reports whether values of two types look alike, as GraphQL's validation
// wants it of fields that share a name.
func haveSameShape(s *ast.Schema, a, b *ast.Type) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return haveSameShape(s, a.Elem, b.Elem)
	}
	bothComposite := s.Types[a.NamedType].IsCompositeType() && s.Types[b.NamedType].IsCompositeType()
	return a.NamedType == b.NamedType || bothComposite
}

// The comparison itself has to notice what it is for.
func TestSchemaShapes(t *testing.T) {
	s := servertest.ParseSchema(t)
	null, never := ast.NamedType("ID", nil), ast.NonNullNamedType("ID", nil)
	for name, test := range map[string]struct {
		a, b *ast.Type
		same bool
	}{
		"the same":                {null, null, true},
		"null and never":          {null, never, false},
		"a list and its elements": {ast.ListType(null, nil), null, false},
		"lists that differ":       {ast.ListType(null, nil), ast.ListType(never, nil), false},
		"two enums":               {ast.NamedType("CallStatus", nil), ast.NamedType("MeetingStatus", nil), false},
		"two objects":             {ast.NamedType("Call", nil), ast.NamedType("Meeting", nil), true},
		"an object and a scalar":  {ast.NamedType("Call", nil), null, false},
	} {
		if got := haveSameShape(s, test.a, test.b); got != test.same {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// Whatever has a lookalike in a normalized cache, or is one object under several paths,
// has an id.
func TestSchemaObjectsHaveIDs(t *testing.T) {
	s := servertest.ParseSchema(t)
	for _, name := range []string{"Viewer", "Access", "Member", "RoomPresence", "EntityState", "AuditEntry"} {
		if id := s.Types[name].Fields.ForName("id"); id == nil || id.Type.String() != "ID!" {
			t.Errorf("%s has no id", name)
		}
	}
	for _, node := range slices.Sorted(maps.Keys(s.Types)) {
		if s.Types[node].Kind == ast.Object && s.Types[node].Fields.ForName("id") != nil && fmt.Sprint(s.Types[node].Fields.ForName("id").Type) != "ID!" {
			t.Errorf("%s.id is %s", node, s.Types[node].Fields.ForName("id").Type)
		}
	}
}
