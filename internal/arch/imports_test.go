// Package arch holds the house to its plan: who imports whom, and which test shows what.
package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// An importRule says what the package of a folder, and those below it, may import of this module.
type importRule struct {
	of    string
	may   []string // each with the packages below it; its own subpackages it may always import
	never []string // other packages that it has no business with, each with those below it
	// except are packages that it may import all the same, each with those below it.
	except []string
}

// importRules has a line for every package; imports that a line does not list are forbidden. So the
// technologies know the domain and not one another, and only package server knows where data is
// kept. No line lists collabtest, eventually and seeded: only tests import them, and these rules do not
// apply to tests.
var importRules = []importRule{
	// The domain: the standard library, the tables of Unicode that it lacks, and the next version of its JSON.
	{of: "internal/collab", may: []string{"internal/textmerge", "internal/english"}, never: []string{anyLibrary}, except: []string{"golang.org/x/text", "github.com/go-json-experiment/json"}},

	// Merges of texts, which know no domain; and where the grapheme clusters of Unicode end.
	{of: "internal/textmerge", never: []string{anyLibrary}, except: []string{"github.com/rivo/uniseg"}},

	// Rules of English sentences, which know no domain; the directions of Unicode's scripts, and where its grapheme clusters end.
	{of: "internal/english", never: []string{anyLibrary}, except: []string{"golang.org/x/text", "github.com/rivo/uniseg"}},

	// The technologies around it.
	{of: "internal/hub", may: []string{"internal/collab", "internal/fair"}},
	{of: "internal/search", may: []string{"internal/collab"}, never: []string{anyLibrary, "database/sql"}},
	{of: "internal/presence", may: []string{"internal/collab"}},
	{of: "internal/session", may: []string{"internal/collab"}},
	{of: "internal/inbox", may: []string{"internal/collab"}},
	{of: "internal/postgres", may: []string{"internal/collab", "internal/diagnosis", "internal/fair", "internal/search"}},
	{of: "internal/sqlite", may: []string{"internal/collab", "internal/diagnosis", "internal/fair", "internal/search"}},
	{of: "internal/announce", may: []string{"internal/collab"}, never: []string{anyLibrary}},
	{of: "internal/redis", may: []string{"internal/announce", "internal/collab", "internal/diagnosis"}},
	{of: "internal/nats", may: []string{"internal/announce", "internal/collab", "internal/diagnosis"}},
	{of: "internal/diagnosis", never: []string{anyLibrary}},
	{of: "internal/memory", may: []string{"internal/collab"}},
	{of: "internal/auth", may: []string{"internal/collab", "internal/diagnosis", "internal/wellformed"}},
	{of: "internal/demo", may: []string{"internal/collab", "internal/auth"}},
	{of: "internal/collabtest", may: []string{"internal/collab", "internal/seeded"}},
	{of: "internal/eventually"},
	{of: "internal/seeded"},

	// GraphQL over the domain, which knows neither the web nor a database.
	{of: "internal/relay", may: []string{"internal/collab"}},
	{of: "graph", may: []string{"internal/collab", "internal/relay"}},
	{of: "dataloaders", may: []string{"internal/collab"}},
	{of: "resolvers", may: []string{"graph", "dataloaders", "internal/collab", "internal/hub", "internal/inbox", "internal/presence", "internal/session", "internal/relay", "internal/variables"}, never: []string{"net/http", "database/sql"}},

	// The cost of a document, the same for every client.
	{of: "internal/cost"},
	// The variables of an operation, coerced by the schema.
	{of: "internal/variables"},

	// Text from outside, read as exactly one thing.
	{of: "internal/wellformed", never: []string{anyLibrary}},

	// Fair shares of what is scarce, whatever that is.
	{of: "internal/fair", never: []string{anyLibrary}},

	// The engine runs operations and subscriptions. It knows no wire, and no noun of the CRM.
	{of: "internal/engine", may: []string{"internal/hub", "internal/inbox", "internal/presence", "internal/session", "internal/requestid", "internal/wellformed"}, never: []string{"net/http"}},
	{of: "internal/requestid"},

	// The wire. Each transport speaks its protocol, and neither knows the other.
	{of: "internal/transport/websocket", may: []string{"internal/engine", "internal/hub", "internal/fair", "internal/requestid", "internal/session", "internal/transport", "internal/wellformed"},
		never: []string{"tandem/internal/transport/stream"}},
	{of: "internal/transport/stream", may: []string{"internal/engine", "internal/hub", "internal/fair", "internal/session", "internal/transport"},
		never: []string{"tandem/internal/transport/websocket"}},
	{of: "internal/transport", may: []string{"internal/engine", "internal/hub", "internal/fair", "internal/requestid"}},

	// The web.
	{of: "internal/httpd", may: []string{"graph", "internal/engine", "internal/requestid", "internal/transport", "internal/auth", "internal/cost", "internal/variables", "internal/fair", "internal/slowlog", "internal/tracing", "internal/wellformed", "web", "internal/collab", "internal/hub"}},
	{of: "web"},

	// Traces for operators, around the seams of the domain, which does not know of them.
	{of: "internal/slowlog", may: []string{"internal/fair"}, never: []string{anyLibrary}},
	{of: "internal/tracing", may: []string{"internal/collab", "internal/requestid"}},

	// Metrics for operators, read by functions that it is given.
	{of: "internal/metrics"},
	{of: "internal/operator", may: []string{"internal/hub"}, never: []string{anyLibrary}},

	// The load test signs tokens, and knows the server from outside only. It asks Postgres and Redis what they count.
	{of: "cmd/loadtest", may: []string{"internal/auth", "internal/collab"}, never: []string{"database/sql"}, except: []string{"github.com/jackc/pgx/v5", "github.com/redis/go-redis/v9"}},

	// Files of the documents that follow from the schema.
	{of: "cmd/includes", never: []string{anyLibrary}},
	{of: "cmd/possibletypes"},

	// Checks how the project is written.
	{of: "cmd/checkprose", never: []string{anyLibrary}},

	// Generates code from the entity types. It reads code that need not compile.
	{of: "cmd/entitygen", may: []string{"internal/english"}, never: []string{anyLibrary}},

	// Messages to browsers and to mail servers, which know no domain.
	{of: "internal/certificates", may: []string{"internal/collab", "internal/diagnosis"}},
	{of: "internal/circuit"},
	{of: "internal/webpush", may: []string{"internal/circuit"}},
	{of: "internal/smtp", may: []string{"internal/circuit", "internal/diagnosis"}},
	{of: "internal/webpushtest", may: []string{"internal/eventually"}},
	{of: "internal/tlstest"},
	{of: "internal/programtest", never: []string{anyLibrary}},
	{of: "internal/redistest", may: []string{"internal/eventually", "internal/programtest", "internal/redis"}},
	{of: "internal/natstest", may: []string{"internal/programtest"}},
	{of: "internal/smtptest", may: []string{"internal/eventually"}},

	// The queue of messages and digests.
	{of: "internal/delivery", may: []string{"internal/collab", "internal/smtp", "internal/webpush"}, never: []string{"database/sql"}},

	// All settings.
	{of: "internal/config", may: []string{"internal/auth"}},

	// The program: it puts everything together, and is the only one that picks drivers.
	{of: "internal/server", may: []string{"graph", "dataloaders", "resolvers", "internal/collab", "internal/config", "internal/hub",
		"internal/presence", "internal/requestid", "internal/transport", "internal/httpd", "internal/auth", "internal/demo", "internal/metrics", "internal/operator", "internal/slowlog", "internal/tracing", "internal/fair", "internal/smtp", "internal/webpush", "internal/delivery", "internal/diagnosis", "internal/certificates", "web",
		"internal/postgres", "internal/sqlite", "internal/redis", "internal/nats", "internal/memory"}},
	{of: "internal/servertest"},
	{of: "internal/systemtest"},
	{of: ".", may: []string{"internal/server"}},
}

