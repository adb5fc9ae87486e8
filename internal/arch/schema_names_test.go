package arch

import (
	"go/ast"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"
)

// lowerLayers run, deliver and bound operations of any schema. They learn what they need to know
// about types, fields and arguments from directives of the schema.
var lowerLayers = []string{
	"internal/cost", "internal/variables", "internal/engine", "internal/transport", "internal/httpd", "internal/hub",
	"internal/presence", "internal/session", "internal/fair", "internal/wellformed", "internal/requestid",
}

// A nameUse is a string in a lower layer that is or contains a name of the schema, and why it may be there.
type nameUse struct{ in, name, because string }

var nameUses = []nameUse{
	{"internal/engine", "Query", "the specification's default name of the root type"},
	{"internal/engine", "Mutation", "the specification's default name of the root type"},
	{"internal/engine", "Subscription", "the specification's default name of the root type"},
	{"internal/engine", "DateTime", "equal times have one spelling in the key of an execution"},
	{"internal/hub", "maxPerSecond", "the throttle checks the rate, and its error names the argument that the client sent"},
	{"internal/httpd", "asOf", "the payload of connection_ack uses the name of the fields that have the head of the log"},
	{"internal/httpd", "token", "a parameter of URLs by graphql-sse, and a label of metrics"},
	{"internal/httpd", "removed", "a reason for a refused sign-in, in metrics"},
	{"internal/transport/stream", "token", "a parameter of URLs by graphql-sse"},
	{"internal/transport/websocket", "id", "a member of a message of the WebSocket protocols"},
	{"internal/transport/websocket", "type", "a member of a message of the WebSocket protocols"},
}

func TestLowerLayersKnowNoNamesOfTheSchema(t *testing.T) {
	names, used := schemaNames(t), map[nameUse]bool{}
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file.name, "_test.go") || !slices.ContainsFunc(lowerLayers, file.isBelow) {
			continue
		}
		for _, name := range file.words() {
			if !names[name] {
				continue
			}
			i := slices.IndexFunc(nameUses, func(use nameUse) bool { return use.name == name && file.isBelow(use.in) })
			if i < 0 {
				t.Errorf("%s mentions %q, which is a name of the schema; mark the field or argument with a directive instead", file.name, name)
				continue
			}
			used[nameUses[i]] = true
		}
	}
	for _, use := range nameUses {
		if !used[use] {
			t.Errorf("nameUses lists %q in %s, which is not there", use.name, use.in)
		}
	}
}

// isBelow reports whether the file is in a folder or below it.
func (f goFile) isBelow(folder string) bool { return strings.HasPrefix(f.name, folder+"/") }

// texts returns the strings that the file has as values. Tags of structs and paths of imports are not among them.
func (f goFile) texts() (texts []string) {
	ast.Inspect(f.File, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field:
			return n.Tag == nil // a type has no other text
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}

// compound matches words that are names in code, and not also words of English.
var compound = regexp.MustCompile(`\b(?:[A-Za-z]+[a-z][A-Z]\w*|[A-Z]+_[A-Z_]+)\b`)

// words returns the strings that the file has as values, and the compound names within them.
func (f goFile) words() (words []string) {
	for _, text := range f.texts() {
		words = append(words, text)
		for _, word := range compound.FindAllString(text, -1) {
			if word != text {
				words = append(words, word)
			}
		}
	}
	return words
}

// schemaNames returns the names of all types, fields, arguments and enum values that are ours.
func schemaNames(t *testing.T) map[string]bool {
	t.Helper()
	text, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, definition := range gqlparser.MustLoadSchema(&gql.Source{Input: string(text)}).Types {
		if definition.BuiltIn {
			continue
		}
		names[definition.Name] = true
		for _, value := range definition.EnumValues {
			names[value.Name] = true
		}
		for _, field := range definition.Fields {
			if strings.HasPrefix(field.Name, "__") {
				continue // introspection
			}
			names[field.Name] = true
			for _, argument := range field.Arguments {
				names[argument.Name] = true
			}
		}
	}
	if len(names) < 200 {
		t.Fatalf("found only %d names in the schema", len(names))
	}
	return names
}
