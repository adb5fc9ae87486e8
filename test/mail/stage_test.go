package mail_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/smtptest"
)

const setPreferences = `mutation($in: NotificationPreferencesInput!) { setNotificationPreferences(input: $in) {
	... on NotificationPreferencesSaved { preferences { digest availableChannels } } } }`

// mailing are the settings of an instance whose hourly digests go out every second.
func mailing(server *smtptest.Server, settings map[string]string) map[string]string {
	all := map[string]string{
		"SMTP_URL": server.URL(), "MAIL_FROM": "Tandem <tandem@crm.example>", "PUBLIC_URL": "https://crm.example", "DIGEST_HOUR": "1s",
		"PRODUCT_NAME": "Brightwater CRM",
	}
	maps.Copy(all, settings)
	return all
}

// join returns a person who has an e-mail address at example.com.
func join(t *testing.T, at *servertest.Instance, org, user string) *servertest.Person {
	t.Helper()
	return joinAs(t, at, org, user, user+"@example.com")
}

func joinAs(t *testing.T, at *servertest.Instance, org, user, address string) *servertest.Person {
	t.Helper()
	token, err := auth.NewVerifier([]string{servertest.Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(user), OrganizationID: collab.ID(org), Role: collab.RoleAdmin, Name: strings.ToUpper(user[:1]) + user[1:], Email: address,
		IssuedAt: collab.At(time.Now()),
	}, time.Now().Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	p := &servertest.Person{T: t, At: at, Token: token}
	p.Ask(`{ viewer { role } }`, nil)
	return p
}

// collect has a person want mentions by e-mail, and nothing be sent yet.
func collect(p *servertest.Person) {
	p.T.Helper()
	set(p, servertest.Object{"digest": "DAILY", "timeZone": later(), "channels": []any{
		servertest.Object{"kind": "MENTION", "channels": []any{"IN_APP", "EMAIL"}},
	}})
}

// later is a time zone in which it is not almost 08:00.
func later() string {
	if hour := time.Now().UTC().Hour(); hour == 7 || hour == 8 {
		return "Asia/Tokyo"
	}
	return "UTC"
}

// hurry has a person's digests go out every hour of the settings, beginning with what was collected.
func hurry(p *servertest.Person) servertest.Answer {
	p.T.Helper()
	return set(p, servertest.Object{"digest": "HOURLY"})
}

func set(p *servertest.Person, input servertest.Object) servertest.Answer {
	p.T.Helper()
	return p.Ask(setPreferences, servertest.Object{"in": input}).At("setNotificationPreferences.preferences")
}

// available returns the channels on which the server can reach a person.
func available(p *servertest.Person) string {
	p.T.Helper()
	var names []string
	for _, name := range p.Ask(`{ notificationPreferences { availableChannels } }`, nil).List("notificationPreferences.availableChannels") {
		names = append(names, strings.Trim(name.String(), `"`))
	}
	return strings.Join(names, " ")
}

// linkOf returns the path and query of the link in a message that ends such messages.
func linkOf(t *testing.T, m smtptest.Message) string {
	t.Helper()
	found := regexp.MustCompile(`^<https://crm\.example(/unsubscribe\?token=\S+)>$`).FindStringSubmatch(m.Header.Get("List-Unsubscribe"))
	if found == nil {
		t.Fatalf("List-Unsubscribe is %q", m.Header.Get("List-Unsubscribe"))
	}
	return found[1]
}