// anyLibrary stands for every package that is neither of this module nor of the standard library.
const anyLibrary = "*"

// fronts are the packages that stand before a database, Prometheus, a collector of traces, push services or mail servers. Nobody else imports the library behind them, except those whose line says so.
var fronts = map[string]string{
	"github.com/jackc/pgx/v5":       "internal/postgres",
	"github.com/ncruces/go-sqlite3": "internal/sqlite",
	"github.com/redis/go-redis/v9":  "internal/redis",
	"github.com/nats-io":            "internal/nats",

	"github.com/prometheus/client_golang": "internal/metrics",
	"github.com/prometheus/client_model":  "internal/metrics",
	"go.opentelemetry.io/otel":            "internal/tracing",
	"github.com/sony/gobreaker/v2":        "internal/circuit",
	"github.com/wneessen/go-mail":         "internal/smtp",
	"github.com/emersion/go-smtp":         "internal/smtptest",
	"golang.org/x/crypto/acme":            "internal/certificates",
}

// testHelpers are packages that stand before everything and that only tests import, so they may import whatever tests may.
var testHelpers = []string{"internal/servertest", "internal/systemtest"}

// emptyNames say nothing about what a package provides.
var emptyNames = []string{"utils", "common", "types", "models", "services"}

func TestImports(t *testing.T) {
	files := goFiles(t)
	for _, file := range files {
		for _, breach := range file.breaches() {
			t.Errorf("%s %s", file.name, breach)
		}
	}
	for _, rule := range importRules {
		if !slices.ContainsFunc(files, func(f goFile) bool { return f.rule() == rule.of }) {
			t.Errorf("importRules has a line for %q, where there is no package", rule.of)
		}
	}
}

