package push_test

import (
	"crypto/rand"
	"maps"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

// A stage is two people of an organization, who have push, and a push service.
type stage struct {
	service  *webpushtest.Service
	org      string
	ada, ben *servertest.Person
	acme     servertest.Object // of ada's
}

// start starts an instance for a stage.
func start(t *testing.T, settings map[string]string) (*stage, *servertest.Instance) {
	t.Helper()
	return startWith(t, settings, server.Options{})
}

// startWith is start with options.
func startWith(t *testing.T, settings map[string]string, options server.Options) (*stage, *servertest.Instance) {
	t.Helper()
	s := &stage{service: webpushtest.Start(t), org: rand.Text()}
	all := map[string]string{"PUSH_HOSTS": s.service.Host(), "PUBLIC_URL": "https://crm.example"}
	maps.Copy(all, settings)
	instance := servertest.StartWith(t, all, options)
	s.ada, s.ben = servertest.Join(t, instance, s.org, "ada", collab.RoleMember), servertest.Join(t, instance, s.org, "ben", collab.RoleMember)
	s.acme = s.ada.Create(servertest.Object{"name": "Aalto Oy"})
	return s, instance
}

// browser registers a browser of a person.
func (s *stage) browser(p *servertest.Person) *webpushtest.Browser {
	p.T.Helper()
	b := s.service.Subscribe(p.Ask(key, nil).Text("pushPublicKey"))
	p.Ask(register, inputOf(b))
	return b
}

// A batch is one message, which says how many changes it stands for.
func TestBatchIsOneMessage(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		settings    map[string]string
		title, body string
	}{
		"discreet":     {nil, "You got 20 assignments", "Open Tandem to see the details."},
		"with content": {map[string]string{"PUSH_CONTENT": "1"}, "Ada made you the owner of 20 customers", "Acme and 19 others"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, tc.settings)
			phone := s.browser(s.ben)
			var inputs []any
			for range 20 {
				inputs = append(inputs, servertest.Object{"clientMutationId": rand.Text(), "name": "Acme", "ownerId": "ben"})
			}
			s.ada.Ask(`mutation($in: [CreateCustomerInput!]!) { createCustomers(inputs: $in) { __typename } }`, servertest.Object{"in": inputs})
			m := phone.WaitFor(1)[0]
			if m.Notification.Title != tc.title || m.Notification.Body != tc.body || m.Notification.Data.Count != 20 || m.AppBadge != 1 {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestMentionIsPushed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		settings    map[string]string
		title, body string
	}{
		"discreet":     {nil, "Somebody mentioned you", "Open Tandem to see the details."},
		"with content": {map[string]string{"PUSH_CONTENT": "1"}, "Ada mentioned you", "Aalto Oy: Look"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _ := start(t, tc.settings)
			phone, laptop, own := s.browser(s.ben), s.browser(s.ben), s.browser(s.ada)
			s.ada.Mention(s.acme, "ben")
			for _, b := range []*webpushtest.Browser{phone, laptop} {
				m := b.WaitFor(1)[0]
				if m.WebPush != 8030 || m.Notification.Title != tc.title || m.Notification.Body != tc.body || m.AppBadge != 1 ||
					m.Notification.Navigate != "https://crm.example/customers/"+s.acme["id"].(string)+"?tab=comments" || m.Notification.Tag != m.Notification.Data.ID || m.Notification.Data.Count != 1 ||
					m.Subject != "https://crm.example" || m.TTL != 86400 || m.Urgency != "normal" || m.Bytes > 4096 {
					t.Errorf("got %+v", m)
				}
			}
			if got := s.ben.Ask(`{ notifications { nodes { id } } }`, nil).Text("notifications.nodes.0.id"); got != phone.Messages()[0].Notification.Tag {
				t.Errorf("the tag is not the id %s", got)
			}
			if own.Attempts() > 0 {
				t.Error("ada is notified of her own comment")
			}
		})
	}
}

