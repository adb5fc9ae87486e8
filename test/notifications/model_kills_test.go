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

// check mentions everybody in the end, and wants each browser to have had that message once, no message about what its person
// never saw, and no message more often than instances that were sending it died. It leaves out people who were removed once,
// because a message to them that waits then ends their subscription.
func (c *cluster) check(m *told) {
	m.t.Helper()
	everybody := slices.DeleteFunc(slices.Sorted(maps.Keys(m.people)), func(name string) bool { return name == "ada" || m.left[name] })
	for _, name := range everybody {
		prefer(m.people[name], servertest.Object{"channels": []any{servertest.Object{"kind": "MENTION", "channels": []string{"IN_APP", "PUSH"}}}})
	}
	last := m.people["ada"].Create(servertest.Object{"name": "last"})
	m.people["ada"].Comment(last["id"], "the end", everybody...)
	for _, name := range everybody {
		sent, ofLast := map[string]int{}, 0
		for waiting := 1; ofLast == 0; waiting++ {
			ofLast = 0
			for _, message := range c.browsers[name].WaitFor(waiting) {
				if id := message.Notification.Data.EntityID; id != nil && *id == last["id"] {
					ofLast++
				}
			}
		}
		for _, message := range c.browsers[name].Messages() {
			sent[message.Notification.Tag]++
			if id := message.Notification.Data.EntityID; id != nil && *id == m.records["Secret"].customer["id"] && !m.everSaw[name] {
				m.t.Errorf("%s got a message about what they never saw", name)
			}
		}
		for tag, times := range sent {
			if times > 1+c.kills {
				m.t.Errorf("%s got the message %s %d times", name, tag, times)
			}
		}
		servertest.Want(m.t, "messages of the end to "+name, ofLast, 1)
	}
}

// The inboxes are those of the model too while instances are killed, and each notification is pushed.
func TestInboxesAreThoseOfThePlainModelWithKills(t *testing.T) {
	t.Parallel()
	c := startCluster(t)
	m := newTold(t, &c.programs[0].Instance, &c.programs[1].Instance)
	c.register(m)
	m.kill = c.kill
	m.run()
	if c.kills == 0 {
		t.Error("no instance was killed")
	}
	c.check(m)
}
