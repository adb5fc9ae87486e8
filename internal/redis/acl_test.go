package redis_test

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/collabtest"
	"tandem/internal/diagnosis"
	"tandem/internal/eventually"
	"tandem/internal/memory"
	"tandem/internal/redis"
	"tandem/internal/redistest"
)

// documentedUser is the statement that docs/operations/scale.md makes a user of Redis with.
func documentedUser(t *testing.T) []any { return documented(t, `ACL SETUSER tandem on .*`) }

// documentedRightsInCluster is the statement that gives the user the rights that a cluster needs besides.
func documentedRightsInCluster(t *testing.T) []any { return documented(t, `ACL SETUSER tandem \+.*`) }

// documented returns the words of a statement of docs/operations/scale.md.
func documented(t *testing.T, pattern string) []any {
	t.Helper()
	text, err := os.ReadFile("../../docs/operations/scale.md")
	if err != nil {
		t.Fatal(err)
	}
	statement := regexp.MustCompile(pattern).FindString(string(text))
	if statement == "" {
		t.Fatalf("docs/operations/scale.md has no %s", pattern)
	}
	var words []any
	for _, word := range strings.Fields(statement) {
		words = append(words, word)
	}
	return words
}

// documentedRights returns the commands that a documented statement allows, without those that Redis allows to everybody.
func documentedRights(statement []any) (rights []string) {
	for _, word := range statement {
		right, isRight := strings.CutPrefix(word.(string), "+")
		if isRight && right != "hello" && right != "auth" {
			rights = append(rights, right)
		}
	}
	return rights
}

// wantEachRight takes each documented right away alone, and expects that Redis is not up then and that the check names the
// right. So all of them are needed.
func wantEachRight(t *testing.T, url string, rights []string, change func(words ...any)) {
	t.Helper()
	for _, right := range rights {
		change("-" + right)
		wantFinding(t, redis.Diagnose(t.Context(), url), diagnosis.Failed, "the user of REDIS_URL lacks a right, +"+right)
		change("+" + right)
	}
	wantFinding(t, redis.Diagnose(t.Context(), url), diagnosis.OK, "the user may announce, listen, and keep presence and limits")
}

// The check finds each documented right that is missing, in a numbered database, which has to be selected.
func TestEachRight(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	makeUser(t, server, documentedUser(t))
	wantEachRight(t, asUser(server.URL())+"/1", documentedRights(documentedUser(t)), func(words ...any) {
		makeUser(t, server, append([]any{"ACL", "SETUSER", "tandem"}, words...))
	})
}

// A user with the documented rights can do all that Redis is used for.
func TestDocumentedRights(t *testing.T) {
	server := redistest.Start(t)
	if err := connect(t, server.URL()).Do(t.Context(), documentedUser(t)...).Err(); err != nil {
		t.Fatal(err)
	}
	url := strings.Replace(server.URL(), "//", "//tandem:PASSWORD@", 1)
	bus := newBus(t, url)
	hear(t, bus, listen(t, newBus(t, url), "acme"), "acme")
	if err := bus.Ping(t.Context()); err != nil {
		t.Errorf("it is not up: %v", err)
	}
	collabtest.Presences(t, func(t *testing.T, now func() time.Time) collab.Presences {
		return redis.NewPresences(connect(t, url), now)
	})
	collabtest.Limits(t, func(t *testing.T, now func() time.Time) collab.Limits {
		return redis.NewLimits(connect(t, url), memory.NewLimits(now), slog.New(slog.NewTextHandler(refused{t}, nil)), now)
	})
}

// refused fails a test when a log names a right that Redis did not grant. Redis may be late on a busy machine; that is logged too.
type refused struct{ t *testing.T }

var _ io.Writer = refused{}

func (r refused) Write(line []byte) (int, error) {
	for _, refusal := range []string{"NOPERM", "can't run this command", "ACL failure"} {
		if bytes.Contains(line, []byte(refusal)) {
			r.t.Errorf("it logged %s", line)
		}
	}
	return len(line), nil
}

// Redis is up when it does what it is used for, not when it answers.
func TestRedisWithoutARight(t *testing.T) {
	server := redistest.Start(t)
	admin := connect(t, server.URL())
	url := strings.Replace(server.URL(), "//", "//tandem:PASSWORD@", 1)
	may := func(t *testing.T, changes ...any) {
		t.Helper()
		for _, words := range [][]any{documentedUser(t), append([]any{"ACL", "SETUSER", "tandem"}, changes...)} {
			if err := admin.Do(t.Context(), words...).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	cases := map[string][]any{
		"pub/sub":                {"-publish", "-subscribe"},
		"subscribing":            {"-subscribe"},
		"publishing":             {"-publish"},
		"channels":               {"resetchannels"},
		"the channel of changes": {"resetchannels", "&tandem:0:presence", "&tandem:0:changes:probe"},
		"the channel of rooms":   {"resetchannels", "&tandem:0:changes*"},
		"scripts":                {"-eval", "-evalsha"},
		"hashes":                 {"-@hash"},
		"sorted sets":            {"-@sortedset"},
		"counting":               {"-get", "-set"},
		"keys":                   {"resetkeys", "~other:*"},
		"keys of rooms":          {"resetkeys", "~tandem:limit:*"},
		"keys of limits":         {"resetkeys", "~tandem:{*"},
	}
	for _, right := range documentedRights(documentedUser(t)) {
		if right != "select" && right != "ping" { // for numbered databases, and to start at all
			cases[right] = []any{"-" + right}
		}
	}
	for name, changes := range cases {
		t.Run(name, func(t *testing.T) {
			may(t, changes...)
			bus := newBus(t, url)
			listen(t, bus, "acme")
			up := func() bool { return bus.Ping(t.Context()) == nil }
			eventually.Is(t, "it is up", up, false)
			may(t)
			eventually.Is(t, "it is up once the right is there", up, true)
		})
	}
}