// The rules themselves have to notice what they are for.
func TestImportRules(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"internal/collab/merge.go", `package collab; import "slices"`, ""},
		{"internal/collab/fold.go", `package collab; import "golang.org/x/text/cases"`, ""},
		{"internal/collab/merge.go", `package collab; import "golang.org/x/sync/errgroup"`, "imports golang.org/x/sync/errgroup"},
		{"internal/collab/merge.go", `package collab; import "tandem/internal/hub"`, "imports tandem/internal/hub"},
		{"internal/collab/merge_test.go", `package collab; import "tandem/internal/hub"`, ""},
		{"internal/sqlite/store.go", `package sqlite; import "tandem/internal/postgres"`, "imports tandem/internal/postgres"},
		{"internal/sqlite/store.go", `package sqlite; import "github.com/ncruces/go-sqlite3/driver"`, ""},
		{"internal/demo/seed.go", `package demo; import "tandem/internal/sqlite"`, "imports tandem/internal/sqlite"},
		{"internal/demo/seed_test.go", `package demo; import "tandem/internal/sqlite"`, ""},
		{"internal/hub/hub.go", `package hub; import "tandem/internal/collabtest"`, "imports tandem/internal/collabtest"},
		{"internal/server/server.go", `package server; import "tandem/internal/collabtest"`, "imports tandem/internal/collabtest"},
		{"internal/server/server.go", `package server; import "tandem/internal/postgres"`, ""},
		{"server.go", `package main; import "tandem/internal/postgres"`, "imports tandem/internal/postgres"},
		{"internal/server/server.go", `package server; import "github.com/jackc/pgx/v5/pgxpool"`, "imports github.com/jackc/pgx/v5/pgxpool"},
		{"graph/generated.go", `package graph; import "tandem/graph/model"`, ""},
		{"graph/generated.go", `package graph; func init() {}`, ""},
		{"resolvers/calls.go", `package resolvers; import "tandem/graph/model"`, ""},
		{"resolvers/calls.go", `package resolvers; import "net/http/httptest"`, "imports net/http/httptest"},
		{"internal/transport/stream/sse.go", `package stream; import "tandem/internal/collab"`, "imports tandem/internal/collab"},
		{"internal/hub/hub.go", `package hub; func init() {}`, "has a func init"},
		{"internal/hub/hub_test.go", `package hub; func init() {}`, "has a func init"},
		{"internal/hub/hub.go", `package hub; type h struct{}; func (h) init() {}`, ""},
		{"internal/push/push.go", `package push`, "has no line in importRules"},
		{"internal/hub/types/types.go", `package types`, "is in a package named types"},
	}
	for _, test := range tests {
		parsed, err := parser.ParseFile(token.NewFileSet(), test.name, test.source, 0)
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(goFile{test.name, parsed}.breaches(), "; ")
		if test.want == "" && got != "" || !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %s: got %q, want %q", test.name, test.source, got, test.want)
		}
	}
}

