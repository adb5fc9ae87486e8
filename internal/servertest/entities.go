package servertest

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"tandem/graph"
	"tandem/internal/collab"
)

// An EntityType is a type of entities as the schema has it. Tests that range over entityTypes
// try a new type as well as any other.
type EntityType struct {
	Name, One, List string // Deal, deal, deals
	Prefix          string // of ids
	title           string // the first text that a new one must have
	Text            string // a text that it can have, by which nobody finds it
	texts           []string
	HasCustomer     bool
	schema          *ast.Schema
}

// EntityTypes are those of the schema.
var EntityTypes = sync.OnceValue(func() (types []EntityType) {
	s := graph.NewExecutableSchema(graph.Config{}).Schema()
	for _, definition := range s.GetPossibleTypes(s.Types["Entity"]) {
		e := EntityType{Name: definition.Name, One: strings.ToLower(definition.Name[:1]) + definition.Name[1:], schema: s}
		for _, field := range s.Query.Fields {
			if field.Type.Name() == e.Name+"Connection" {
				e.List = field.Name
			}
		}
		noun := slices.IndexFunc(collab.Nouns, func(n *collab.Noun) bool {
			return strings.EqualFold(strings.ReplaceAll(string(n.Type), "_", ""), e.Name)
		})
		e.Prefix = collab.Nouns[noun].Prefix
		for _, field := range s.Types["Create"+e.Name+"Input"].Fields {
			switch {
			case field.Name == "customerId":
				e.HasCustomer = true
			case field.Type.Name() != "String" || field.Type.Elem != nil || slices.Contains([]string{"email", "phone", "currency"}, field.Name):
			case field.Type.NonNull && e.title == "":
				e.title = field.Name
			case !field.Type.NonNull:
				e.texts = append(e.texts, field.Name)
			}
		}
		e.Text = e.texts[0]
		types = append(types, e)
	}
	return types
})

// EntityTypeOf returns the one of a name.
func EntityTypeOf(name string) EntityType {
	types := EntityTypes()
	return types[slices.IndexFunc(types, func(e EntityType) bool { return e.Name == name })]
}

// EntityPrefixes are what the ids of entities start with.
func EntityPrefixes() (prefixes []string) {
	for _, e := range EntityTypes() {
		prefixes = append(prefixes, e.Prefix)
	}
	return prefixes
}

// Input is what makes one: its texts are those of a marker. extra replaces fields of it.
func (e EntityType) Input(marker string, extra Object) Object {
	filled := Object{}
	for _, field := range e.schema.Types["Create"+e.Name+"Input"].Fields {
		switch {
		case field.Name == e.title || slices.Contains(e.texts, field.Name):
			filled[field.Name] = marker
		case field.Name == "endsAt":
			filled[field.Name] = "2026-05-04T10:00:00Z"
		case !field.Type.NonNull:
		case field.Type.Name() == "DateTime":
			filled[field.Name] = "2026-05-04T09:00:00Z"
		case e.schema.Types[field.Type.Name()].Kind == ast.Enum:
			filled[field.Name] = e.schema.Types[field.Type.Name()].EnumValues[0].Name
		}
	}
	for name, value := range extra {
		if e.schema.Types["Create"+e.Name+"Input"].Fields.ForName(name) != nil {
			filled[name] = value
		}
	}
	return filled
}

// Creation is the mutation that makes one.
func (e EntityType) Creation() string {
	return fmt.Sprintf(`mutation($input: Create%[1]sInput!) { it: create%[1]s(input: $input) { ... on Problem { message } ... on %[1]sSaved { it: %[2]s { id cursor } } } }`, e.Name, e.One)
}
