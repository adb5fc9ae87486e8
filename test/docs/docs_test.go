package docs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"

	"tandem/internal/collab"
	"tandem/internal/programtest"
	"tandem/internal/servertest"
)

// A block is a fenced block of a document.
type block struct {
	line       int
	kind, text string
}

var fence = regexp.MustCompile("(?ms)^```([a-z]+)\n(.*?)^```$")

func blocksOf(t *testing.T, file string) []block {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	for _, at := range fence.FindAllSubmatchIndex(text, -1) {
		out = append(out, block{
			line: bytes.Count(text[:at[0]], []byte("\n")) + 1,
			kind: string(text[at[2]:at[3]]), text: string(text[at[4]:at[5]]),
		})
	}
	return out
}

// documents are README.md and all of docs, except the decisions.
func documents(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../docs/*.md")
	parts, _ := filepath.Glob("../../docs/operations/*.md") // an error is for a bad pattern
	if err != nil || len(files) < 5 || len(parts) < 5 {
		t.Fatalf("found %d and %d documents: %v", len(files), len(parts), err)
	}
	return append(append(files, parts...), "../../README.md")
}

// TestDocumentedCommandsRun runs every sh block of the documents as it stands there, the blocks of a document one
// after the other in one shell. A json block right after one is the output that it prints.
//
// Three things are not taken literally: addresses and folders are replaced by the test's own;
// `go run .` and `bin/tandem` are this test's program, and a server goes on in the background, as in a terminal
// of its own, until the next one starts; make only says what it would do.
func TestDocumentedCommandsRun(t *testing.T) {
	t.Parallel()
	for _, file := range documents(t) {
		blocks := blocksOf(t, file)
		if !containsKind(blocks, "sh") {
			continue
		}
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			settings := servertest.Shared(t)
			servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleAdmin).Create(servertest.Object{"name": "A customer"})
			shell := newShell(t, settings)
			outputs := shell.run(blocks)
			for i, b := range blocks {
				if b.kind == "json" && i > 0 && blocks[i-1].kind == "sh" {
					wantSameJSON(t, fmt.Sprintf("%s:%d", file, b.line), outputs[i-1], b.text)
				}
			}
		})
	}
}

func containsKind(blocks []block, kind string) bool {
	for _, b := range blocks {
		if b.kind == kind {
			return true
		}
	}
	return false
}

// A shell runs the blocks of one document in a folder of its own.
type shell struct {
	t        *testing.T
	folder   string
	replaced *strings.Replacer
	port     string
}

// The commands that blocks use, as the shell defines them.
const (
	tandemCommand = `#!/bin/bash
set -euo pipefail
export TANDEM_TEST_MAIN=1 GORACE=atexit_sleep_ms=0
if [ $# -gt 0 ]; then exec PROGRAM "$@"; fi
if [ -e FOLDER/server.pid ]; then
  kill "$(cat FOLDER/server.pid)"
  tail --pid="$(cat FOLDER/server.pid)" -f /dev/null
fi
PROGRAM >FOLDER/server.out 2>FOLDER/server.err </dev/null &
echo $! >FOLDER/server.pid
until grep -q 'is ready at' FOLDER/server.out; do
  kill -0 "$(cat FOLDER/server.pid)" || { cat FOLDER/server.err >&2; exit 1; }
  sleep 0.05
done
`
	goCommand = `#!/bin/bash
set -euo pipefail
if [ "${1-} ${2-}" = 'run .' ]; then shift 2; exec tandem "$@"; fi
cd REPOSITORY && exec GO "$@"
`
	makeCommand = `#!/bin/bash
cd REPOSITORY && exec MAKE -n "$@"
`
)

func newShell(t *testing.T, settings map[string]string) *shell {
	t.Helper()
	port := strconv.Itoa(programtest.FreePort(t))
	folder := t.TempDir()
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	fill := strings.NewReplacer("PROGRAM", os.Args[0], "FOLDER", folder, "REPOSITORY", repository, "MAKE", found(t, "make"), "GO \"$@\"", found(t, "go")+" \"$@\"")
	for name, text := range map[string]string{"tandem": tandemCommand, "go": goCommand, "make": makeCommand} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(fill.Replace(text)), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return &shell{t: t, folder: folder, port: port, replaced: strings.NewReplacer(
		"8080", port, "postgres://tandem:…@localhost/tandem", settings["DATABASE_URL"], "postgres://tandem@localhost/tandem", settings["DATABASE_URL"], "redis://localhost:6379", settings["REDIS_URL"],
		"/var/lib/tandem", filepath.Join(folder, "data"), "bin/tandem", "tandem",
	)}
}

func found(t *testing.T, program string) string {
	t.Helper()
	at, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// run runs the sh blocks, and returns what each printed.
func (s *shell) run(blocks []block) map[int]string {
	s.t.Helper()
	script := "set -euo pipefail\ntrap 'kill $(cat " + s.folder + "/server.pid 2>/dev/null) 2>/dev/null || true' EXIT\n"
	for i, b := range blocks {
		if b.kind == "sh" {
			script += fmt.Sprintf("echo 'block of line %d' >&2\n{\n%s} >%s\n", b.line, s.replaced.Replace(b.text), s.output(i))
		}
	}
	command := exec.CommandContext(s.t.Context(), "bash", "-c", script)
	command.Dir = s.folder
	command.Env = []string{
		"PATH=" + s.folder + ":" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "ADDR=127.0.0.1:" + s.port,
		"GOFLAGS=" + os.Getenv("GOFLAGS"), "LOG_LEVEL=warn",
	}
	var said strings.Builder
	command.Stdout, command.Stderr = io.Discard, &said
	if err := command.Run(); err != nil {
		s.t.Fatalf("%v; it said:\n%s", err, &said)
	}
	out := map[int]string{}
	for i, b := range blocks {
		if b.kind == "sh" {
			text, err := os.ReadFile(s.output(i))
			if err != nil {
				s.t.Fatal(err)
			}
			out[i] = string(text)
		}
	}
	return out
}

func (s *shell) output(i int) string { return filepath.Join(s.folder, fmt.Sprintf("block-%d.out", i)) }

// madeValue matches the values that differ from one database to the next: ids, cursors and times.
var madeValue = regexp.MustCompile(`"(cus|cal|mtg|com|cfl|ntf|act)_[a-z0-9]+"|"[0-9a-f]{26}"|"\d{4}-\d\d-\d\dT[^"]+"`)

// wantSameJSON compares the JSON that a command prints with the JSON of its document, except ids, cursors and
// times.
func wantSameJSON(t *testing.T, where, got, want string) {
	t.Helper()
	if got, want := jsonLines(t, where, got), jsonLines(t, where, want); got != want {
		t.Errorf("%s: the command printed\n%s\nand the document says\n%s", where, got, want)
	}
}

func jsonLines(t *testing.T, where, text string) string {
	t.Helper()
	var out strings.Builder
	for values := json.NewDecoder(strings.NewReader(text)); ; {
		var value any
		err := values.Decode(&value)
		if errors.Is(err, io.EOF) {
			return madeValue.ReplaceAllString(out.String(), `"…"`)
		}
		if err != nil {
			t.Fatalf("%s: %v in %s", where, err, text)
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(append(encoded, '\n'))
	}
}

// Every graphql block of the documents is valid, and every json block is JSON. The blocks of adding-an-entity.md
// need the type that it adds; test/newentity runs this test where that type exists.
func TestDocumentedOperationsAreValid(t *testing.T) {
	t.Parallel()
	schema := servertest.SchemaOf(t)
	checked := 0
	for _, file := range documents(t) {
		if strings.HasSuffix(file, "adding-an-entity.md") && schema.Types["Task"] == nil {
			continue
		}
		for _, b := range blocksOf(t, file) {
			where := fmt.Sprintf("%s:%d", file, b.line)
			switch b.kind {
			case "graphql":
				if _, errs := gqlparser.LoadQueryWithRules(schema, b.text, nil); errs != nil {
					t.Errorf("%s: %v", where, errs)
				}
				checked++
			case "json":
				jsonLines(t, where, b.text)
			}
		}
	}
	if checked == 0 {
		t.Error("no document has a graphql block")
	}
}

// Every sql block of the documents runs as it stands there, on the database that its first line names.
func TestDocumentedStatementsRun(t *testing.T) {
	t.Parallel()
	for _, file := range documents(t) {
		for _, b := range blocksOf(t, file) {
			if b.kind != "sql" {
				continue
			}
			t.Run(fmt.Sprintf("%s:%d", filepath.Base(file), b.line), func(t *testing.T) {
				t.Parallel()
				switch {
				case strings.HasPrefix(b.text, "-- SQLite"):
					settings := servertest.Embedded(t)
					servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleMember).Ask(`{ viewer { role } }`, nil)
					servertest.Change(t, settings, "acme", b.text)
				case strings.HasPrefix(b.text, "-- Postgres, as a superuser"):
					runAsSuperuser(t, b.text)
				case strings.HasPrefix(b.text, "-- Postgres"):
					settings := servertest.Shared(t)
					servertest.Join(t, servertest.Start(t, settings), "acme", "ada", collab.RoleMember).Ask(`{ viewer { role } }`, nil)
					servertest.Change(t, settings, "acme", b.text)
				default:
					t.Error("its first line must be a comment that names the database")
				}
			})
		}
	}
}

// runAsSuperuser runs the statements that create the role and the database, under names of the test's own.
func runAsSuperuser(t *testing.T, text string) {
	t.Helper()
	server := servertest.Service(t, "TEST_POSTGRES_SUPERUSER_URL")
	at, err := url.Parse(servertest.Shared(t)["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	name := strings.TrimPrefix(at.Path, "/") + "_docs"
	t.Cleanup(func() {
		servertest.DropDatabase(t, server, name)
		servertest.Administer(t, server, "DROP ROLE "+name)
	})
	for _, statement := range strings.Split(regexp.MustCompile(`\btandem\b`).ReplaceAllString(text, name), ";\n") {
		if statement = strings.TrimSpace(statement); statement != "" {
			servertest.Administer(t, server, statement)
		}
	}
}
