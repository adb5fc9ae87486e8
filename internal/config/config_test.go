package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// secret is long enough to sign tokens.
const secret = "a secret of the tests that is long enough"

func TestSecretsAreTrimmed(t *testing.T) {
	t.Parallel()
	s, err := Read(map[string]string{"AUTH_SECRET": "a, b ", "ALLOWED_ORIGINS": "https://a.example, https://b.example"})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.AuthSecrets, []string{"a", "b"}) || !slices.Equal(s.AllowedOrigins, []string{"https://a.example", "https://b.example"}) {
		t.Errorf("got %q, %q", s.AuthSecrets, s.AllowedOrigins)
	}
}

// Variables that have no effect although they look like settings are named at start; others are not.
func TestUnusedSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"OTEL_TRACES_SAMPLER":    "OTEL_TRACES_SAMPLER has no effect: it is not a setting; did you mean OTEL_TRACES_SAMPLER_ARG?",
		"DATABSE_URL":            "DATABSE_URL has no effect: it is not a setting; did you mean DATABASE_URL?",
		"database_url":           "database_url has no effect: it is not a setting; did you mean DATABASE_URL?",
		"AUTH_SECRETS":           "AUTH_SECRETS has no effect: it is not a setting; did you mean AUTH_SECRET?",
		"ALLOWED_ORIGIN":         "ALLOWED_ORIGIN has no effect: it is not a setting; did you mean ALLOWED_ORIGINS?",
		"TRUSTED_PROXY":          "TRUSTED_PROXY has no effect: it is not a setting; did you mean TRUSTED_PROXIES?",
		"RATE_LIMIT_PER_SECONDS": "RATE_LIMIT_PER_SECONDS has no effect: it is not a setting; did you mean RATE_LIMIT_PER_SECOND?",
		"LOGLEVEL":               "LOGLEVEL has no effect: it is not a setting; did you mean LOG_LEVEL?",
		"PATH":                   "", "HOME": "", "LANG": "", "HOSTNAME": "", "EDITOR": "", "POSTGRES_URL": "",
		"PORT":         "PORT has no effect: the setting is called ADDR (host:port)",
		"JWT_SECRET":   "JWT_SECRET has no effect: the setting is called AUTH_SECRET",
		"TANDEM_ADDR":  "TANDEM_ADDR has no effect: settings have no prefix; did you mean ADDR?",
		"TANDEM_THING": "",
	} {
		s, err := Read(map[string]string{"AUTH_SECRET": secret, name: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.Warnings(), "; "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if s, err := Read(map[string]string{"AUTH_SECRET": secret, "DATABSE_URL": ""}); err != nil || len(s.Warnings()) > 0 {
		t.Errorf("an empty variable: %q, %v", s.Warnings(), err)
	}
}

// Where session cookies count, only pages of known hosts may call: a * stands for
// the beginning of a host's name, or for its port, and for nothing that anybody can have.
func TestOriginsThatMayUseCookies(t *testing.T) {
	t.Parallel()
	for origin, fit := range map[string]bool{
		"https://crm.example": true, "http://localhost:3000": true, "http://localhost:*": true, "http://[::1]:3000": true,
		"capacitor://localhost": true, "tauri://localhost": true, "chrome-extension://abcdefghijklmnop": true, "capacitor://*": false, "capacitor://a*": false, "HTTPS://Crm.example": true,
		"https://*.crm.example": true, "https://*.crm.example:8443": true, "https://*-preview.crm.example": true, "https://pr-*.crm.example": true,
		"*": false, "https://*": false, "http*": false, "*.crm.example": false, "https://*.example": false, "https://*crm.example": false,
		"https://crm.example*": false, "https://crm.*": false, "https://crm.example/": false, "https://a@crm.example": false,
		"https://*:*": false, "https://*.*.crm.example": false, "null": false, "": false, "crm.example": false, "https://": false,
	} {
		for _, demo := range []bool{false, true} {
			environment := map[string]string{"AUTH_SECRET": secret, "ALLOWED_ORIGINS": "https://first.example," + origin}
			if demo {
				delete(environment, "AUTH_SECRET")
			}
			if _, err := Read(environment); (err == nil) != fit {
				t.Errorf("%q: got %v", origin, err)
			}
		}
		keysOnly := map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys", "ALLOWED_ORIGINS": "https://first.example," + origin}
		if _, err := Read(keysOnly); err != nil {
			t.Errorf("%q, where no cookie counts: %v", origin, err)
		}
	}
}

// Keys of an identity provider end the demo as a secret does, and may be beside one.
func TestKeysEndTheDemo(t *testing.T) {
	t.Parallel()
	s, err := Read(map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys", "ADDR": "0.0.0.0:8080"})
	if err != nil || s.Demo() {
		t.Errorf("demo is %v, %v", s.Demo(), err)
	}
	if got := s.Warnings(); len(got) != 1 || !strings.Contains(got[0], "AUTH_AUDIENCE") {
		t.Errorf("got %q", got)
	}
}

// The message about an origin names the part that is wrong and says what to change in it.
func TestOriginsAreExplained(t *testing.T) {
	t.Parallel()
	for origin, fault := range map[string]string{
		"https://crm.example.com/":     "must not end with a slash",
		"http://localhost:5173//":      "must not end with a slash",
		"https://crm.example.com/app":  "must end after the host and port",
		"https://crm.example.com/app/": "must end after the host and port",
		"localhost:5173":               "must begin with http:// or https://",
		"crm.example.com":              "must begin with http:// or https://",
		"*":                            "would let the pages of strangers use the session cookies of your users",
		"https://*.com":                "is too wide: it would let the pages of strangers use the session cookies of your users",
		"":                             "is empty: take the comma out",
		"https://ada@crm.example.com":  "is not an origin: write the scheme, the host and, if it is not the usual one, the port",
	} {
		_, err := Read(map[string]string{"AUTH_SECRET": secret, "ALLOWED_ORIGINS": "https://first.example," + origin})
		want := fmt.Sprintf("ALLOWED_ORIGINS must name origins, as https://crm.example.com or https://*.example.com; %q %s", origin, fault)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v", origin, err)
		}
	}
}

// A playground that can't read the schema is of little use, so the operator is told.
func TestPlaygroundWithoutIntrospection(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		settings map[string]string
		warns    bool
	}{
		{map[string]string{"AUTH_SECRET": secret, "PLAYGROUND": "true", "INTROSPECTION": "false"}, true},
		{map[string]string{"AUTH_SECRET": secret, "PLAYGROUND": "true"}, true},
		{map[string]string{"INTROSPECTION": "false"}, true}, // the demo
		{map[string]string{"AUTH_SECRET": secret, "PLAYGROUND": "true", "INTROSPECTION": "true"}, false},
		{map[string]string{"AUTH_SECRET": secret, "INTROSPECTION": "true"}, false},
		{map[string]string{"AUTH_SECRET": secret}, false}, {map[string]string{}, false},
	} {
		s, err := Read(test.settings)
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(s.Warnings(), ""), "without INTROSPECTION=true"); got != test.warns {
			t.Errorf("%v: warns is %t", test.settings, got)
		}
	}
}

