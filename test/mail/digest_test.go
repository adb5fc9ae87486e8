package mail_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/smtptest"
)

// The notifications of an hour are one message, on one instance and on two, and later ones are in another.
func TestDigest(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	test := func(t *testing.T, one, two *servertest.Instance, ben string) {
		org := rand.Text()
		ada, ben2 := join(t, one, org, "ada"), join(t, two, org, ben)
		address := ben + "@example.com"
		collect(ben2)
		acme, zoo := ada.Create(servertest.Object{"name": "Aalto Oy"}), ada.Create(servertest.Object{"name": "Grüße <b>Zoo</b>"})
		ada.Mention(acme, ben)
		ada.Mention(zoo, ben)
		hurry(ben2)
		m := server.WaitFor(address, 1)[0]
		servertest.Want(t, "subject", m.Subject, "Brightwater CRM: 2 notifications")
		servertest.Want(t, "order of the parts", strings.Join(m.Types, " "), "text/plain text/html")
		for _, part := range []string{m.Text, m.HTML} {
			first, second := strings.Index(part, "https://crm.example/customers/"+zoo["id"].(string)+"?tab=comments"), strings.Index(part, "https://crm.example/customers/"+acme["id"].(string)+"?tab=comments")
			if first < 0 || second < first {
				t.Errorf("the newest is not first: %s", part)
			}
			for _, wanted := range []string{"Ada mentioned you", "Aalto Oy: Look", "https://crm.example/inbox/preferences", "https://crm.example" + linkOf(t, m)} {
				if !strings.Contains(part, wanted) {
					t.Errorf("%q is not in %s", wanted, part)
				}
			}
		}
		if !strings.Contains(m.Text, "Grüße <b>Zoo</b>: Look") || !strings.Contains(m.HTML, "Grüße &lt;b&gt;Zoo&lt;/b&gt;: Look") {
			t.Errorf("a name is not shown as it is: %s %s", m.Text, m.HTML)
		}
		ada.Mention(acme, ben)
		next := server.WaitFor(address, 2)[1]
		servertest.Want(t, "the next subject", next.Subject, "Brightwater CRM: 1 notification")
		if next.Header.Get("Message-Id") == m.Header.Get("Message-Id") {
			t.Error("two digests have one id")
		}
		servertest.Want(t, "attempts", server.Attempts(address), 2)
	}
	t.Run("one", func(t *testing.T) {
		t.Parallel()
		one := servertest.Start(t, mailing(server, nil))
		test(t, one, one, "ben-1")
	})
	t.Run("two", func(t *testing.T) {
		t.Parallel()
		settings := mailing(server, servertest.Shared(t))
		test(t, servertest.Start(t, settings), servertest.Start(t, settings), "ben-2")
	})
}

// A digest has one line for a batch, one for all mentions on a record, and one for all that happened to a record that is watched.
func TestDigestOfABatch(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	instance := servertest.Start(t, mailing(server, nil))
	org := rand.Text()
	ada, ben := join(t, instance, org, "ada"), join(t, instance, org, "ben")
	collect(ben)
	set(ben, servertest.Object{"channels": []any{servertest.Object{"kind": "ASSIGNMENT", "channels": []any{"EMAIL"}}, servertest.Object{"kind": "WATCHED", "channels": []any{"EMAIL"}}}})
	var inputs []any
	for range 20 {
		inputs = append(inputs, servertest.Object{"clientMutationId": rand.Text(), "name": "Acme", "ownerId": "ben"})
	}
	ada.Ask(`mutation($in: [CreateCustomerInput!]!) { createCustomers(inputs: $in) { __typename } }`, servertest.Object{"in": inputs})
	zoo := ada.Create(servertest.Object{"name": "Zoo"})
	ada.Mention(zoo, "ben")
	ada.Mention(zoo, "ben")
	ben.Ask(`mutation($id: ID!) { watch(entityId: $id) }`, servertest.Object{"id": zoo["id"]})
	ada.Update(zoo, 1, servertest.Object{"phone": "1"})
	ada.Comment(zoo["id"], "Call them")
	ada.Update(zoo, 2, servertest.Object{"phone": "2"})
	hurry(ben)
	m := server.WaitFor("ben@example.com", 1)[0]
	servertest.Want(t, "subject", m.Subject, "Brightwater CRM: 3 notifications")
	for _, wanted := range []string{"Ada made 3 changes to Zoo\nphone; 1 comment", "Ada mentioned you twice\nZoo: Look", "Ada made you the owner of 20 customers\nAcme and 19 others"} {
		if !strings.Contains(strings.ReplaceAll(m.Text, "\r\n", "\n"), wanted) {
			t.Errorf("%q is not in %s", wanted, m.Text)
		}
	}
}

