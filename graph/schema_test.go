package graph_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"tandem/internal/servertest"
)

// A reader of the schema finds a sentence on everything that has a name.
func TestSchemaIsDescribed(t *testing.T) {
	described := 0
	check := func(name, description string) {
		described++
		switch {
		case description == "":
			t.Errorf("%s has no description", name)
		case !strings.HasSuffix(description, "."):
			t.Errorf("%s is not described in sentences: %q", name, description)
		}
	}
	s := servertest.ParseSchema(t)
	for _, d := range s.Directives {
		if !d.Position.Src.BuiltIn {
			check("@"+d.Name, d.Description)
			describeArguments("@"+d.Name, d.Arguments, check)
		}
	}
	for _, definition := range servertest.OurTypes(s) {
		check(definition.Name, definition.Description)
		for _, field := range servertest.OurFields(definition) {
			name := definition.Name + "." + field.Name
			check(name, field.Description)
			describeArguments(name, field.Arguments, check)
		}
		for _, value := range definition.EnumValues {
			check(definition.Name+"."+value.Name, value.Description)
		}
	}
	if described < 500 {
		t.Errorf("looked at %d descriptions only; where is the rest of the schema?", described)
	}
}

func describeArguments(of string, arguments ast.ArgumentDefinitionList, check func(name, description string)) {
	for _, argument := range arguments {
		check(of+"("+argument.Name+")", argument.Description)
	}
}

// A field means the same in every type that has it from an interface.
func TestSchemaDescribesAnInterfaceAlike(t *testing.T) {
	allowed := map[string]bool{
		"Node.id": true, // Node says it of all ids, a type of its own
	}
	s := servertest.ParseSchema(t)
	for _, definition := range servertest.OurTypes(s) {
		for _, name := range definition.Interfaces {
			for _, field := range s.Types[name].Fields {
				same := definition.Fields.ForName(field.Name).Description == field.Description
				if !same && !allowed[name+"."+field.Name] {
					t.Errorf("%s.%s is described otherwise than %s.%[2]s", definition.Name, field.Name, name)
				}
			}
		}
	}
}

// testdata/contract.txt is what clients rely on. Nothing of it may go away, change its
// type, or ask for something new.
func TestSchemaKeepsTheContract(t *testing.T) {
	for _, breach := range breaches(promisesOf(contractText(t)), servertest.ParseSchema(t)) {
		t.Error(breach)
	}
}

var updateContract = flag.Bool("update-contract", false, "write what the schema adds into testdata/contract.txt, if it takes nothing away")