// A client that is online, and follows the inbox, shows a notification at once; nothing is pushed then, unless the client
// leaves a moment later, as a connection does that had broken before.
func TestNothingIsPushedThatWasShown(t *testing.T) {
	t.Parallel()
	for name, stays := range map[string]bool{"stays": true, "leaves": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			metrics := servertest.FreeAddress(t)
			s, _ := start(t, map[string]string{"METRICS_ADDR": metrics})
			browser, socket := s.browser(s.ben), watch(t, s.ben, metrics)
			s.ada.Mention(s.acme, "ben")
			socket.Next("inbox")
			if stays {
				servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_unsent_total{kind="PUSH",reason="shown"}`, 1)
				servertest.Want(t, "attempts", browser.Attempts(), 0)
				return
			}
			_ = socket.Conn.CloseNow()
			browser.WaitFor(1)
		})
	}
}

// A notification whose person has no channel for it in the application is shown by no client.
func TestWhatIsOnlyPushedIsPushedToPeopleWhoAreThere(t *testing.T) {
	t.Parallel()
	metrics := servertest.FreeAddress(t)
	s, _ := start(t, map[string]string{"METRICS_ADDR": metrics})
	s.ben.Ask(`mutation { setNotificationPreferences(input: {channels: [{kind: MENTION, channels: [PUSH]}]}) { __typename } }`, nil)
	browser := s.browser(s.ben)
	watch(t, s.ben, metrics)
	s.ada.Mention(s.acme, "ben")
	browser.WaitFor(1)
}

// watch opens a client that is online and follows the inbox.
func watch(t *testing.T, p *servertest.Person, metrics string) *servertest.Socket {
	t.Helper()
	socket := p.Connect()
	socket.Subscribe("inbox", `subscription { inboxChanged { unreadCount } }`, nil)
	socket.Next("inbox")
	socket.Subscribe("room", `subscription { presence(room: "lobby", clientId: "tab") { snapshot { id } } }`, nil)
	socket.Next("room")
	servertest.WantSeries(t, "http://"+metrics+"/metrics", "tandem_presence_clients", 2) // in the room, and at the inbox
	return socket
}

// A client that follows the inbox and is away does not hold a message back, though another client of the person is online.
func TestWhatAnotherClientShowsIsPushed(t *testing.T) {
	t.Parallel()
	metrics := servertest.FreeAddress(t)
	s, _ := start(t, map[string]string{"METRICS_ADDR": metrics})
	browser := s.browser(s.ben)
	hidden, phone := s.ben.Connect(), s.ben.Connect()
	hidden.Subscribe("inbox", `subscription { inboxChanged { unreadCount } }`, nil)
	hidden.Next("inbox")
	hidden.Subscribe("room", `subscription { presence(room: "lobby", clientId: "tab", state: {status: AWAY}) { snapshot { id } } }`, nil)
	phone.Subscribe("room", `subscription { presence(room: "lobby", clientId: "phone") { snapshot { id } } }`, nil)
	hidden.Next("room")
	phone.Next("room")
	servertest.WantSeries(t, "http://"+metrics+"/metrics", "tandem_presence_clients", 3) // two in the room, and one at the inbox
	s.ada.Mention(s.acme, "ben")
	browser.WaitFor(1)
}

// Nothing is pushed about what the person may not see any more.
func TestAccessIsCheckedWhenSending(t *testing.T) {
	t.Parallel()
	metrics := servertest.FreeAddress(t)
	s, _ := start(t, map[string]string{"METRICS_ADDR": metrics})
	browser := s.browser(s.ben)
	secret := s.ada.Restricted("Secret")
	// Before the grant, which is pushed too.
	s.service.Answer(webpushtest.Always(http.StatusServiceUnavailable), "Retry-After", "1")
	s.ada.Grant(secret, "ben", "READ")
	s.ada.Mention(secret, "ben")
	eventually.True(t, "an attempt is made", func() bool { return browser.Attempts() > 0 })
	queued := func(jobs float64) {
		servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_jobs{kind="PUSH"}`, jobs)
	}
	queued(2)
	s.ada.Revoke(secret, "ben")
	// Attempts that were under way during the revocation are refused too: the check before the next one ends both messages, and the message of the revocation stays.
	queued(1)
	s.service.Answer(nil)
	s.ada.Mention(s.acme, "ben")
	for _, m := range browser.WaitFor(2) {
		if id := m.Notification.Data.EntityID; id != nil && *id == secret["id"] {
			t.Errorf("got %+v", m)
		}
	}
}

