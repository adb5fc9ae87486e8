package notifications_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"testing"

	"tandem/internal/servertest"
)

// A cluster is two instances in processes of their own, of which one is killed now and then.
type cluster struct {
	settings map[string]string
	programs []*servertest.Program
	kills    int
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{settings: servertest.Shared(t)}
	for range 2 {
		c.programs = append(c.programs, servertest.StartProgram(t, c.settings, os.Stderr))
	}
	return c
}

// kill ends one instance while somebody comments through it, who then sends the comment again through another one. Whether
// or not it was committed before, it counts once.
func (c *cluster) kill(m *told, actor, id string) string {
	m.t.Helper()
	const comment = `mutation($in: AddCommentInput!) { addComment(input: $in) { __typename } }`
	c.kills++
	at, p := c.kills%2, m.people[actor]
	variables := servertest.Object{"in": servertest.Object{"entityId": m.records[id].customer["id"], "body": "hello", "clientMutationId": rand.Text()}}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		post(c.programs[at].URL, p.Token, comment, variables)
	}()
	c.programs[at].Kill(m.t)
	<-sent
	c.programs[at] = servertest.StartProgram(m.t, c.settings, os.Stderr)
	for i, name := range slices.Sorted(maps.Keys(m.people)) {
		m.people[name] = m.people[name].On(&c.programs[i%2].Instance)
	}
	m.people[actor].Ask(comment, variables).At("addComment.__typename").Is(`"CommentAdded"`)
	m.commented(actor, id, "")
	return fmt.Sprint(actor, " comments on ", id, " while an instance is killed")
}

// post sends an operation to an instance that may die meanwhile, so nothing depends on its answer.
func post(address, token, query string, variables servertest.Object) {
	body, err := json.Marshal(servertest.Object{"query": query, "variables": variables})
	if err != nil {
		return
	}
	request, err := http.NewRequest(http.MethodPost, address+"/graphql", bytes.NewReader(body))
	if err != nil {
		return
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	if answer, err := http.DefaultClient.Do(request); err == nil {
		_ = answer.Body.Close()
	}
}

// The inboxes are those of the model too while instances are killed.
func TestInboxesAreThoseOfThePlainModelWithKills(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	m := newTold(t, &c.programs[0].Instance, &c.programs[1].Instance)
	m.kill = c.kill
	m.run()
	if c.kills == 0 {
		t.Error("no instance was killed")
	}
}
