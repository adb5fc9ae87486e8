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

	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

// A cluster is two instances in processes of their own, of which one is killed now and then.
type cluster struct {
	settings map[string]string
	programs []*servertest.Program
	service  *webpushtest.Service
	browsers map[string]*webpushtest.Browser
	kills    int
}

func startCluster(t *testing.T) *cluster {
	t.Helper()
	c := &cluster{settings: servertest.Shared(t), service: webpushtest.Start(t), browsers: map[string]*webpushtest.Browser{}}
	c.settings["PUSH_HOSTS"] = c.service.Host()
	for range 2 {
		c.programs = append(c.programs, servertest.StartProgram(t, c.settings, os.Stderr))
	}
	return c
}

// register registers a browser of each person.
func (c *cluster) register(m *told) {
	for name, p := range m.people {
		b := c.service.Subscribe(p.Ask(`{ pushPublicKey }`, nil).Text("pushPublicKey"))
		p.Ask(`mutation($in: PushSubscriptionInput!) { registerPushSubscription(input: $in) }`,
			servertest.Object{"in": servertest.Object{"endpoint": b.Endpoint, "p256dh": b.P256dh, "auth": b.Auth}})
		c.browsers[name] = b
	}
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

// pushes returns how many notifications arrived at each person's browser, each counted once however often it was sent. A
// message may arrive once more for each instance that died, and again when its notification grows much later.
func (c *cluster) pushes(m *told) map[row]int {
	m.t.Helper()
	names, arrived := map[string]string{}, map[row]int{}
	for name, r := range m.records {
		names[r.customer["id"].(string)] = name
	}
	for person, browser := range c.browsers {
		times := map[string]int{}
		for _, message := range browser.Messages() {
			n := message.Notification
			if times[n.Tag]++; times[n.Tag] > 1+c.kills {
				m.t.Errorf("%s got the message %s %d times", person, n.Tag, times[n.Tag])
			}
			if times[n.Tag] > 1 {
				continue
			}
			about := ""
			if n.Data.EntityID != nil {
				about = names[*n.Data.EntityID]
			}
			arrived[row{person, n.Data.Kind, about}]++
		}
	}
	return arrived
}

// settle waits until each push of the model has arrived.
func (c *cluster) settle(m *told) {
	m.t.Helper()
	var got map[row]int
	eventually.True(m.t, "all pushes of the model arrive", func() bool {
		got = c.pushes(m)
		for row, n := range m.pushes {
			if got[row] < n {
				return false
			}
		}
		return true
	})
	if !maps.Equal(got, m.pushes) {
		m.t.Fatalf("pushed\n%v\nand the model has\n%v", got, m.pushes)
	}
}

// check mentions everybody in the end, after which nothing else may have been pushed.
func (c *cluster) check(m *told) {
	m.t.Helper()
	m.newRecord("last", false)
	for _, name := range slices.Sorted(maps.Keys(m.people)) {
		m.chosen[name]["MENTION"] = []string{"IN_APP", "PUSH"}
		if !m.removed[name] {
			prefer(m.people[name], servertest.Object{"channels": []any{servertest.Object{"kind": "MENTION", "channels": m.chosen[name]["MENTION"]}}})
			m.people["ada"].Comment(m.records["last"].customer["id"], "the end", name)
			m.commented("ada", "last", name)
		}
	}
	c.settle(m)
}

// The inboxes are those of the model too while instances are killed, and so are the messages to the browsers of all people.
func TestInboxesAreThoseOfThePlainModelWithKills(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	m := newTold(t, &c.programs[0].Instance, &c.programs[1].Instance)
	c.register(m)
	m.kill, m.settle = c.kill, c.settle
	m.run()
	if c.kills == 0 || len(m.pushes) == 0 {
		t.Errorf("%d instances were killed, and %d rows were pushed", c.kills, len(m.pushes))
	}
	c.check(m)
}
