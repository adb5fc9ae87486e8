package main

import (
	"context"
	"io"
	"os"
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
		"unreachable Redis":    {map[string]string{"DATABASE_URL": "POSTGRES", "REDIS_URL": "redis://:pass@127.0.0.1:1"}, "REDIS_URL"},
		"SQLite nowhere":       {map[string]string{"DATABASE_URL": "sqlite:/dev/null/tandem.db"}, "/dev/null"},
		"demo for everybody":   {map[string]string{"AUTH_SECRET": "", "ADDR": "0.0.0.0:0"}, "set AUTH_SECRET"},
		"empty secret":         {map[string]string{"AUTH_SECRET": "a,,b"}, "AUTH_SECRET has an empty part"},
		"address":              {map[string]string{"ADDR": "8080"}, "ADDR must be host:port"},
		"taken port":           {map[string]string{"ADDR": "TAKEN"}, "can't listen on"},
		"duration":             {map[string]string{"CONNECTION_INIT_TIMEOUT": "soon"}, "CONNECTION_INIT_TIMEOUT can't be read"},
		"log level":            {map[string]string{"LOG_LEVEL": "loud"}, "LOG_LEVEL must be"},
		"log format":           {map[string]string{"LOG_FORMAT": "xml"}, "LOG_FORMAT must be"},
		"half a rate limit":    {map[string]string{"RATE_LIMIT_BURST": "5"}, "RATE_LIMIT_PER_SECOND and RATE_LIMIT_BURST belong together"},
		"negative rate limit":  {map[string]string{"RATE_LIMIT_BURST": "5", "RATE_LIMIT_PER_SECOND": "-1"}, "RATE_LIMIT_PER_SECOND must be from 0 to 10000"},
		"proxies":              {map[string]string{"TRUSTED_PROXIES": "10.0.0.0/8, balancer"}, "TRUSTED_PROXIES must list networks"},
		"no documents":         {map[string]string{"PERSISTED_DOCUMENTS": "/dev/null/documents.json"}, "PERSISTED_DOCUMENTS can't be read"},
		"retention":            {map[string]string{"RETENTION": "-1"}, "RETENTION must be from 0 to 36500 days"},
		"connections":          {map[string]string{"MAX_CONNECTIONS": "-1"}, "MAX_CONNECTIONS and MAX_CONNECTIONS_PER_PERSON must be above 0"},
		"many connections":     {map[string]string{"MAX_CONNECTIONS": "many"}, "MAX_CONNECTIONS can't be read"},
		"metrics address":      {map[string]string{"METRICS_ADDR": "9090"}, "METRICS_ADDR must be host:port"},
		"taken metrics port":   {map[string]string{"METRICS_ADDR": "TAKEN"}, "can't serve metrics on"},
		"keys over HTTP":       {map[string]string{"AUTH_JWKS_URL": "http://idp.example/keys"}, "AUTH_JWKS_URL can't be used: it must begin with https://"},
		"keys in a file":       {map[string]string{"AUTH_JWKS_URL": "file:///etc/keys"}, "AUTH_JWKS_URL can't be used"},
		"every origin":         {map[string]string{"ALLOWED_ORIGINS": "https://a.example,*"}, "ALLOWED_ORIGINS must name origins"},
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

// A setting of a later version that nobody's safety depends on is told of, and changes nothing.
func TestSettingsOfLaterVersions(t *testing.T) {
	t.Parallel()
	s, err := readSettings(map[string]string{"AUTH_SECRET": secret, "REGION": "eu", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "VAPID_SUBJECT": ""})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"REGION is not supported by this version, and changes nothing",
		"OTEL_EXPORTER_OTLP_ENDPOINT is not supported by this version, and changes nothing"}
	if got := s.warnings(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
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

// Where the data is, is said without the password.
func TestDataPlace(t *testing.T) {
	t.Parallel()
	for databaseURL, want := range map[string]string{
		"": "tandem-data", "sqlite:": "tandem-data", "sqlite:/var/lib/x.db": "/var/lib/x.db",
		"postgres://me:pass@db.example:5432/x": "the Postgres at db.example:5432", "postgres://me:p%ass@db/x": "Postgres",
	} {
		if got := (settings{DatabaseURL: databaseURL}).dataPlace(); got != want {
			t.Errorf("%s: got %q, want %q", databaseURL, got, want)
		}
	}
}

// Where session cookies count, only pages of known hosts may call: a * stands for
// the beginning of a host's name, or for its port, and for nothing that anybody can have.
func TestOriginsThatMayUseCookies(t *testing.T) {
	t.Parallel()
	for origin, fit := range map[string]bool{
		"https://crm.example": true, "http://localhost:3000": true, "http://localhost:*": true, "http://[::1]:3000": true,
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
