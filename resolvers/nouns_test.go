package resolvers

import (
	"testing"

	"tandem/internal/collab"
)

// Clients can name the entity types that the program has, and no others.
func TestSchemaHasAllNouns(t *testing.T) {
	t.Parallel()
	values := schema().Types["EntityType"].EnumValues
	if len(values) != len(collab.Nouns) {
		t.Fatalf("the schema has %d types of entities, and collab.Nouns %d", len(values), len(collab.Nouns))
	}
	for i, value := range values {
		if value.Name != string(collab.Nouns[i].Type) {
			t.Errorf("number %d is %s in the schema, and %s in collab.Nouns", i, value.Name, collab.Nouns[i].Type)
		}
	}
}