// A long digest lists the newest notifications, and counts the others.
func TestLongDigest(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	instance := servertest.Start(t, mailing(server, nil))
	org := rand.Text()
	ada, ben := join(t, instance, org, "ada"), join(t, instance, org, "ben")
	collect(ben)
	for i := range collab.MostInDigest + 12 {
		ada.Mention(ada.Create(servertest.Object{"name": fmt.Sprintf("Customer %02d.", i)}), "ben")
	}
	hurry(ben)
	m := server.WaitFor("ben@example.com", 1)[0]
	servertest.Want(t, "subject", m.Subject, "Brightwater CRM: 62 notifications")
	servertest.Want(t, "lines", strings.Count(m.Text, "Ada mentioned you"), collab.MostInDigest)
	if !strings.Contains(m.Text, "and 12 more: https://crm.example/inbox") || !strings.Contains(m.HTML, "and 12 more") || strings.Contains(m.Text, "Customer 11.") || !strings.Contains(m.Text, "Customer 12.") {
		t.Errorf("got %s", m.Text)
	}
}

// A digest has only what its person may see and wants when it is sent.
func TestDigestIsCheckedWhenSending(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	instance := servertest.Start(t, mailing(server, nil))
	org := rand.Text()
	ada, ben, cleo := join(t, instance, org, "ada"), servertest.Join(t, instance, org, "ben", collab.RoleMember), join(t, instance, org, "cleo")
	ben = joinMember(t, ben, org)
	collect(ben)
	collect(cleo)
	secret, read, muted, kept := ada.Restricted("Secret"), ada.Create(servertest.Object{"name": "Read"}), ada.Create(servertest.Object{"name": "Muted"}), ada.Create(servertest.Object{"name": "Kept"})
	ada.Grant(secret, "ben", "READ")
	for _, customer := range []servertest.Object{secret, read, muted, kept} {
		ada.Mention(customer, "ben")
	}
	ada.Mention(kept, "cleo")
	ada.Revoke(secret, "ben")
	for _, n := range ben.Ask(`{ notifications { nodes { id body } } }`, nil).List("notifications.nodes") {
		if strings.HasPrefix(n.Text("body"), "Read") {
			ben.Ask(`mutation($id: ID!) { markNotificationsRead(ids: [$id]) }`, servertest.Object{"id": n.Text("id")})
		}
	}
	ben.Ask(`mutation($id: ID!) { mute(entityId: $id) }`, servertest.Object{"id": muted["id"]})
	hurry(cleo)
	server.WaitFor("cleo@example.com", 1)
	hurry(ben)
	m := server.WaitFor("ben@example.com", 1)[0]
	servertest.Want(t, "subject", m.Subject, "Brightwater CRM: 1 notification")
	if !strings.Contains(m.Text, "Kept: Look") || strings.Contains(m.Raw, "Secret") {
		t.Errorf("got %s", m.Text)
	}
}

// joinMember returns a person with an e-mail address, who is not an admin.
func joinMember(t *testing.T, p *servertest.Person, org string) *servertest.Person {
	t.Helper()
	p.Ask(`{ viewer { role } }`, nil) // their role is that of the first token
	return join(t, p.At, org, "ben")
}

