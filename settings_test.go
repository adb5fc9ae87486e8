package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// A setting that can't work ends the start at once, with a sentence that says what to do.
func TestStartRefusesWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		settings map[string]string
		sentence string
	}{
		"unknown scheme":       {map[string]string{"DATABASE_URL": "mysql://localhost"}, "DATABASE_URL must begin with postgres:// or sqlite:"},
		"SQLite with Redis":    {map[string]string{"REDIS_URL": "redis://127.0.0.1:1"}, "REDIS_URL needs a database that several instances can share"},
		"unreachable Postgres": {map[string]string{"DATABASE_URL": "postgres://me:pass@127.0.0.1:1/x"}, "DATABASE_URL"},
		"Redis over HTTP":      {map[string]string{"DATABASE_URL": "POSTGRES", "REDIS_URL": "http://:pass@127.0.0.1:1"}, "REDIS_URL"},
		"SQLite nowhere":       {map[string]string{"DATABASE_URL": "sqlite:/dev/null/tandem.db"}, "/dev/null"},
		"demo for everybody":   {map[string]string{"AUTH_SECRET": "", "ADDR": "0.0.0.0:0"}, "set AUTH_SECRET"},
		"empty secret":         {map[string]string{"AUTH_SECRET": "a,,b"}, "AUTH_SECRET has an empty part"},
		"address":              {map[string]string{"ADDR": "8080"}, `ADDR must be host:port with a port from 0 to 65535, for example 127.0.0.1:8080; it is "8080"`},
		"no such port":         {map[string]string{"ADDR": "127.0.0.1:99999"}, `ADDR must be host:port with a port from 0 to 65535, for example 127.0.0.1:8080; it is "127.0.0.1:99999"`},
		"taken port":           {map[string]string{"ADDR": "TAKEN"}, "can't listen on"},
		"duration":             {map[string]string{"CONNECTION_INIT_TIMEOUT": "soon"}, `CONNECTION_INIT_TIMEOUT must be a duration with its unit, for example 3s or 500ms; it is "soon"`},
		"duration in no unit":  {map[string]string{"CONNECTION_INIT_TIMEOUT": "3"}, `CONNECTION_INIT_TIMEOUT must be a duration with its unit`},
		"switch":               {map[string]string{"PLAYGROUND": "yes"}, `PLAYGROUND must be true or false; it is "yes"`},
		"retention in days":    {map[string]string{"RETENTION": "30d"}, `RETENTION must be a whole number, for example 365 for a year; it is "30d"`},
		"number too large":     {map[string]string{"MAX_CONNECTIONS": "99999999999999999999"}, `MAX_CONNECTIONS must be a whole number, for example 10000; 99999999999999999999 is out of its range`},
		"no folder":            {map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "typo", "x.db")}, "make the folder first"},
		"log level":            {map[string]string{"LOG_LEVEL": "loud"}, `LOG_LEVEL must be debug, info, warn or error; it is "loud"`},
		"log format":           {map[string]string{"LOG_FORMAT": "xml"}, `LOG_FORMAT must be text or json; it is "xml"`},
		"burst without limit":  {map[string]string{"RATE_LIMIT_BURST": "5", "RATE_LIMIT_PER_SECOND": "0"}, "RATE_LIMIT_BURST has no meaning"},
		"no burst":             {map[string]string{"RATE_LIMIT_BURST": "0"}, "RATE_LIMIT_BURST must be from 1 to 600000"},
		"negative burst":       {map[string]string{"RATE_LIMIT_BURST": "-1"}, "RATE_LIMIT_BURST must be from 1 to 600000"},
		"negative rate limit":  {map[string]string{"RATE_LIMIT_BURST": "5", "RATE_LIMIT_PER_SECOND": "-1"}, "RATE_LIMIT_PER_SECOND must be from 0 to 10000"},
		"rate in words":        {map[string]string{"RATE_LIMIT_PER_SECOND": "off"}, "RATE_LIMIT_PER_SECOND must be a whole number"},
		"proxies":              {map[string]string{"TRUSTED_PROXIES": "10.0.0.0/8, balancer"}, `; "balancer" is neither a network nor an address`},
		"no documents":         {map[string]string{"PERSISTED_DOCUMENTS": "/dev/null/documents.json"}, "name a file that the server may read"},
		"retention":            {map[string]string{"RETENTION": "-1"}, "RETENTION must be from 0 to 36500 days, where 0 keeps all; it is -1"},
		"connections":          {map[string]string{"MAX_CONNECTIONS": "-1"}, "MAX_CONNECTIONS must be above 0; it is -1"},
		"many connections":     {map[string]string{"MAX_CONNECTIONS": "many"}, `MAX_CONNECTIONS must be a whole number, for example 10000; it is "many"`},
		"metrics address":      {map[string]string{"METRICS_ADDR": "9090"}, `METRICS_ADDR must be host:port with a port from 0 to 65535, for example 127.0.0.1:9090; it is "9090"`},
		"taken metrics port":   {map[string]string{"METRICS_ADDR": "TAKEN"}, "can't serve metrics on"},
		"keys over HTTP":       {map[string]string{"AUTH_JWKS_URL": "http://idp.example/keys"}, "AUTH_JWKS_URL can't be used: it must begin with https://"},
		"keys in a file":       {map[string]string{"AUTH_JWKS_URL": "file:///etc/keys"}, "AUTH_JWKS_URL can't be used"},
		"every origin":         {map[string]string{"ALLOWED_ORIGINS": "https://a.example,*"}, "ALLOWED_ORIGINS must name origins"},
		"origin not in ASCII":  {map[string]string{"ALLOWED_ORIGINS": "https://é.example"}, "begins with xn--"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			environment := map[string]string{"ADDR": "127.0.0.1:0", "AUTH_SECRET": secret, "LOG_LEVEL": "error"}
			if tc.settings["DATABASE_URL"] == "" && tc.settings["REDIS_URL"] == "" {
				environment["DATABASE_URL"] = embedded(t)["DATABASE_URL"]
			}
			for key, value := range tc.settings {
				switch value {
				case "POSTGRES":
					value = shared(t)["DATABASE_URL"]
				case "TAKEN":
					value = strings.TrimPrefix(start(t, embedded(t)).url, "http://")
				}
				environment[key] = value
			}
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			began := time.Now()
			err := run(ctx, environment, io.Discard, testLog{t})
			if err == nil || !strings.Contains(err.Error(), tc.sentence) {
				t.Fatalf("got %v, want %q in it", err, tc.sentence)
			}
			if strings.Contains(err.Error(), "pass") || strings.Contains(err.Error(), "\n") {
				t.Errorf("not one sentence for everybody's eyes: %q", err)
			}
			t.Logf("%s (%v)", err, time.Since(began).Round(time.Millisecond))
		})
	}
}

