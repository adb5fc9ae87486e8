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
)

// kill now and then ends one instance while somebody comments through it, who then sends the comment again through another one. Whether
// or not it was committed before, it counts once. By turns, it is the instance that is sending most, and another one.
func (c *cluster) kill(m *told, actor, id string) string {
	m.t.Helper()
	const comment = `mutation($in: AddCommentInput!) { addComment(input: $in) { __typename } }`
	if c.together && (c.left != 2 || !c.killsInStretch()) || !c.together && m.turn%25 > 0 {
		return ""
	}
	at, sending := c.sender()
	if c.kills++; c.kills%2 == 1 {
		c.whileSending += sending
	} else {
		c.whileOthersSend += sending
		at = 1 - at
	}
	p := m.people[actor]
	variables := servertest.Object{"in": servertest.Object{"entityId": m.records[id].customer["id"], "body": "hello", "clientMutationId": rand.Text()}}
	sent := make(chan struct{})
	go func() {
		defer close(sent)
		post(c.programs[at].URL, p.Token, comment, variables)
	}()
	c.programs[at].Kill(m.t)
	<-sent
	c.programs[at] = c.start(at)
	for i, name := range slices.Sorted(maps.Keys(m.people)) {
		m.people[name] = m.people[name].On(&c.programs[i%2].Instance)
	}
	m.people[actor].Ask(comment, variables).At("addComment.__typename").Is(`"CommentAdded"`)
	m.commented(actor, id, "")
	c.lapses = true
	return fmt.Sprintf("%s comments on %s while instance %d is killed", actor, id, at)
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

// start starts one of the instances, which tells push services its number.
func (c *cluster) start(number int) *servertest.Program {
	settings := maps.Clone(c.settings)
	settings["VAPID_SUBJECT"] = subject(number)
	return servertest.StartProgram(c.t, settings, os.Stderr)
}

func subject(number int) string { return fmt.Sprintf("mailto:%d@crm.example", number) }

// sender returns the instance that has most messages under way, and their number. While the push service holds messages, it waits until
// there are several, or all.
func (c *cluster) sender() (number, messages int) {
	c.t.Helper()
	eventually.True(c.t, "instances send what is due", func() bool {
		c.hurry()
		sending := c.service.UnderWay()
		number = 0
		if sending[subject(1)] > sending[subject(0)] {
			number = 1
		}
		messages = sending[subject(number)]
		return messages >= severalMessages || !c.isHeld() || c.count("pending AND due_at <= NOW()") == 0 && (messages > 0 || c.waiting() == 0)
	})
	return number, messages
}

// check mentions everybody in the end, after which nothing else may have been pushed until the rest of what arrived has passed. Then
// each browser has the newest count of each notification.
func (c *cluster) check(m *told) {
	m.t.Helper()
	m.newRecord("last", false)
	for _, name := range slices.Sorted(maps.Keys(m.people)) {
		if !m.removed[name] {
			m.choose(name, "MENTION", []string{"IN_APP", "PUSH"})
			m.people["ada"].Comment(m.records["last"].customer["id"], "the end", name)
			m.commented("ada", "last", name)
		}
	}
	c.settle(m)
	c.change(`due_at = due_at - INTERVAL '6 minutes', ready_at = ready_at - INTERVAL '6 minutes'`, `TRUE`)
	c.settle(m)
	for person, browsers := range c.browsers {
		for _, b := range browsers {
			shown := c.shown(m, b)
			for _, e := range m.entries {
				if e.person == person && e.owed && !slices.ContainsFunc(shown, func(s showing) bool { return s.row == e.row && s.count == e.count }) {
					m.t.Errorf("no notification %v stands for %d changes in the end", e.row, e.count)
				}
			}
		}
	}
}

// The inboxes are those of the model too while instances are killed, and so are the messages to the browsers of all people: step by
// step, and while many of them are under way, of which some are held, or refused for a while.
func TestInboxesAreThoseOfThePlainModelWithKills(t *testing.T) {
	t.Parallel()
	for name, together := range map[string]bool{"step by step": false, "together": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, m := startCluster(t, together)
			m.run()
			c.check(m)
			if c.kills == 0 || len(m.entries) == 0 {
				t.Errorf("%d instances were killed, and the model has %d notifications", c.kills, len(m.entries))
			}
			if together && (c.whileSending == 0 || c.whileOthersSend == 0 || c.whileSending+c.whileOthersSend < 2*severalMessages) {
				t.Errorf("%d messages of instances were under way when these were killed, and %d when the other one was", c.whileSending, c.whileOthersSend)
			}
		})
	}
}