// An ended subscription is deleted, and the others get their messages, however push services fail.
func TestPushServiceMisbehaves(t *testing.T) {
	t.Parallel()
	s, _ := start(t, nil)
	gone, limited, failing := s.browser(s.ben), s.browser(s.ben), s.browser(s.ben)
	gone.Unsubscribe()
	s.service.Answer(func(b *webpushtest.Browser, attempt int) int {
		switch {
		case b == limited && attempt == 1:
			return http.StatusTooManyRequests
		case b == failing && attempt == 1:
			return http.StatusBadGateway
		}
		return http.StatusCreated
	}, "Retry-After", "1")
	s.ada.Mention(s.acme, "ben")
	limited.WaitFor(1)
	failing.WaitFor(1)
	eventually.True(t, "the ended subscription is deleted", func() bool {
		exported := s.ben.Ask(`mutation { exportPersonalData(userId: "ben") }`, nil).At("exportPersonalData.pushSubscriptions")
		return !strings.Contains(exported.String(), gone.Endpoint)
	})
	if limited.Attempts() != 2 || failing.Attempts() != 2 {
		t.Errorf("%d and %d attempts", limited.Attempts(), failing.Attempts())
	}
}

// A push service whose name can't be looked up costs nobody their subscription: the message waits for the next attempt.
func TestNameIsNotFound(t *testing.T) {
	t.Parallel()
	metrics := servertest.FreeAddress(t)
	s, _ := start(t, map[string]string{"METRICS_ADDR": metrics, "PUSH_HOSTS": "push.invalid"})
	lost := s.service.Subscribe("")
	lost.Endpoint = "https://push.invalid/1" // a name that nobody has (RFC 2606)
	s.ben.Ask(register, inputOf(lost))
	s.ada.Mention(s.acme, "ben")
	eventually.True(t, "an attempt fails", func() bool {
		_, scrape := servertest.Get(t, "http://"+metrics+"/metrics")
		unsent := func(reason string) float64 {
			return servertest.Value(scrape, `tandem_queue_unsent_total{kind="PUSH",reason="`+reason+`"}`)
		}
		return unsent("unreachable")+unsent("timeout")+unsent("address") > 0 // some resolvers answer every name
	})
	servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_jobs{kind="PUSH"}`, 1)
	s.ben.Ask(remove, servertest.Object{"endpoint": lost.Endpoint}).Is(`{"removePushSubscription": true}`)
}

// A browser that another person uses gets nothing of the one before.
func TestBrowserChangesHands(t *testing.T) {
	t.Parallel()
	metrics := servertest.FreeAddress(t)
	s, _ := start(t, map[string]string{"METRICS_ADDR": metrics})
	browser := s.browser(s.ben)
	s.service.Answer(webpushtest.Always(http.StatusServiceUnavailable), "Retry-After", "2")
	s.ada.Mention(s.acme, "ben")
	eventually.True(t, "an attempt is made", func() bool { return browser.Attempts() > 0 })
	servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_jobs{kind="PUSH"}`, 1)
	s.ada.Ask(register, inputOf(browser))
	// Ben's message would be sent later than Ada's, so it has to be gone before.
	servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_jobs{kind="PUSH"}`, 0)
	s.service.Answer(nil)
	s.ben.Mention(s.acme, "ada")
	if m := browser.WaitFor(1); len(m) != 1 || m[0].Notification.Tag != s.ada.Ask(`{ notifications { nodes { id } } }`, nil).Text("notifications.nodes.0.id") {
		t.Errorf("got %+v", m)
	}
}
