package resolvers

import (
	"os"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

func TestReadsCursors(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for document, reads := range map[string]bool{
		`{ customers { asOf } }`: true,
		`{ c: customers { at: asOf nodes { calls { nodes { id } } } } }`:                                               true,
		`{ changes { endCursor } }`:                                                                                    true,
		`{ activity { ...A } } fragment A on ActivityConnection { nodes { cursor } }`:                                  true,
		`{ nodes(ids: []) { ... on Customer { calls { asOf } } } }`:                                                    true,
		`{ customers { nodes { id name } pageInfo { endCursor } } }`:                                                   false,
		`{ viewer { role } __typename __schema { types { name } } }`:                                                   false,
		`subscription { customerChanged { cursor } }`:                                                                  false,
		`mutation { updateCustomer(input: {id: "x", baseVersion: 1, patch: {}}) { ... on CustomerSaved { cursor } } }`: false,
	} {
		parsed, errs := gqlparser.LoadQueryWithRules(schema, document, rules.NewDefaultRules())
		if errs != nil {
			t.Fatal(document, errs)
		}
		if got := readsCursors(parsed.Operations[0]); got != reads {
			t.Errorf("%s: %t", document, got)
		}
	}
}