// Each setting refuses values that no push service or mail server can use.
func TestContactsAndAddresses(t *testing.T) {
	t.Parallel()
	for name, values := range map[string]map[string]bool{
		"VAPID_SUBJECT": {
			"mailto:ops@crm.example": true, "https://crm.example": true, "https://crm.example/contact?by=push": true,
			"mailto:": false, "mailto:ops": false, "mailto:Ops <ops@crm.example>": false, "mailto:öps@crm.example": false, "mailto:a@crm.example,b@crm.example": false,
			"https://": false, "https://:443": false, "http://crm.example": false, "ops@crm.example": false, "https://crm.example:0": false,
		},
		"PUBLIC_URL": {
			"https://crm.example": true, "http://127.0.0.1:8080/": true, "https://crm.example/app//": true,
			"https://": false, "https://:8080": false, "https://crm.example:": false, "https://crm.example:99999": false, "https://crm.example/?": false, "https://crm.example/#": false,
			"https://crm.example/a b": false, "https://crm.example/<a>": false, "https://ada@crm.example": false, "https://crm.éxample": false, "ftp://crm.example": false,
		},
		"DIGEST_HOUR": {"1s": true, "24h": true, "1ns": false, "999ms": false, "-1h": false, "24h1s": false},
		"PRODUCT_NAME": {
			"": true, "Brightwater CRM": true, "X": true, "Änderungen & mehr": true, strings.Repeat("é", 60): true,
			" ": false, " a": false, "a ": false, "a\nb": false, "a\u2028b": false, "a\u202eb": false, "a\x00": false, "\xff": false, strings.Repeat("é", 61): false,
		},
		"MAIL_FROM": {"a@crm.example": true, "Tändem <a@crm.example>": true, "": true, "a@": false, "@crm.example": false, "a@crm.example, b@crm.example": false},
	} {
		for value, fit := range values {
			s, err := Read(map[string]string{name: value})
			if (err == nil) != fit || err != nil && !strings.HasPrefix(err.Error(), name+" must be ") {
				t.Errorf("%s=%s: got %v", name, value, err)
			}
			if strings.HasSuffix(s.PublicURL, "/") && err == nil {
				t.Errorf("%s: links begin with %s", value, s.PublicURL)
			}
		}
	}
}

func TestDurationsAreWrittenShortly(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		24 * time.Hour: "24h", 90 * time.Minute: "1h30m", time.Hour + time.Second: "1h0m1s", 10 * time.Minute: "10m", 0: "0s", time.Nanosecond: "1ns", 10 * time.Second: "10s",
	} {
		if got := written(d); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