// What the contract does not list could be taken away unnoticed.
func TestContractListsTheSchema(t *testing.T) {
	if *updateContract && len(breaches(promisesOf(contractText(t)), servertest.ParseSchema(t))) == 0 {
		head, _, _ := strings.Cut(contractText(t), "\n\n")
		text := head + "\n\n" + strings.Join(contractOf(servertest.ParseSchema(t)), "\n") + "\n"
		if err := os.WriteFile("testdata/contract.txt", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	promised := promisesOf(contractText(t))
	for _, line := range contractOf(servertest.ParseSchema(t)) {
		for _, promise := range promisesOf(line) {
			if !slices.Contains(promised, promise) {
				t.Errorf("testdata/contract.txt lacks %q; its line is below, and go test -run Contract -update-contract ./graph writes it:\n%s", promise, line)
			}
		}
	}
}

func contractText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/contract.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The comparison itself has to notice what it is for.
func TestSchemaComparison(t *testing.T) {
	const contract = `
		directive @mark on FIELD_DEFINITION
		enum Color: RED GREEN
		interface Named
		Named.name: String!
		scalar Day
		type Query
		Query.find(color: Color, first: Int): Thing @mark
		type Thing implements Named
		Thing.name: String!
		union Found: Thing
		input Filter
		Filter.name: String`
	const same = `
		directive @mark on FIELD_DEFINITION
		enum Color { RED GREEN }
		interface Named { name: String! }
		scalar Day
		type Query { find(color: Color, first: Int): Thing @mark }
		type Thing implements Named { name: String! }
		union Found = Thing
		input Filter { name: String }`
	tests := []struct{ name, old, new, want string }{
		{"nothing", "", "", ""},
		{"another field", "{ name: String! }\n\t\tunion", "{ name: String! age: Int! }\n\t\tunion", ""},
		{"another argument", "first: Int", "first: Int, last: Int", ""},
		{"another argument with a default", "first: Int", "first: Int, last: Int! = 3", ""},
		{"another input field", "input Filter {", "input Filter { age: Int", ""},
		{"another enum value", "RED GREEN", "RED GREEN BLUE", ""},
		{"another member", "= Thing", "= Thing | Other type Other { id: ID }", ""},
		{"a directive used more", "find(", "more: Int @mark find(", ""},
		{"a directive of more places", "@mark on", "@mark(a: Int) on OBJECT |", ""},

		{"a field that is gone", "find(color: Color, first: Int): Thing @mark", "look: Thing", "Query.find"},
		{"a type renamed", "input Filter", "input Narrow", "input Filter"},
		{"null where there was none", "type Thing implements Named { name: String! }", "type Thing { name: String }", "Thing.name: String!"},
		{"an answer that is never null now", "): Thing", "): Thing!", "Query.find: Thing"},
		{"a list instead", "): Thing", "): [Thing]", "Query.find: Thing"},
		{"an argument that is gone", ", first: Int", "", "Query.find(first: Int)"},
		{"an argument that must be given", "first: Int", "first: Int!", "Query.find(first: Int)"},
		{"a new argument that must be given", "first: Int", "first: Int, last: Int!", "Query.find(last: Int!)"},
		{"a new input field that must be given", "input Filter {", "input Filter { age: Int!", "Filter.age: Int!"},
		{"an enum value that is gone", "RED GREEN", "RED", "enum Color: GREEN"},
		{"a member that is gone", "= Thing", "= Other type Other { id: ID }", "union Found: Thing"},
		{"an interface that is gone", "type Thing implements Named", "type Thing", "Thing implements Named"},
		{"a directive that is not used any more", "Thing @mark", "Thing", "Query.find @mark"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			parsed, err := gqlparser.LoadSchema(&ast.Source{Input: strings.Replace(same, test.old, test.new, 1)})
			if err != nil {
				t.Fatal(err)
			}
			got := strings.Join(breaches(promisesOf(contract), parsed), "\n")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// breaches names what of the promises the schema does not keep, and what it
// asks for that no client of theirs sends.
func breaches(promised []string, s *ast.Schema) []string {
	kept := promisesOf(strings.Join(contractOf(s), "\n"))
	var found []string
	for _, promise := range promised {
		if !slices.Contains(kept, promise) {
			found = append(found, "the schema does not keep: "+promise)
		}
	}
	for _, definition := range servertest.OurTypes(s) {
		for _, field := range servertest.OurFields(definition) {
			name := definition.Name + "." + field.Name
			if !slices.Contains(promised, fmt.Sprintf("%s: %s", name, field.Type)) {
				continue // a client that uses a new field knows what it asks for
			}
			for _, argument := range field.Arguments {
				promise := fmt.Sprintf("%s(%s: %s)", name, argument.Name, argument.Type)
				if servertest.MustBeGiven(argument.Type, argument.DefaultValue) && !slices.Contains(promised, promise) {
					found = append(found, "the schema asks for something new: "+promise)
				}
			}
		}
		if definition.Kind != ast.InputObject || !slices.Contains(promised, "input "+definition.Name) {
			continue
		}
		for _, field := range definition.Fields {
			promise := fmt.Sprintf("%s.%s: %s", definition.Name, field.Name, field.Type)
			if servertest.MustBeGiven(field.Type, field.DefaultValue) && !slices.Contains(promised, promise) {
				found = append(found, "the schema asks for something new: "+promise)
			}
		}
	}
	return found
}

// promisesOf takes the lines of a contract apart into what has to hold, each by
// itself, so that a line which has grown still keeps what it had.
//
//	Query.find(color: Color, first: Int): Thing @mark
//
// promises "Query.find: Thing", "Query.find(color: Color)", "Query.find(first: Int)" and "Query.find @mark".
func promisesOf(contract string) []string {
	var promises []string
	for line := range strings.Lines(contract) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		switch kind, rest, _ := strings.Cut(line, " "); kind {
		case "scalar", "input":
			promises = append(promises, line)
		case "enum", "union":
			name, members, _ := strings.Cut(rest, ": ")
			promises = append(promises, kind+" "+name)
			promises = append(promises, formatEach(kind+" "+name+": %s", members, " ")...)
		case "type", "interface":
			name, interfaces, _ := strings.Cut(rest, " implements ")
			promises = append(promises, kind+" "+name)
			promises = append(promises, formatEach(name+" implements %s", interfaces, " & ")...)
		case "directive":
			parts := directiveLine.FindStringSubmatch(rest)
			promises = append(promises, formatEach(parts[1]+"(%s)", parts[2], ", ")...)
			promises = append(promises, formatEach(parts[1]+" on %s", parts[3], " | ")...)
		default:
			parts := fieldLine.FindStringSubmatch(line)
			promises = append(promises, parts[1]+": "+parts[3])
			promises = append(promises, formatEach(parts[1]+"(%s)", parts[2], ", ")...)
			promises = append(promises, formatEach(parts[1]+" @%s", strings.TrimPrefix(parts[4], " @"), " @")...)
		}
	}
	return promises
}

var (
	directiveLine = regexp.MustCompile(`^(@\w+)(?:\((.*?)\))? on (.*)$`)
	fieldLine     = regexp.MustCompile(`^(\w+\.\w+)(?:\((.*?)\))?: (\S+)(.*)$`)
)

// formatEach formats every part of a list.
func formatEach(format, list, separator string) []string {
	if list == "" {
		return nil
	}
	var out []string
	for part := range strings.SplitSeq(list, separator) {
		out = append(out, fmt.Sprintf(format, part))
	}
	return out
}

// contractOf writes a schema as testdata/contract.txt has it.
func contractOf(s *ast.Schema) []string {
	var lines []string
	for _, d := range s.Directives {
		if !d.Position.Src.BuiltIn {
			lines = append(lines, fmt.Sprintf("directive @%s%s on %s", d.Name, argumentsOf(d.Arguments), joinTexts(d.Locations, " | ")))
		}
	}
	slices.Sort(lines)
	for _, definition := range servertest.OurTypes(s) {
		name := definition.Name
		switch definition.Kind {
		case ast.Scalar:
			lines = append(lines, "scalar "+name)
		case ast.Enum:
			values := make([]string, len(definition.EnumValues))
			for i, value := range definition.EnumValues {
				values[i] = value.Name
			}
			lines = append(lines, "enum "+name+": "+strings.Join(values, " "))
		case ast.Union:
			lines = append(lines, "union "+name+": "+strings.Join(definition.Types, " "))
		case ast.InputObject:
			lines = append(lines, "input "+name)
		case ast.Object, ast.Interface:
			line := strings.ToLower(strings.Replace(string(definition.Kind), "OBJECT", "TYPE", 1)) + " " + name
			if len(definition.Interfaces) > 0 {
				line += " implements " + strings.Join(definition.Interfaces, " & ")
			}
			lines = append(lines, line)
		}
		for _, field := range servertest.OurFields(definition) {
			lines = append(lines, fmt.Sprintf("%s.%s%s: %s%s",
				name, field.Name, argumentsOf(field.Arguments), field.Type, directivesOf(field.Directives)))
		}
	}
	return lines
}

func argumentsOf(arguments ast.ArgumentDefinitionList) string {
	if len(arguments) == 0 {
		return ""
	}
	texts := make([]string, len(arguments))
	for i, a := range arguments {
		texts[i] = a.Name + ": " + a.Type.String()
	}
	return "(" + strings.Join(texts, ", ") + ")"
}

func directivesOf(directives ast.DirectiveList) string {
	var text strings.Builder
	for _, d := range directives {
		text.WriteString(" @" + d.Name)
		for _, a := range d.Arguments {
			text.WriteString("(" + a.Name + ": " + a.Value.String() + ")")
		}
	}
	return text.String()
}

func joinTexts[S ~string](values []S, between string) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = string(v)
	}
	return strings.Join(texts, between)
}