// An erased person gets nothing of what was collected, and neither does one who chose to get no digest.
func TestNothingIsSent(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	metrics := servertest.FreeAddress(t)
	instance := servertest.Start(t, mailing(server, map[string]string{"METRICS_ADDR": metrics}))
	org := rand.Text()
	ada, ben, cleo := join(t, instance, org, "ada"), join(t, instance, org, "ben"), join(t, instance, org, "cleo")
	acme := ada.Create(servertest.Object{"name": "Aalto Oy"})
	for _, p := range []*servertest.Person{ben, cleo, ada} {
		collect(p)
	}
	ada.Comment(acme["id"], "Look", "ben", "cleo")
	waiting := func() int {
		stats, err := instance.Server.Store.JobStats(t.Context(), collab.At(time.Now().Add(collab.DigestLifetime)))
		if err != nil {
			t.Error(err)
		}
		return stats[collab.JobDigest].Waiting
	}
	eventually.Is(t, "digests that wait", waiting, 2)
	ada.Ask(`mutation { erasePersonalData(userId: "ben") }`, nil)
	set(cleo, servertest.Object{"digest": "NONE"})
	eventually.Is(t, "digests that wait", waiting, 0)
	hurry(cleo)
	cleo.Mention(acme, "ada")
	hurry(ada)
	server.WaitFor("ada@example.com", 1)
	servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_sent_total{kind="DIGEST"}`, 1)
	servertest.Want(t, "attempts", server.Attempts("ben@example.com")+server.Attempts("cleo@example.com"), 0)
}

// An instance without mail says so, and leaves what is collected to an instance that sends it.
func TestWithoutMail(t *testing.T) {
	t.Parallel()
	server, shared, metrics := smtptest.Start(t), servertest.Shared(t), servertest.FreeAddress(t)
	env := maps.Clone(shared)
	env["METRICS_ADDR"] = metrics
	instance := servertest.Start(t, env)
	org := rand.Text()
	ada, ben := join(t, instance, org, "ada"), join(t, instance, org, "ben")
	collect(ben)
	hurry(ben).Is(`{"digest": "HOURLY", "availableChannels": ["IN_APP", "PUSH"]}`)
	ada.Mention(ada.Create(servertest.Object{"name": "Aalto Oy"}), "ben")
	eventually.True(t, "the digest is due for some rounds of the queue", func() bool {
		now := collab.At(time.Now())
		stats, err := instance.Server.Store.JobStats(t.Context(), now)
		oldest := stats[collab.JobDigest].Oldest
		return err == nil && !oldest.IsZero() && now.Sub(oldest.Time) > 3*time.Second
	})
	_, scrape := servertest.Get(t, "http://"+metrics+"/metrics")
	if strings.Contains(scrape, `tandem_queue_jobs{kind="DIGEST"}`) || strings.Contains(scrape, `tandem_queue_oldest_seconds{kind="DIGEST"}`) || !strings.Contains(scrape, `tandem_queue_oldest_seconds{kind="PUSH"}`) {
		t.Error("an instance without mail does not measure the pushes only, so that digests which it can't send set off an alert")
	}
	servertest.Start(t, mailing(server, shared))
	servertest.Want(t, "subject", server.WaitFor("ben@example.com", 1)[0].Subject, "Brightwater CRM: 1 notification")
}

// A person without an address can't be reached by e-mail.
func TestWithoutAddress(t *testing.T) {
	t.Parallel()
	instance := servertest.Start(t, mailing(smtptest.Start(t), nil))
	org := rand.Text()
	servertest.Want(t, "with an address", available(join(t, instance, org, "ada")), "IN_APP PUSH EMAIL")
	servertest.Want(t, "without one", available(servertest.Join(t, instance, org, "ben", collab.RoleMember)), "IN_APP PUSH")
}
