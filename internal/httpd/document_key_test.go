package httpd

import (
	"strings"
	"testing"
)

// A key is that of the document, and not of the way in which it is written.
func TestDocumentKeys(t *testing.T) {
	t.Parallel()
	const document = `query A($id: ID!) { customer(id: $id) { id ...f } } fragment f on Customer { name owner { name } }`
	same := []string{
		document,
		"query A(\n  $id: ID!\n) {\n  customer(id: $id) {\n    id\n    ...f\n  }\n}\n\nfragment f on Customer {\n  name\n  owner {\n    name\n  }\n}\n",
		"# said\nquery A($id: ID!,) { customer(id: $id), { id, ...f } } fragment f on Customer { name owner { name } }",
		`fragment f on Customer { owner { name } name } query A($id: ID!) { customer(id: $id) { ...f id } }`, // as the client preset of GraphQL Code Generator sorts it
		`query A($id: ID!) { __typename customer(id: $id) { id __typename ...f } } fragment f on Customer { name __typename owner { name __typename } }`,
	}
	others := []string{
		`query B($id: ID!) { customer(id: $id) { id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID) { customer(id: $id) { id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID! = "x") { customer(id: $id) { id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: "$id") { id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: $id) { id name ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: $id) { id: __typename id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: $id) { id __typename @skip(if: true) ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: $id, x: [__typename]) { id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: $id, x: {__typename: 1}) { id ...f } } fragment f on Customer { name owner { name } }`,
		`query A($id: ID!) { customer(id: $id) { id ...f ...__typename } } fragment f on Customer { name owner { name } }`,
	}
	first, ok := keyOf(document)
	if !ok {
		t.Fatal("the document has no key")
	}
	for _, text := range same {
		if key, ok := keyOf(text); !ok || key != first {
			t.Errorf("another key: %s", text)
		}
	}
	met := map[documentKey]string{first: document}
	for _, text := range others {
		key, ok := keyOf(text)
		if other, has := met[key]; !ok || has {
			t.Errorf("the same key: %s and %s", text, other)
		}
		met[key] = text
	}
	sortedArguments := [][2]string{
		{`{ a(x: 1, y: {b: 1, a: [1, 2]}) @skip(if: $s) @include(if: $i) }`, `{ a(y: {a: [1, 2], b: 1}, x: 1) @include(if: $i) @skip(if: $s) }`},
		{`query ($a: Int = 1, $b: [ID!]) { a }`, `query ($b: [ID!], $a: Int = 1) { a }`},
	}
	for _, pair := range sortedArguments {
		one, _ := keyOf(pair[0])
		if other, ok := keyOf(pair[1]); !ok || one != other {
			t.Errorf("%s and %s have other keys", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{`{ a(x: [1, 2]) }`, `{ a(x: [2, 1]) }`}, {`{ a(x: "b") }`, `{ a(x: b) }`}, {`{ a(x: ["a", "b"]) }`, `{ a(x: ["a,b"]) }`}, {`{ a { b } c }`, `{ a { c } b }`}, {`{ a }`, `mutation { a }`}} {
		one, _ := keyOf(pair[0])
		if other, ok := keyOf(pair[1]); !ok || one == other {
			t.Errorf("%s and %s share a key", pair[0], pair[1])
		}
	}
	for _, text := range []string{`{ viewer "`, strings.Repeat("{", maxTokens+1)} {
		if _, ok := keyOf(text); ok {
			t.Errorf("a key for %.20s", text)
		}
	}
}
