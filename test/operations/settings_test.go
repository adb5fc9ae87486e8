package operations_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/config"
	"tandem/internal/server"
	"tandem/internal/servertest"
)

// A setting that can't work stops the start at once, with a sentence that says what to do.
func TestStartRefusesBadSettings(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		settings map[string]string
		sentence string
	}{
		"unknown scheme":       {map[string]string{"DATABASE_URL": "mysql://localhost"}, "DATABASE_URL must begin with postgres:// or sqlite:"},
		"SQLite with Redis":    {map[string]string{"REDIS_URL": "redis://127.0.0.1:1"}, "REDIS_URL needs a database that several instances can share"},
		"SQLite with replica":  {map[string]string{"DATABASE_READ_URL": "postgres://127.0.0.1:1/x"}, "DATABASE_READ_URL must begin with postgres://"},
		"replica over HTTP":    {map[string]string{"DATABASE_URL": "POSTGRES", "DATABASE_READ_URL": "http://:pass@127.0.0.1:1"}, "DATABASE_READ_URL must begin with postgres://"},
		"SQLite with NATS":     {map[string]string{"NATS_URL": "nats://127.0.0.1:1", "DATABASE_URL": "sqlite:x.db"}, "NATS_URL needs a database that several instances can share"},
		"NATS over HTTP":       {map[string]string{"DATABASE_URL": "POSTGRES", "NATS_URL": "http://:pass@127.0.0.1:1"}, "NATS_URL must begin with nats://"},
		"NATS half over TLS":   {map[string]string{"DATABASE_URL": "POSTGRES", "NATS_URL": "tls://a,nats://b"}, "NATS_URL mixes nats:// and tls://"},
		"NATS signed in twice": {map[string]string{"DATABASE_URL": "POSTGRES", "NATS_URL": "nats://me:pass@a", "NATS_CREDENTIALS": "/dev/null"}, "NATS_CREDENTIALS is set, and NATS_URL has a user or a token"},
		"credentials alone":    {map[string]string{"NATS_CREDENTIALS": "/dev/null"}, "NATS_CREDENTIALS needs NATS_URL"},
		"lost credentials":     {map[string]string{"DATABASE_URL": "POSTGRES", "NATS_URL": "nats://a", "NATS_CREDENTIALS": "/dev/null/creds"}, "NATS_CREDENTIALS can't be read"},
		"no credentials":       {map[string]string{"DATABASE_URL": "POSTGRES", "NATS_URL": "nats://a", "NATS_CREDENTIALS": "/dev/null"}, "NATS_CREDENTIALS must be a file of credentials"},
		"NATS subject":         {map[string]string{"DATABASE_URL": "POSTGRES", "NATS_URL": "nats://a", "NATS_SUBJECT": "crm.>"}, `NATS_SUBJECT must be words`},
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
		"migrations":           {map[string]string{"MIGRATE": "never"}, `MIGRATE must be on or off; it is "never"`},
		"switch":               {map[string]string{"PLAYGROUND": "yes"}, `PLAYGROUND must be true or false; it is "yes"`},
		"retention in days":    {map[string]string{"RETENTION": "30d"}, `RETENTION must be a whole number, for example 365 for a year; it is "30d"`},
		"number too large":     {map[string]string{"MAX_CONNECTIONS": "99999999999999999999"}, `MAX_CONNECTIONS must be a whole number, for example 10000; 99999999999999999999 is out of its range`},
		"no folder":            {map[string]string{"DATABASE_URL": "sqlite:" + filepath.Join(t.TempDir(), "typo", "x.db")}, "make the folder first"},
		"half a pair":          {map[string]string{"VAPID_PUBLIC_KEY": "AAAA"}, "VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY belong together"},
		"no VAPID key":         {map[string]string{"VAPID_PUBLIC_KEY": "AAAA", "VAPID_PRIVATE_KEY": "AAAA"}, "VAPID_PRIVATE_KEY can't be used"},
		"VAPID subject":        {map[string]string{"VAPID_SUBJECT": "ops@crm.example"}, "VAPID_SUBJECT must be mailto: with an address or an https:// URL"},
		"push hosts":           {map[string]string{"PUSH_HOSTS": "https://push.example"}, `PUSH_HOSTS must list hosts, for example push.example:8443,*.corp.example; "https://push.example"`},
		"only no push hosts":   {map[string]string{"PUSH_HOSTS_ONLY": "true"}, "PUSH_HOSTS_ONLY needs PUSH_HOSTS"},
		"half of TLS":          {map[string]string{"TLS_CERT": "/dev/null"}, "TLS_CERT and TLS_KEY belong together"},
		"no certificate":       {map[string]string{"TLS_CERT": "/dev/null", "TLS_KEY": "/dev/null"}, "TLS_CERT and TLS_KEY must be PEM files"},
		"lost certificate":     {map[string]string{"TLS_CERT": "/dev/null/cert.pem", "TLS_KEY": "/dev/null/key.pem"}, "TLS_CERT and TLS_KEY can't be read"},
		"ACME and files":       {map[string]string{"ACME_HOSTS": "tandem.example", "TLS_CERT": "/dev/null", "TLS_KEY": "/dev/null"}, "ACME_HOSTS and TLS_CERT are two ways"},
		"no ACME hosts":        {map[string]string{"ACME_EMAIL": "ops@tandem.example"}, "ACME_EMAIL needs ACME_HOSTS"},
		"ACME hosts":           {map[string]string{"ACME_HOSTS": "tandem.example, *.tandem.example"}, `ACME_HOSTS must list names of this server, for example tandem.example,www.tandem.example; "*.tandem.example" is none`},
		"ACME address":         {map[string]string{"ACME_HOSTS": "192.0.2.7"}, `"192.0.2.7" is none`},
		"ACME mailbox":         {map[string]string{"ACME_HOSTS": "tandem.example", "ACME_EMAIL": "ops"}, "ACME_EMAIL must be an address"},
		"ACME over HTTP":       {map[string]string{"ACME_HOSTS": "tandem.example", "ACME_DIRECTORY": "http://ca.example/dir"}, "ACME_DIRECTORY must be the https:// address"},
		"ACME challenges":      {map[string]string{"ACME_HOSTS": "tandem.example", "ACME_HTTP_ADDR": "80"}, "ACME_HTTP_ADDR must be host:port"},
		"taken ACME port":      {map[string]string{"ACME_HOSTS": "tandem.example", "ACME_HTTP_ADDR": "TAKEN"}, "can't listen on"},
		"public URL":           {map[string]string{"PUBLIC_URL": "crm.example"}, "PUBLIC_URL must be the address of the application"},
		"no sender of mail":    {map[string]string{"SMTP_URL": "smtp://localhost", "PUBLIC_URL": "https://crm.example"}, "SMTP_URL needs MAIL_FROM"},
		"no links in mail":     {map[string]string{"SMTP_URL": "smtp://localhost", "MAIL_FROM": "a@crm.example"}, "SMTP_URL needs PUBLIC_URL"},
		"sender of mail":       {map[string]string{"MAIL_FROM": "Tandem"}, "MAIL_FROM must be an address"},
		"mail server":          {map[string]string{"SMTP_URL": "mail.example:25", "MAIL_FROM": "a@crm.example", "PUBLIC_URL": "https://crm.example"}, "SMTP_URL can't be used: it must be like smtp://"},
		"digest hour":          {map[string]string{"DIGEST_HOUR": "0s"}, "DIGEST_HOUR must be from 1s to 24h, for example 1h; it is 0s"},
		"slow operation":       {map[string]string{"SLOW_OPERATION": "-1s"}, "SLOW_OPERATION must be above 0, for example 500ms, or 0 to log no slow operations; it is -1s"},
		"log level":            {map[string]string{"LOG_LEVEL": "loud"}, `LOG_LEVEL must be debug, info, warn or error; it is "loud"`},
		"log format":           {map[string]string{"LOG_FORMAT": "xml"}, `LOG_FORMAT must be text or json; it is "xml"`},
		"burst without limit":  {map[string]string{"RATE_LIMIT_BURST": "5", "RATE_LIMIT_PER_SECOND": "0"}, "RATE_LIMIT_BURST has no meaning"},
		"no burst":             {map[string]string{"RATE_LIMIT_BURST": "0"}, "RATE_LIMIT_BURST must be from 1 to 600000"},
		"negative burst":       {map[string]string{"RATE_LIMIT_BURST": "-1"}, "RATE_LIMIT_BURST must be from 1 to 600000"},
		"negative rate limit":  {map[string]string{"RATE_LIMIT_BURST": "5", "RATE_LIMIT_PER_SECOND": "-1"}, "RATE_LIMIT_PER_SECOND must be from 0 to 10000"},
		"rate in words":        {map[string]string{"RATE_LIMIT_PER_SECOND": "off"}, "RATE_LIMIT_PER_SECOND must be a whole number"},
		"proxies":              {map[string]string{"TRUSTED_PROXIES": "10.0.0.0/8, balancer"}, `; "balancer" is neither a network nor an address`},
		"no documents":         {map[string]string{"PERSISTED_DOCUMENTS": "/dev/null/documents.json"}, "name a file that the server may read"},
		"region":               {map[string]string{"REGION": "eu west"}, `REGION must have at most 63 letters, digits, dots, underscores and hyphens, for example eu-west-1; it is "eu west"`},
		"region header":        {map[string]string{"REGION_HEADER": "X Region"}, `REGION_HEADER must be the name of a header, for example CF-IPCountry; it is "X Region"`},
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
			environment := map[string]string{"ADDR": "127.0.0.1:0", "AUTH_SECRET": servertest.Secret, "LOG_LEVEL": "error"}
			if tc.settings["DATABASE_URL"] == "" && tc.settings["REDIS_URL"] == "" {
				environment["DATABASE_URL"] = servertest.Embedded(t)["DATABASE_URL"]
			}
			for key, value := range tc.settings {
				switch value {
				case "POSTGRES":
					value = servertest.Shared(t)["DATABASE_URL"]
				case "TAKEN":
					value = strings.TrimPrefix(servertest.Start(t, servertest.Embedded(t)).URL, "http://")
				}
				environment[key] = value
			}
			ctx, cancel := context.WithTimeout(t.Context(), servertest.Patience)
			defer cancel()
			began := time.Now()
			err := server.Run(ctx, environment, io.Discard, servertest.LogTo(t))
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

// compose.yaml passes on every setting and nothing else, and every setting is in the docs. ADDR is that of the image.
func TestSettingsAreNamedAlike(t *testing.T) {
	t.Parallel()
	compose, err := os.ReadFile("../../compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	docs, err := os.ReadFile("../../docs/operations/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	var known []string
	for _, setting := range config.Names() {
		if setting.Name != "ADDR" {
			known = append(known, setting.Name)
		}
		if !strings.Contains(string(docs), "\n| `"+setting.Name+"` |") {
			t.Errorf("docs/operations/settings.md has no line for %s", setting.Name)
		}
	}
	_, block, _ := strings.Cut(string(compose), "  environment:\n")
	block, _, _ = strings.Cut(block, "  # This checks readiness")
	var passed []string
	for _, name := range regexp.MustCompile(`(?m)^    ([A-Z_]+):`).FindAllStringSubmatch(block, -1) {
		passed = append(passed, name[1])
	}
	slices.Sort(known)
	slices.Sort(passed)
	if !slices.Equal(passed, known) {
		t.Errorf("compose.yaml passes on\n%q\nand the settings are\n%q", passed, known)
	}
	if !strings.Contains(string(compose), "\n  mem_limit: ") {
		t.Error("compose.yaml limits no memory, by which the server measures overload")
	}
}
