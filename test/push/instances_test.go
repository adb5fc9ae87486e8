package push_test

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

// A message that an instance was sending when it was killed is sent by another one.
func TestKilledInstance(t *testing.T) {
	t.Parallel()
	s := &stage{service: webpushtest.Start(t), org: rand.Text()}
	settings := servertest.Shared(t)
	settings["PUSH_HOSTS"] = s.service.Host()
	dying := servertest.StartProgram(t, settings, os.Stderr)
	s.ada, s.ben = servertest.Join(t, &dying.Instance, s.org, "ada", collab.RoleMember), servertest.Join(t, &dying.Instance, s.org, "ben", collab.RoleMember)
	browser := s.browser(s.ben)
	s.service.Answer(func(_ *webpushtest.Browser, attempt int) int {
		if attempt == 1 {
			return webpushtest.Hang
		}
		return http.StatusCreated
	})
	s.ada.Mention(s.ada.Create(servertest.Object{"name": "Aalto Oy"}), "ben")
	eventually.True(t, "the first attempt hangs", func() bool { return browser.Attempts() > 0 })
	dying.Kill(t)
	servertest.Start(t, settings)
	if m := browser.WaitFor(1); len(m) != 1 || browser.Attempts() != 2 {
		t.Errorf("%d messages in %d attempts", len(m), browser.Attempts())
	}
}

// Two instances share the queue: each message is sent once.
func TestInstancesShareTheQueue(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	settings := servertest.Shared(t)
	settings["PUSH_HOSTS"] = service.Host()
	instances := []*servertest.Instance{servertest.Start(t, settings), servertest.Start(t, settings)}
	crowd := newCrowd(t, service, instances[0], 10, 10)
	crowd.notify()
	for _, b := range crowd.browsers {
		if m := b.WaitFor(1); len(m) != 1 {
			t.Errorf("a browser got %d messages", len(m))
		}
	}
	if all, _ := service.Attempts(); all != len(crowd.browsers) {
		t.Errorf("%d attempts for %d browsers", all, len(crowd.browsers))
	}
}

// A large organization is paced, and another one does not wait for it.
func TestLargeOrganizationIsPaced(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	s, instance := start(t, map[string]string{"PUSH_HOSTS": service.Host() + ",127.0.0.1"})
	crowd := newCrowd(t, service, instance, 8, collab.MaxPushSubscriptions)
	small := s.browser(s.ben)
	slow := make(chan struct{})
	service.Delay(slow, small)
	crowd.notify()
	eventually.True(t, "the large organization is being told", func() bool { all, _ := service.Attempts(); return all > 0 })
	s.ada.Mention(s.acme, "ben")
	small.WaitFor(1)
	close(slow)
	for _, b := range crowd.browsers {
		b.WaitFor(1)
	}
	if _, most := service.Attempts(); most > mostUnderWay {
		t.Errorf("%d messages at once", most)
	}
}

// A crowd is the people of an organization, each with browsers.
type crowd struct {
	leader   *servertest.Person
	people   []string
	browsers []*webpushtest.Browser
	customer servertest.Object
}

func newCrowd(t *testing.T, service *webpushtest.Service, at *servertest.Instance, people, browsers int) *crowd {
	t.Helper()
	org := rand.Text()
	c := &crowd{leader: servertest.Join(t, at, org, "leader", collab.RoleAdmin)}
	c.customer = c.leader.Create(servertest.Object{"name": "Aalto Oy"})
	for i := range people {
		name := fmt.Sprintf("person-%d", i)
		c.people = append(c.people, name)
		p := servertest.Join(t, at, org, name, collab.RoleMember)
		public := p.Ask(key, nil).Text("pushPublicKey")
		for range browsers {
			b := service.Subscribe(public)
			c.browsers = append(c.browsers, b)
			p.Ask(register, inputOf(b))
		}
	}
	return c
}

// notify mentions everybody in one comment.
func (c *crowd) notify() { c.leader.Comment(c.customer["id"], "Look", c.people...) }
