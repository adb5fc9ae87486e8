package mail_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"strings"
	"testing"

	"tandem/internal/servertest"
	"tandem/internal/smtptest"
)

// call sends a request without credentials, and returns the status and the page.
func call(t *testing.T, method, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader("List-Unsubscribe=One-Click"))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if policy := response.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self'") {
		t.Errorf("the policy of the page is %q", policy)
	}
	return response.StatusCode, string(page)
}

const button = `<form method="post"><button>Unsubscribe</button></form>`

func TestUnsubscribe(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	instance := servertest.Start(t, mailing(server, nil))
	org := rand.Text()
	ada, ben := join(t, instance, org, "ada"), join(t, instance, org, "ben")
	acme := ada.Create(servertest.Object{"name": "Aalto Oy"})
	digestOf := func(p *servertest.Person) any {
		return p.Ask(`{ notificationPreferences { digest } }`, nil).Get("notificationPreferences.digest")
	}
	collect(ben)
	ada.Mention(acme, "ben")
	hurry(ben)
	m := server.WaitFor("ben@example.com", 1)[0]
	servertest.Want(t, "one click", m.Header.Get("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click")
	link := instance.URL + linkOf(t, m)

	// Scanners open links, and must not end anything.
	status, page := call(t, http.MethodGet, link)
	if status != http.StatusOK || !strings.Contains(page, button) || digestOf(ben) != "HOURLY" {
		t.Errorf("opening the link answers %d, and leaves the digest %v: %s", status, digestOf(ben), page)
	}
	for _, part := range []string{"Brightwater CRM", "<bdi>Ben</bdi> at <bdi>ben@example.com</bdi>", `href="https://crm.example/inbox/preferences"`} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q: %s", part, page)
		}
	}
	for what, forged := range map[string]string{"another signature": link[:len(link)-4] + "AAAA", "another spelling": link + "=", "no token": instance.URL + "/unsubscribe", "no signature": link[:strings.LastIndex(link, ".")]} {
		if status, _ := call(t, http.MethodPost, forged); status != http.StatusNotFound || digestOf(ben) != "HOURLY" {
			t.Errorf("%s: %d, and the digest is %v", what, status, digestOf(ben))
		}
		if status, page := call(t, http.MethodGet, forged); status != http.StatusNotFound || strings.Contains(page, button) || strings.Contains(page, "Ben") {
			t.Errorf("%s: opening it answers %d: %s", what, status, page)
		}
	}
	for range 2 {
		if status, page = call(t, http.MethodPost, link); status != http.StatusOK || !strings.Contains(page, "You are unsubscribed") {
			t.Errorf("the link answers %d: %s", status, page)
		}
		servertest.Want(t, "the digest", digestOf(ben), any("NONE"))
	}
	if status, page = call(t, http.MethodGet, link); status != http.StatusOK || !strings.Contains(page, "You are unsubscribed") || strings.Contains(page, button) {
		t.Errorf("opening the link afterwards answers %d: %s", status, page)
	}

	// The link works again once there are digests again, while ben has the address that it was sent to.
	hurry(ben)
	if status, page = call(t, http.MethodGet, link); status != http.StatusOK || !strings.Contains(page, button) {
		t.Errorf("opening the link once there are digests again answers %d: %s", status, page)
	}
	ben = joinAs(t, instance, org, "ben", "new@example.com")
	if status, _ = call(t, http.MethodPost, link); status != http.StatusNotFound || digestOf(ben) != "HOURLY" {
		t.Errorf("the link of another address answers %d, and the digest is %v", status, digestOf(ben))
	}
	if status, page = call(t, http.MethodGet, link); status != http.StatusNotFound || strings.Contains(page, button) {
		t.Errorf("opening the link of another address answers %d: %s", status, page)
	}
	ada.Ask(`mutation { erasePersonalData(userId: "ben") }`, nil)
	if status, _ = call(t, http.MethodPost, link); status != http.StatusNotFound {
		t.Errorf("the link of an erased person answers %d", status)
	}
}

// An instance that sends no e-mail, as while mail is switched on or off, answers the links of one that does.
func TestUnsubscribeWhereMailIsOff(t *testing.T) {
	t.Parallel()
	server, settings := smtptest.Start(t), servertest.Shared(t)
	sends, silent := servertest.Start(t, mailing(server, settings)), servertest.Start(t, settings)
	org := rand.Text()
	ada, ben := join(t, sends, org, "ada"), join(t, sends, org, "ben")
	collect(ben)
	ada.Mention(ada.Create(servertest.Object{"name": "Aalto Oy"}), "ben")
	hurry(ben)
	link := linkOf(t, server.WaitFor("ben@example.com", 1)[0])
	if status, page := call(t, http.MethodPost, silent.URL+link); status != http.StatusOK {
		t.Errorf("the link answers %d: %s", status, page)
	}
	ben.Ask(`{ notificationPreferences { digest } }`, nil).Is(`{"notificationPreferences": {"digest": "NONE"}}`)
}
