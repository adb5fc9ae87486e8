package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed files are what the declarations generate.
func TestGeneratedCodeIsUpToDate(t *testing.T) {
	root := t.TempDir()
	for _, folder := range []string{"internal/collab", "internal/relay", "resolvers"} {
		if err := os.MkdirAll(filepath.Join(root, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	declared, err := filepath.Glob("../../internal/collab/entity*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range append(declared, "../../schema.graphqls", "../../gqlgen.yml") {
		copyFile(t, path, filepath.Join(root, strings.TrimPrefix(path, "../../")))
	}
	if err := generate(root); err != nil {
		t.Fatal(err)
	}
	for _, written := range []map[string]string{outputs, regions} {
		for _, path := range written {
			if content(t, filepath.Join(root, path)) != content(t, filepath.Join("../..", path)) {
				t.Errorf("%s is not what the entity types generate: run make generate", path)
			}
		}
	}
}

func TestWrongDeclarationsAreRefused(t *testing.T) {
	t.Parallel()
	const right = "package collab\n\nconst prefixComment = \"com\"\n\ntype Visibility string\n\ntype TaskStatus string\n\nconst TaskOpen TaskStatus = \"OPEN\"\n\n" +
		"// A Task is work.\ntype Task struct {\n\tRecord `entity:\"prefix=tsk\"`\n\tTaskFields\n}\n\ntype TaskFields struct {\n" +
		"\t// What.\n\tTitle string `json:\"title\" entity:\"title\"`\n" +
		"\t// How far.\n\tStatus TaskStatus `json:\"status\" entity:\"status,default=OPEN\"`\n" +
		"\t// Whose.\n\tOwnerID *ID `json:\"ownerId\" entity:\"owner\"`\n" +
		"\t// When.\n\tDueAt *Time `json:\"dueAt\" entity:\"starts,together=checkDue\"`\n" +
		"\t// Who sees it.\n\tVisibility Visibility `json:\"visibility\" entity:\"visibility\"`\n}\n\n" +
		"func (t *Task) checkDue() {}\n"
	const more = "\t// Who sees it.\n"
	for name, test := range map[string]struct{ old, new, want string }{
		"right":                  {"", "", ""},
		"no prefix":              {"`entity:\"prefix=tsk\"`", "", "prefix"},
		"a prefix of others":     {"prefix=tsk", "prefix=com", `the prefix "com" of Task is that of Comment`},
		"no comment":             {"\t// What.\n", "", "Title needs a comment"},
		"an unknown tag":         {"\"title\"`", "\"titel\"`", `the tag "titel", which does not exist; the tags are amount, currency,`},
		"a tag of others":        {"entity:\"owner\"", "entity:\"email\"", `the tag "email", which is for *string`},
		"no owner":               {"\t// Whose.\n\tOwnerID *ID `json:\"ownerId\" entity:\"owner\"`\n", "", `the tag "owner"`},
		"no struct of this":      {"type TaskFields struct", "type Fields struct", "no struct TaskFields"},
		"visibility renamed":     {"Visibility Visibility `json:\"visibility\"", "Privacy Visibility `json:\"privacy\"", "has to be called Visibility"},
		"visibility in JSON":     {"json:\"visibility\"", "json:\"privacy\"", `Visibility needs the json name "visibility"`},
		"owner renamed":          {"OwnerID *ID `json:\"ownerId\"", "AssigneeID *ID `json:\"assigneeId\"", "has to be called OwnerID"},
		"customer renamed":       {more, "\t// Whose.\n\tClientID *ID `json:\"clientId\" entity:\"customer\"`\n" + more, "has to be called CustomerID"},
		"tags renamed":           {more, "\t// Labels.\n\tLabels []string `json:\"labels\" entity:\"tags\"`\n" + more, "has to be called Tags"},
		"a type of no use":       {more, "\t// Paid.\n\tPaid bool `json:\"paid\"`\n" + more, "entity_task.go:27:2: Paid is bool, which is neither an enum"},
		"an id of nothing":       {more, "\t// By.\n\tReviewerID *ID `json:\"reviewerId\"`\n" + more, "needs one of the tags owner, customer"},
		"an enum of no values":   {"const TaskOpen TaskStatus = \"OPEN\"", "", "Status is TaskStatus, which is neither an enum with constants"},
		"a default of others":    {"default=OPEN", "default=DONE", `the default "DONE", which is not a value of TaskStatus`},
		"no method":              {"checkDue()", "checkTimes()", "which Task does not have"},
		"people without a bound": {more, "\t// Who.\n\tHelperIDs []ID `json:\"helperIds\" entity:\"people\"`\n" + more, "needs the tag most=N"},
		"two titles":             {more, "\t// Other.\n\tName string `json:\"name\" entity:\"title\"`\n" + more, `the tag "title" at Title and Name`},
		"two fields in one line": {"Title string", "Title, Name string", "needs a line and a name of its own"},
		"whole without a method": {"starts,together=checkDue", "starts,whole", "needs together=method too"},
		"merged as a list":       {more, "\t// Notes.\n\tNotes *string `json:\"notes\" entity:\"text,merge=list\"`\n" + more, "entity_task.go:27:2: Notes has the tag merge=list; a field is merged as a set or as a text"},
		"a text as a set":        {more, "\t// Notes.\n\tNotes *string `json:\"notes\" entity:\"text,merge=set\"`\n" + more, "Notes can't have the tag merge=set: merge=set is for lists"},
		"a line as a text":       {more, "\t// Place.\n\tPlace *string `json:\"place\" entity:\"line,merge=text\"`\n" + more, "Place can't have the tag merge=text"},
		"a time as a text":       {"starts,together=checkDue", "starts,merge=text", `the tag "merge", which is for *string []string []ID`},
		"a text in a group":      {more, "\t// Notes.\n\tNotes *string `json:\"notes\" entity:\"text,merge=text,together=checkDue\"`\n" + more, "Notes has the tags merge and together"},
		"status of a time":       {"Status TaskStatus", "Status *Time", `needs an enum for the tag "status"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			code := strings.Replace(right, test.old, test.new, 1)
			if err := os.WriteFile(filepath.Join(folder, "entity_task.go"), []byte(code), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := read(folder)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	order := &entity{Name: "SalesOpportunity"}
	got := strings.Join([]string{order.Word(), order.One(), order.Many(), order.Type(), order.Field(), order.List(), order.Method()}, "; ")
	if want := "sales opportunity; a sales opportunity; sales opportunities; SALES_OPPORTUNITY; salesOpportunity; salesOpportunities; SalesOpportunities"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	if err := os.WriteFile(to, []byte(content(t, from)), 0o600); err != nil {
		t.Fatal(err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
