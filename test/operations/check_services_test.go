package operations_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"tandem/internal/servertest"
	"tandem/internal/smtptest"
	"tandem/internal/tlstest"
)

// checked is the settings of a check whose other parts have nothing to say.
func checked(t *testing.T, more map[string]string) map[string]string {
	settings := servertest.Embedded(t)
	maps.Copy(settings, map[string]string{"AUTH_SECRET": servertest.Secret, "MAIL_FROM": "tandem@crm.example", "PUBLIC_URL": "https://crm.example"})
	maps.Copy(settings, more)
	return settings
}

func TestCheckMail(t *testing.T) {
	t.Parallel()
	files := tlstest.Make(t)
	pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	withTLS := &tls.Config{Certificates: []tls.Certificate{pair}}
	user := smtptest.WithUser("ada", "PASSWORD")
	open, plain, starts := smtptest.Start(t), smtptest.Start(t, user), smtptest.Start(t, user, smtptest.WithSTARTTLS(withTLS))
	for name, tc := range map[string]struct {
		url, authorities string
		status           int
		text             string
	}{
		"on this machine":   {open.URL(), "", 0, "ok       mail      the mail server at " + open.Address + " accepts connections, without a user"},
		"with a user":       {"smtp://ada:PASSWORD@" + plain.Address, "", 0, "accepts connections, and the user of SMTP_URL"},
		"with STARTTLS":     {"smtp://ada:PASSWORD@" + starts.Address, files.Certificate, 0, "accepts connections over TLS, and the user of SMTP_URL"},
		"unknown authority": {"smtp://ada:PASSWORD@" + starts.Address, "", 1, "can't be verified"},
		"wrong password":    {"smtp://ada:PASSWORD2@" + plain.Address, "", 1, "correct the user and the password of SMTP_URL"},
		"no TLS there":      {"smtps://" + plain.Address, "", 1, "does not speak TLS from the first byte; write smtp:// in SMTP_URL"},
		"nobody there":      {"smtp://" + servertest.FreeAddress(t), "", 1, "FAILED   mail      the mail server at 127.0.0.1:"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := checked(t, map[string]string{"SMTP_URL": tc.url})
			if tc.authorities != "" {
				settings["SSL_CERT_FILE"] = tc.authorities
			}
			wantCheck(t, settings, "", tc.status, tc.text)
		})
	}
	if got := len(open.Messages("")); got > 0 {
		t.Errorf("a check sent %d messages", got)
	}
}

func TestCheckPush(t *testing.T) {
	t.Parallel()
	settings := checked(t, nil)
	wantCheck(t, settings, "", 0, "ok       push      the database could not be read; if it has no key of Web Push, the first instance makes one", "push services reach you at https://crm.example")
	servertest.Start(t, settings)
	wantCheck(t, settings, "", 0, "ok       push      the key of Web Push in the database can sign messages")
	servertest.Change(t, settings, "", "DELETE FROM deployment_keys WHERE name = 'vapid'")
	wantCheck(t, settings, "", 0, "ok       push      the first instance makes a pair of keys")
	servertest.Change(t, settings, "", "INSERT INTO deployment_keys (name, value) VALUES ('vapid', 'damaged')")
	wantCheck(t, settings, "", 1, "FAILED   push      the key of Web Push in the database is damaged")
	silent := checked(t, map[string]string{"MAIL_FROM": "", "PUBLIC_URL": ""})
	wantCheck(t, silent, "", 0, "warning  push      push services can't reach you", "set VAPID_SUBJECT, PUBLIC_URL or MAIL_FROM")
}

func TestCheckSignIn(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	set := jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}}
	provider := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/empty" {
			_, _ = w.Write([]byte(`{"keys": []}`))
		} else if err := json.NewEncoder(w).Encode(set); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(provider.Close)
	for url, text := range map[string]string{
		provider.URL:                          "ok       sign-in   the identity provider publishes keys that can be used, 1 of them, for ES256",
		provider.URL + "/empty":               "FAILED   sign-in   the keys of the identity provider can't be read (the answer has no key for",
		"http://" + servertest.FreeAddress(t): "correct AUTH_JWKS_URL",
	} {
		status := 1
		if strings.HasPrefix(text, "ok") {
			status = 0
		}
		wantCheck(t, checked(t, map[string]string{"AUTH_JWKS_URL": url, "AUTH_AUDIENCE": "tandem"}), "", status, text)
	}
}

func TestCheckAuthority(t *testing.T) {
	t.Parallel()
	files := tlstest.Make(t)
	pair, err := tls.LoadX509KeyPair(files.Certificate, files.Key)
	if err != nil {
		t.Fatal(err)
	}
	authority := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"newOrder": "https://ca.example/order", "newAccount": "https://ca.example/account", "newNonce": "https://ca.example/nonce"}`))
	}))
	authority.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	authority.StartTLS()
	t.Cleanup(authority.Close)
	settings := checked(t, map[string]string{"ACME_HOSTS": "tandem.example", "ACME_DIRECTORY": authority.URL, "SSL_CERT_FILE": files.Certificate})
	wantCheck(t, settings, "", 0, "ok       ACME      the authority at "+authority.URL+" answers")
	delete(settings, "SSL_CERT_FILE")
	wantCheck(t, settings, "", 1, "FAILED   ACME      the authority at "+authority.URL+" can't be asked for certificates")
}
