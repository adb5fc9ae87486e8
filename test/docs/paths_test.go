package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	// namedPath is a file or folder of the repository in backticks.
	namedPath = regexp.MustCompile("`((?:cmd|internal|test|web|e2e|scripts|deploy|docs|graph|resolvers|dataloaders)/[a-z0-9_./-]+)`")
	// link is a relative link, without its anchor.
	link = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
)

// Files and folders that a document names or links to exist.
func TestDocumentedPathsExist(t *testing.T) {
	t.Parallel()
	for _, pattern := range []string{"../../*.md", "../../docs/*.md", "../../docs/*/*.md", "../../*/README.md", "../../web/*/README.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range namedPath.FindAllStringSubmatch(string(text), -1) {
				if strings.HasSuffix(m[1], "/entity_task.go") { // the file that docs/adding-an-entity.md adds
					continue
				}
				wantPath(t, file, filepath.Join("../..", m[1]))
			}
			for _, m := range link.FindAllStringSubmatch(string(text), -1) {
				wantPath(t, file, filepath.Join(filepath.Dir(file), m[1]))
			}
		}
	}
}

func wantPath(t *testing.T, file, path string) {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Errorf("%s names %s, which does not exist", strings.TrimPrefix(file, "../../"), strings.TrimPrefix(path, "../../"))
	}
}

// namedCode is an exported method or field of a type in backticks, as `Hub.Follow`.
var namedCode = regexp.MustCompile("`(?:[a-z]+\\.)?([A-Z][A-Za-z]*\\.[A-Z][A-Za-z]+)`")

// Methods and fields that the documents for developers name are in the code.
func TestDocumentedCodeExists(t *testing.T) {
	t.Parallel()
	selectors := selectorsOf(productionFiles(t, "../../internal", "../../resolvers", "../../dataloaders", "../../graph"))
	files, err := filepath.Glob("../../docs/decisions/*.md")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "../../docs/architecture.md", "../../CONTRIBUTING.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range namedCode.FindAllStringSubmatch(string(text), -1) {
			if !selectors[m[1]] {
				t.Errorf("%s names %s, which is not in the code", strings.TrimPrefix(file, "../../"), m[0])
			}
		}
	}
}

// The layout of docs/architecture.md lists every package below internal, and nothing that is gone.
func TestArchitectureListsEveryPackage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	_, layout, _ := strings.Cut(string(text), "\ninternal/\n")
	layout, _, _ = strings.Cut(layout, "\nweb/")
	listed := map[string]bool{}
	for line := range strings.Lines(layout) {
		names, _, _ := strings.Cut(strings.TrimSpace(line), "  ")
		for _, name := range strings.Fields(names) {
			if folder, ok := strings.CutSuffix(name, "/"); ok {
				listed[folder] = true
			}
		}
	}
	folders, err := os.ReadDir("../../internal")
	if err != nil || len(listed) == 0 {
		t.Fatal(listed, err)
	}
	for _, folder := range folders {
		if !listed[folder.Name()] {
			t.Errorf("docs/architecture.md does not list internal/%s", folder.Name())
		}
		delete(listed, folder.Name())
	}
	for folder := range listed {
		t.Errorf("docs/architecture.md lists internal/%s, which does not exist", folder)
	}
}