// A goFile is a file of the module, by its name from the module's root.
type goFile struct {
	name string
	*ast.File
}

// goFiles parses the module, whatever the build tags of a file.
func goFiles(t *testing.T) []goFile {
	t.Helper()
	var files []goFile
	module := os.DirFS("../..")
	err := fs.WalkDir(module, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || len(name) > 1 && entry.Name()[0] == '.'):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go":
			return nil
		}
		text, err := fs.ReadFile(module, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution|parser.ParseComments)
		files = append(files, goFile{name, parsed})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// breaches says which rules the file does not keep to.
func (f goFile) breaches() []string {
	var found []string
	if slices.Contains(emptyNames, f.Name.Name) || slices.Contains(emptyNames, path.Base(path.Dir(f.name))) {
		found = append(found, "is in a package named "+f.Name.Name+", which says nothing about what it provides")
	}
	if f.hasInit() && !within("graph", path.Dir(f.name)) {
		found = append(found, "has a func init; wire it up where it is seen")
	}
	rule := slices.IndexFunc(importRules, func(r importRule) bool { return r.of == f.rule() })
	switch {
	case strings.HasSuffix(f.name, "_test.go") || rule >= 0 && slices.Contains(testHelpers, importRules[rule].of):
	case rule < 0:
		found = append(found, "has no line in importRules; add one that says what its package may import")
	default:
		for _, spec := range f.Imports {
			if imported, _ := strconv.Unquote(spec.Path.Value); !importRules[rule].allows(imported) {
				found = append(found, "imports "+imported+", which importRules does not allow for "+importRules[rule].of)
			}
		}
	}
	return found
}

// rule names the line of importRules that the file falls under; "" is none.
func (f goFile) rule() string {
	folder := path.Dir(f.name)
	for _, rule := range importRules {
		if rule.of == folder || rule.of != "." && within(rule.of, folder) {
			return rule.of
		}
	}
	return ""
}

func (f goFile) hasInit() bool {
	return slices.ContainsFunc(f.Decls, func(d ast.Decl) bool {
		function, ok := d.(*ast.FuncDecl)
		return ok && function.Recv == nil && function.Name.Name == "init"
	})
}

func (r importRule) allows(imported string) bool {
	if slices.ContainsFunc(r.except, func(except string) bool { return within(except, imported) }) {
		return true
	}
	for library, front := range fronts {
		if within(library, imported) && front != r.of {
			return false
		}
	}
	for _, never := range r.never {
		if within(never, imported) || never == anyLibrary && strings.Contains(strings.Split(imported, "/")[0], ".") {
			return false
		}
	}
	folder, ours := strings.CutPrefix(imported, "tandem/")
	return !ours || within(r.of, folder) || slices.ContainsFunc(r.may, func(may string) bool { return within(may, folder) })
}

// within reports whether a path is the outer one, or below it.
func within(outer, inner string) bool {
	return inner == outer || strings.HasPrefix(inner, outer+"/")
}