func TestSecretsAreTrimmed(t *testing.T) {
	t.Parallel()
	s, err := readSettings(map[string]string{"AUTH_SECRET": "a, b ", "ALLOWED_ORIGINS": "https://a.example, https://b.example"})
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
		"REGION":                      "REGION has no effect: this release does not support it",
		"OTEL_EXPORTER_OTLP_ENDPOINT": "OTEL_EXPORTER_OTLP_ENDPOINT has no effect: this release does not support it",
		"DATABSE_URL":                 "DATABSE_URL has no effect: it is not a setting; did you mean DATABASE_URL?",
		"database_url":                "database_url has no effect: it is not a setting; did you mean DATABASE_URL?",
		"AUTH_SECRETS":                "AUTH_SECRETS has no effect: it is not a setting; did you mean AUTH_SECRET?",
		"ALLOWED_ORIGIN":              "ALLOWED_ORIGIN has no effect: it is not a setting; did you mean ALLOWED_ORIGINS?",
		"TRUSTED_PROXY":               "TRUSTED_PROXY has no effect: it is not a setting; did you mean TRUSTED_PROXIES?",
		"RATE_LIMIT_PER_SECONDS":      "RATE_LIMIT_PER_SECONDS has no effect: it is not a setting; did you mean RATE_LIMIT_PER_SECOND?",
		"LOGLEVEL":                    "LOGLEVEL has no effect: it is not a setting; did you mean LOG_LEVEL?",
		"PATH":                        "", "HOME": "", "LANG": "", "HOSTNAME": "", "EDITOR": "", "POSTGRES_URL": "",
		"PORT":         "PORT has no effect: the setting is called ADDR (host:port)",
		"JWT_SECRET":   "JWT_SECRET has no effect: the setting is called AUTH_SECRET",
		"TANDEM_ADDR":  "TANDEM_ADDR has no effect: settings have no prefix; did you mean ADDR?",
		"TANDEM_THING": "",
	} {
		s, err := readSettings(map[string]string{"AUTH_SECRET": secret, name: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(s.warnings(), "; "); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if s, err := readSettings(map[string]string{"AUTH_SECRET": secret, "VAPID_SUBJECT": ""}); err != nil || len(s.warnings()) > 0 {
		t.Errorf("an empty variable: %q, %v", s.warnings(), err)
	}
}

// Whatever compose.yaml passes on is a setting, and every setting is in the docs.
func TestSettingsAreNamedAlike(t *testing.T) {
	t.Parallel()
	compose, err := os.ReadFile("compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for i := range reflect.TypeFor[settings]().NumField() {
		if name := reflect.TypeFor[settings]().Field(i).Tag.Get("env"); name != "" {
			known[name] = true
			if !strings.Contains(string(docs), "\n| `"+name+"` |") {
				t.Errorf("docs/operations.md has no line for %s", name)
			}
		}
	}
	_, block, _ := strings.Cut(string(compose), "  environment:\n")
	block, _, _ = strings.Cut(block, "  # Ready is asked")
	names := regexp.MustCompile(`(?m)^    ([A-Z_]+):`).FindAllStringSubmatch(block, -1)
	if len(names) < 8 {
		t.Fatalf("found only %d settings in compose.yaml", len(names))
	}
	for _, name := range names {
		if !known[name[1]] {
			t.Errorf("compose.yaml passes on %s, which is no setting", name[1])
		}
	}
}

// The summary at start tells the databases apart, and shows no password and no secret.
func TestSummary(t *testing.T) {
	t.Parallel()
	kept := filepath.Join(t.TempDir(), "kept.db")
	if err := os.WriteFile(kept, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		settings map[string]string
		row      string
		want     string
	}{
		"default database":    {nil, "database", "SQLite, tandem-data/tandem.db (new)"},
		"SQLite by default":   {map[string]string{"DATABASE_URL": "sqlite:"}, "database", "SQLite, tandem-data/tandem.db (new)"},
		"new SQLite":          {map[string]string{"DATABASE_URL": "sqlite:/nowhere/x.db"}, "database", "SQLite, /nowhere/x.db (new)"},
		"SQLite":              {map[string]string{"DATABASE_URL": "sqlite:" + kept}, "database", "SQLite, " + kept},
		"Postgres":            {map[string]string{"DATABASE_URL": "postgres://me:pass@db.example:5432/x?sslmode=require"}, "database", "Postgres, db.example:5432/x"},
		"unreadable Postgres": {map[string]string{"DATABASE_URL": "postgres://me:p%ass@db/x"}, "database", "Postgres"},
		"Redis":               {map[string]string{"DATABASE_URL": "postgres://db/x", "REDIS_URL": "rediss://:pass@cache.example:6379/2"}, "redis", "Redis, cache.example:6379/2"},
		"no Redis":            {nil, "redis", "none: this has to be the only instance"},
		"secrets":             {map[string]string{"AUTH_SECRET": "pass1,pass2"}, "sign-in", "tokens and session cookies by AUTH_SECRET (2)"},
		"keys":                {map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys?key=pass"}, "sign-in", "tokens by the keys at idp.example/keys"},
		"demo":                {nil, "sign-in", "demo people"},
	} {
		s, err := readSettings(tc.settings)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, row := range s.summary() {
			got[row.name] = row.value
			if strings.Contains(row.value, "pass") {
				t.Errorf("%s: %s shows a secret: %s", name, row.name, row.value)
			}
		}
		if got[tc.row] != tc.want {
			t.Errorf("%s: got %q, want %q", name, got[tc.row], tc.want)
		}
	}
}

// The address that is printed can be opened, also where the server listens on every address.
func TestPrintedAddress(t *testing.T) {
	t.Parallel()
	for listening, want := range map[string]string{
		"127.0.0.1:8080": "127.0.0.1:8080", "0.0.0.0:19003": "localhost:19003", "[::]:19003": "localhost:19003", "[::1]:80": "[::1]:80",
	} {
		at, err := net.ResolveTCPAddr("tcp", listening)
		if err != nil {
			t.Fatal(err)
		}
		if got := openAddress(at); got != want {
			t.Errorf("%s: got %s, want %s", listening, got, want)
		}
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
			if _, err := readSettings(environment); (err == nil) != fit {
				t.Errorf("%q: got %v", origin, err)
			}
		}
		keysOnly := map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys", "ALLOWED_ORIGINS": "https://first.example," + origin}
		if _, err := readSettings(keysOnly); err != nil {
			t.Errorf("%q, where no cookie counts: %v", origin, err)
		}
	}
}

// Keys of an identity provider end the demo as a secret does, and may be beside one.
func TestKeysEndTheDemo(t *testing.T) {
	t.Parallel()
	s, err := readSettings(map[string]string{"AUTH_JWKS_URL": "https://idp.example/keys", "ADDR": "0.0.0.0:8080"})
	if err != nil || s.demo() {
		t.Errorf("demo is %v, %v", s.demo(), err)
	}
	if got := s.warnings(); len(got) != 1 || !strings.Contains(got[0], "AUTH_AUDIENCE") {
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
		_, err := readSettings(map[string]string{"AUTH_SECRET": secret, "ALLOWED_ORIGINS": "https://first.example," + origin})
		want := fmt.Sprintf("ALLOWED_ORIGINS must name origins, as https://crm.example.com or https://*.example.com; %q %s", origin, fault)
		if err == nil || err.Error() != want {
			t.Errorf("%q: got %v", origin, err)
		}
	}
}
