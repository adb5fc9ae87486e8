package mail_test

import (
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/smtptest"
)

// However the mail server treats one person's digest, the others get theirs, and nothing is repeated for ever.
func TestMailServerMisbehaves(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	server.Answer(func(to string, attempt int) smtptest.Answer {
		name, _, _ := strings.Cut(to, "@")
		switch {
		case name == "unknown":
			return smtptest.Answer{At: smtptest.AtAddress, Code: 550, Enhanced: [3]int{5, 1, 1}}
		case attempt > 1:
			return smtptest.Answer{}
		case name == "deferred":
			return smtptest.Answer{At: smtptest.AtAddress, Code: 451, Enhanced: [3]int{4, 7, 1}}
		case name == "refused":
			return smtptest.Answer{At: smtptest.AtData, Code: 554, Enhanced: [3]int{5, 7, 1}}
		case name == "cut":
			return smtptest.Answer{At: smtptest.AtData}
		case name == "unsure":
			return smtptest.Answer{At: smtptest.AfterData}
		}
		return smtptest.Answer{}
	})
	metrics := servertest.FreeAddress(t)
	instance := servertest.Start(t, mailing(server, map[string]string{"METRICS_ADDR": metrics}))
	org := rand.Text()
	ada, people := join(t, instance, org, "ada"), map[string]*servertest.Person{}
	acme := ada.Create(servertest.Object{"name": "Aalto Oy"})
	for _, name := range []string{"unknown", "deferred", "refused", "cut", "unsure", "lucky"} {
		people[name] = join(t, instance, org, name)
		collect(people[name])
		ada.Mention(acme, name)
		hurry(people[name])
	}
	for name, n := range map[string]int{"lucky": 1, "deferred": 1, "cut": 1, "unsure": 2} {
		server.WaitFor(name+"@example.com", n)
	}
	twice := server.Messages("unsure@example.com")
	servertest.Want(t, "the id of what was sent twice", twice[1].Header.Get("Message-Id"), twice[0].Header.Get("Message-Id"))
	servertest.Want(t, "what was sent twice", twice[1].Text, twice[0].Text)

	// Nothing more is sent to an address that does not exist, until its person chooses a digest again.
	eventually.Is(t, "what ben can be reached on", func() string { return available(people["unknown"]) }, "IN_APP PUSH")
	const refused = `{ notificationPreferences { refusedEmail } }`
	people["unknown"].Ask(refused, nil).At("notificationPreferences").Is(`{"refusedEmail": "unknown@example.com"}`)
	people["refused"].Ask(refused, nil).At("notificationPreferences").Is(`{"refusedEmail": null}`)
	ada.Mention(acme, "unknown")
	ada.Mention(acme, "refused") // whose first digest is gone
	servertest.Want(t, "the digest after a refused one", server.WaitFor("refused@example.com", 1)[0].Subject, "Brightwater CRM: 1 notification")
	servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_jobs{kind="DIGEST"}`, 0)
	servertest.Want(t, "attempts at no mailbox", server.Attempts("unknown@example.com"), 1)
	for reason, n := range map[string]float64{"no_mailbox": 1, "deferred": 1, "refused": 1, "unreachable": 2} {
		servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_queue_unsent_total{kind="DIGEST",reason="`+reason+`"}`, n)
	}
	hurry(people["unknown"]).At("availableChannels").Is(`["IN_APP", "PUSH", "EMAIL"]`)
	people["unknown"].Ask(refused, nil).At("notificationPreferences").Is(`{"refusedEmail": null}`)
}

// A digest that an instance was sending when it was killed is sent again by another one, as the same message.
func TestKilledInstance(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	settings := mailing(server, servertest.Shared(t))
	dying := servertest.StartProgram(t, settings, os.Stderr)
	org := rand.Text()
	ada, ben := join(t, &dying.Instance, org, "ada"), join(t, &dying.Instance, org, "ben")
	server.Answer(func(_ string, attempt int) smtptest.Answer {
		if attempt == 1 {
			return smtptest.Answer{At: smtptest.AfterData, Hangs: true}
		}
		return smtptest.Answer{}
	})
	collect(ben)
	acme, zoo := ada.Create(servertest.Object{"name": "Aalto Oy"}), ada.Create(servertest.Object{"name": "Zoo"})
	ada.Mention(acme, "ben")
	hurry(ben)
	server.WaitFor("ben@example.com", 1)
	dying.Kill(t)
	ada.On(servertest.Start(t, settings)).Mention(zoo, "ben")
	all := server.WaitFor("ben@example.com", 3)
	servertest.Want(t, "the id of what was sent again", all[1].Header.Get("Message-Id"), all[0].Header.Get("Message-Id"))
	servertest.Want(t, "what was sent again", all[1].Text, all[0].Text)
	if all[2].Subject != "Brightwater CRM: 1 notification" || !strings.Contains(all[2].Text, "Zoo: Look") {
		t.Errorf("the digest after it is %s", all[2].Text)
	}
}
