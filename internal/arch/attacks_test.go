package arch

import (
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// shownBy is a test as docs/security.md names it.
var shownBy = regexp.MustCompile("`([a-z_/0-9]+_test\\.go):((?:Test|Fuzz)\\w+)`")

// Each line of the attack list names a test that there is, so that the list can't
// say more than is shown; and each test that was written for the list is in it.
func TestAttackListIsShown(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]bool{} // as the list names them
	for _, file := range goFiles(t) {
		for _, declaration := range file.Decls {
			if function, is := declaration.(*ast.FuncDecl); is && strings.HasSuffix(file.name, "_test.go") {
				tests[file.name+":"+function.Name.Name] = true
			}
		}
	}
	listed := map[string]bool{}
	attacks := 0
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "|---") || strings.HasPrefix(line, "| attack |") {
			continue
		}
		attacks++
		columns := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		named := shownBy.FindAllStringSubmatch(columns[len(columns)-1], -1)
		if len(columns) != 3 || len(named) == 0 {
			t.Errorf("a line names no test, as `folder/file_test.go:TestName`, in its third column: %s", line)
		}
		for _, name := range named {
			listed[name[1]+":"+name[2]] = true
			if !tests[name[1]+":"+name[2]] {
				t.Errorf("there is no test %s in %s; say in docs/security.md which one shows it now", name[2], name[1])
			}
		}
	}
	if attacks < 60 {
		t.Errorf("the list has %d lines; where are the others?", attacks)
	}
	for name := range tests {
		file, test, _ := strings.Cut(name, ":")
		ours, _ := filepath.Match("test/security/*_test.go", file)
		if (ours || file == "internal/transport/websocket/attack_test.go") && strings.HasPrefix(test, "Test") && !listed[name] {
			t.Errorf("docs/security.md does not say which attack %s is about", name)
		}
	}
}
