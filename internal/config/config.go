// Package config reads the settings of an instance from its environment.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Settings is all that can be set, from the environment. None is needed to start.
type Settings struct {
	// unused explains variables of the environment that look like settings and have no effect.
	unused []string
	// Addr is where the server listens. Port 0 takes any free one.
	Addr string `env:"ADDR" envDefault:"127.0.0.1:8080" about:"where the server listens, as host:port"`
	// TLSCert and TLSKey are files by which the server speaks HTTPS, without a proxy before it.
	TLSCert string `env:"TLS_CERT" about:"the file of a certificate, followed by those of its issuers, in PEM; then the server speaks HTTPS"`
	TLSKey  string `env:"TLS_KEY" about:"the file of the key of TLS_CERT, in PEM"`
	// ACMEHosts are the names for which an authority issues certificates by ACME, ACMEDirectory's or Let's Encrypt. It verifies
	// them at the port 443 of the names, or over ACMEHTTPAddr at their port 80.
	ACMEHosts     []string `env:"ACME_HOSTS" about:"names of this server, separated by commas, for which Let's Encrypt issues certificates by ACME; then the server speaks HTTPS"`
	ACMEEmail     string   `env:"ACME_EMAIL" about:"where the authority of ACME_HOSTS reaches you, as ops@tandem.example"`
	ACMEDirectory string   `env:"ACME_DIRECTORY" about:"the directory of another authority for ACME_HOSTS, as https://ca.example/acme/directory"`
	ACMEHTTPAddr  string   `env:"ACME_HTTP_ADDR" about:"where the server answers HTTP-01 and redirects to https, as 0.0.0.0:80; the authority uses TLS-ALPN-01 unless set"`
	// DatabaseURL is postgres://… for many instances, or sqlite:FILE for one.
	DatabaseURL string `env:"DATABASE_URL" about:"postgres://… for many instances, sqlite:FILE for one; a file in ./tandem-data unless set"`
	// DatabaseReadURL is a replica of that Postgres, which answers reads of lists and histories where it is current enough.
	DatabaseReadURL string `env:"DATABASE_READ_URL" about:"postgres://… of a streaming replica, which answers reads of lists and histories that it has all changes for"`
	// Migrate is on, or off for instances whose database tandem migrate prepares.
	Migrate string `env:"MIGRATE" envDefault:"on" about:"on or off: whether the server brings the tables up to date at start; if off, run tandem migrate"`
	// RedisURL lets instances on one Postgres tell each other of changes and presence.
	RedisURL string `env:"REDIS_URL" about:"redis://… or rediss://…, shared by the instances; only with Postgres; ?master_name= for Sentinels, ?cluster=true"`
	// NATSURL is the NATS that carries announcements instead of Redis, NATSCredentials the file by which instances sign in
	// there, and NATSSubject begins the subjects of their messages.
	NATSURL         string `env:"NATS_URL" about:"nats://… or tls://…, servers of one NATS separated by commas, which announces changes instead of Redis; only with Postgres"`
	NATSCredentials string `env:"NATS_CREDENTIALS" about:"the file of credentials for NATS: a JWT with its seed, or the seed of an nkey"`
	NATSSubject     string `env:"NATS_SUBJECT" envDefault:"tandem" about:"how the subjects of all messages in NATS begin"`
	// AuthSecrets sign and verify tokens (HS256), and decrypt the session cookies of
	// Auth.js; the first signs. Setting one ends the demo.
	AuthSecrets []string `env:"AUTH_SECRET" about:"the secrets that tokens are signed with (HS256), separated by commas; the demo runs unless set"`
	// AuthJWKSURL is where an identity provider publishes the keys that it signs
	// tokens with (RS256, PS256, ES256, EdDSA). Setting it ends the demo too.
	AuthJWKSURL string `env:"AUTH_JWKS_URL" about:"where an identity provider publishes its signing keys"`
	// AuthIssuer and AuthAudience must be in a bearer token, where they are set.
	AuthIssuer   string `env:"AUTH_ISSUER" about:"the iss that bearer tokens must have"`
	AuthAudience string `env:"AUTH_AUDIENCE" about:"the aud that bearer tokens must contain"`
	// AllowedOrigins are other sites whose pages may call; one * stands for any text.
	AllowedOrigins []string `env:"ALLOWED_ORIGINS" about:"origins of other sites whose pages may call, separated by commas"`
	// AllowedHeaders are what those pages may send besides what is usual; * is anything.
	AllowedHeaders []string `env:"ALLOWED_HEADERS" about:"further headers that those pages may send, separated by commas"`
	// ConnectionInitTimeout is how long a socket may take to say who it is.
	ConnectionInitTimeout time.Duration `env:"CONNECTION_INIT_TIMEOUT" envDefault:"10s" about:"how long a socket may take to sign in, as 10s"`
	// Introspection and Playground are on in the demo, and off otherwise unless asked for.
	Introspection *bool `env:"INTROSPECTION" about:"true or false: whether clients may read the schema; on in the demo only"`
	Playground    *bool `env:"PLAYGROUND" about:"true or false: whether /playground is served; on in the demo only"`
	// MetricsAddr is where Prometheus is served; nowhere unless it is set.
	MetricsAddr string `env:"METRICS_ADDR" about:"where Prometheus finds /metrics and operators /debug/tandem, as host:port"`
	// MaxConnections bounds the connections of this instance; 0 is what the limit
	// on open files has room for. MaxConnectionsPerPerson bounds those of one person.
	MaxConnections          int `env:"MAX_CONNECTIONS" example:"10000" about:"connections that the instance accepts; by the limit on open files unless set"`
	MaxConnectionsPerPerson int `env:"MAX_CONNECTIONS_PER_PERSON" example:"100" envDefault:"100" about:"sockets and streams of one person"`
	// RateLimitPerSecond and RateLimitBurst bound the operations of one person over
	// all instances: the steady rate, and how many at once. readRate fills in what is
	// not set; a rate of 0 means unlimited.
	RateLimitPerSecond *int `env:"RATE_LIMIT_PER_SECOND" example:"20" about:"operations that one person may begin in a second; 20 unless set, 0 means unlimited, the demo has no limit"`
	RateLimitBurst     *int `env:"RATE_LIMIT_BURST" example:"200" about:"operations that one person may begin at once; 10 seconds' worth unless set"`
	// Rate and Burst are those limits in force; a Rate of 0 is none.
	Rate, Burst int
	// TrustedProxies are the networks of the load balancers, whose X-Forwarded-For
	// says where a request comes from.
	TrustedProxies []string `env:"TRUSTED_PROXIES" about:"networks of the load balancers, separated by commas; private ones unless set"`
	// Proxies are those networks.
	Proxies []netip.Prefix
	// Retention is after how many days changes are pruned from the log, with what
	// goes with them; 0 keeps all. Too few, and people who were away for longer have
	// to fetch afresh, and histories are short.
	Retention int `env:"RETENTION" example:"365 for a year" about:"days after which changes are pruned from the log; 0 keeps all"`
	// PersistedDocuments is a file that lists all that clients may run.
	PersistedDocuments string `env:"PERSISTED_DOCUMENTS" about:"a file that lists the only documents that clients may run"`
	// PublicURL is where people open the application; links of messages lead there.
	PublicURL string `env:"PUBLIC_URL" about:"where people open the application, for links in messages, as https://crm.example"`
	// ProductName is the name of the product in the texts of e-mails, pushes and the pages that their links lead to.
	ProductName string `env:"PRODUCT_NAME" envDefault:"Tandem" about:"the name of your product in e-mails and pushes, as Brightwater CRM"`
	// VAPIDPublicKey and VAPIDPrivateKey identify the deployment to push services. Unless set, a pair is made once and kept
	// in the database. VAPIDSubject is how the operators of a push service reach those of the server.
	VAPIDPublicKey  string `env:"VAPID_PUBLIC_KEY" about:"the public key for Web Push, base64url; made and kept in the database unless set"`
	VAPIDPrivateKey string `env:"VAPID_PRIVATE_KEY" about:"the private key for Web Push, base64url"`
	VAPIDSubject    string `env:"VAPID_SUBJECT" about:"a mailto: or https: URL at which push services reach you; PUBLIC_URL unless set"`
	// PushHosts are push services that may have private addresses, use plain http, or be at another port.
	PushHosts []string `env:"PUSH_HOSTS" about:"push services that may be private, use plain http or another port, as host, host:port or *.host, separated by commas"`
	// PushHostsOnly refuses push services that PushHosts lacks.
	PushHostsOnly bool `env:"PUSH_HOSTS_ONLY" about:"true or false: whether browsers may register no push services but those of PUSH_HOSTS (false)"`
	// PushContent lets messages of organizations that did not choose name records and people, which a locked screen shows too.
	PushContent bool `env:"PUSH_CONTENT" about:"true or false: whether messages of Web Push name records and people, also on a locked screen, unless an organization has chosen (false)"`
	// SMTPURL is the mail server that takes digests, from MailFrom; without one, no e-mail is sent.
	SMTPURL  string `env:"SMTP_URL" about:"the mail server that takes e-mail, as smtp://user:password@mail.example:587 or smtps://…; no e-mail unless set"`
	MailFrom string `env:"MAIL_FROM" about:"the sender of e-mail, as Tandem <tandem@crm.example>; needed with SMTP_URL"`
	// DigestHour is how long the hour of an hourly digest is. A shorter one is for trials.
	DigestHour time.Duration `env:"DIGEST_HOUR" envDefault:"1h" about:"how long the hour of hourly digests is, as 10s for trials"`
	// Region is where the instance runs, by which metrics and lines of the log can be told apart.
	Region string `env:"REGION" about:"the region of the instance, as eu-west-1, in metrics and in the log"`
	// RegionHeader is where trusted proxies name the region of their client.
	RegionHeader string `env:"REGION_HEADER" about:"the header in which trusted proxies name the region of their client, as CF-IPCountry, for metrics and the log"`
	// OTLPEndpoint is the OpenTelemetry collector that takes traces; without one, nothing is traced. OTLPHeaders are sent
	// to it, and may be secret. TraceRatio is the part of the requests that are traced.
	OTLPEndpoint string   `env:"OTEL_EXPORTER_OTLP_ENDPOINT" about:"the OpenTelemetry collector that takes traces by OTLP over HTTP, as http://collector.example:4318; no traces unless set"`
	OTLPHeaders  []string `env:"OTEL_EXPORTER_OTLP_HEADERS" about:"headers for the collector, as name=value,name=value, with values percent-encoded"`
	TraceRatio   float64  `env:"OTEL_TRACES_SAMPLER_ARG" example:"0.1" envDefault:"0.1" about:"the part of the requests that are traced, from 0 to 1"`
	ServiceName  string   `env:"OTEL_SERVICE_NAME" envDefault:"tandem" about:"the name of the service in traces"`
	// SlowOperation is from which time on an operation is logged as slow; 0 logs none.
	SlowOperation time.Duration `env:"SLOW_OPERATION" example:"500ms" envDefault:"1s" about:"how long an operation takes that is logged as slow, with its statements and a plan, as 500ms; 0 logs none"`
	LogLevel      string        `env:"LOG_LEVEL" envDefault:"info" about:"debug, info, warn or error"`
	LogFormat     string        `env:"LOG_FORMAT" envDefault:"text" about:"text or json"`
}

// DataFolder is where an instance without settings keeps its database.
const DataFolder = "tandem-data"

// Read reads the environment, and refuses what cannot work with a
// sentence that says what to do.
func Read(environment map[string]string) (Settings, error) {
	var s Settings
	if err := env.ParseWithOptions(&s, env.Options{Environment: environment}); err != nil {
		return s, badValue(err, environment)
	}
	s.unused = unusedSettings(environment)
	switch {
	case s.UsesSQLite() && s.RedisURL != "":
		return s, errors.New("REDIS_URL needs a database that several instances can share: set DATABASE_URL=postgres://…, or unset REDIS_URL")
	case !s.UsesSQLite() && !namesPostgres(s.DatabaseURL):
		return s, fmt.Errorf("DATABASE_URL must begin with postgres:// or sqlite:, for example sqlite:tandem.db; it begins with %q", schemeOf(s.DatabaseURL))
	case s.Migrate != "on" && s.Migrate != "off":
		return s, fmt.Errorf("MIGRATE must be on or off; it is %q", s.Migrate)
	case s.ConnectionInitTimeout <= 0:
		return s, fmt.Errorf("CONNECTION_INIT_TIMEOUT must be above 0, for example 10s; it is %s", written(s.ConnectionInitTimeout))
	case s.SlowOperation < 0:
		return s, fmt.Errorf("SLOW_OPERATION must be above 0, for example 500ms, or 0 to log no slow operations; it is %s", written(s.SlowOperation))
	case s.LogFormat != "text" && s.LogFormat != "json":
		return s, fmt.Errorf("LOG_FORMAT must be text or json; it is %q", s.LogFormat)
	case s.Retention < 0 || s.Retention > mostRetention:
		return s, fmt.Errorf("RETENTION must be from 0 to %d days, where 0 keeps all; it is %d", mostRetention, s.Retention)
	case s.MaxConnections < 0:
		return s, fmt.Errorf("MAX_CONNECTIONS must be above 0; it is %d", s.MaxConnections)
	case s.MaxConnectionsPerPerson < 1:
		return s, fmt.Errorf("MAX_CONNECTIONS_PER_PERSON must be above 0; it is %d", s.MaxConnectionsPerPerson)
	}
	for _, check := range []func() error{s.readRate, s.readProxies, s.checkSignIn, s.checkPush, s.checkMail, s.checkReplica, s.checkNATS, s.checkProduct, s.checkRegion, s.checkTraces, s.checkTLS, s.checkAddr} {
		if err := check(); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Day is the unit of RETENTION, and mostRetention its bound: a hundred years.
const (
	Day           = 24 * time.Hour
	mostRetention = 36_500
)

const (
	// defaultRate suits a person in a browser: a page that opens asks dozens of things at once and
	// few afterwards. A lower rate refuses rich pages; with a higher one a script with a token takes
	// the database away from the others.
	defaultRate = 20
	// burstSeconds is how many seconds' worth of operations may come at once, unless RATE_LIMIT_BURST says.
	burstSeconds = 10
	// mostRate bounds RATE_LIMIT_PER_SECOND: more is a mistake rather than a limit.
	mostRate = 10_000
	// mostBurst bounds RATE_LIMIT_BURST likewise.
	mostBurst = mostRate * 60
)

// readRate reads how much one person may ask for. The demo, which only this machine reaches, has no
// limit unless one is set.
func (s *Settings) readRate() error {
	switch {
	case s.RateLimitPerSecond != nil:
		s.Rate = *s.RateLimitPerSecond
	case !s.Demo() || s.RateLimitBurst != nil:
		s.Rate = defaultRate
	}
	s.Burst = s.Rate * burstSeconds
	if s.RateLimitBurst != nil {
		s.Burst = *s.RateLimitBurst
	}
	switch {
	case s.Rate < 0 || s.Rate > mostRate:
		return fmt.Errorf("RATE_LIMIT_PER_SECOND must be from 0 to %d, where 0 means unlimited; it is %d", mostRate, s.Rate)
	case s.Rate == 0 && s.Burst > 0:
		return errors.New("RATE_LIMIT_PER_SECOND=0 means unlimited, so RATE_LIMIT_BURST has no meaning: unset one of them")
	case s.Rate > 0 && (s.Burst < 1 || s.Burst > mostBurst):
		return fmt.Errorf("RATE_LIMIT_BURST must be from 1 to %d; it is %d (for no limit set RATE_LIMIT_PER_SECOND=0)", mostBurst, s.Burst)
	}
	return nil
}

// readProxies reads TRUSTED_PROXIES. Unless it is set, they are all addresses that
// nobody on the internet has.
func (s *Settings) readProxies() (err error) {
	for i, network := range s.TrustedProxies {
		s.TrustedProxies[i] = strings.TrimSpace(network)
	}
	texts := s.TrustedProxies
	switch {
	case len(texts) == 0:
		texts = ownNetworks
	case len(texts) == 1 && texts[0] == "none":
		return nil
	}
	if s.Proxies, err = parseNetworks(texts); err != nil {
		return fmt.Errorf("TRUSTED_PROXIES must list networks, for example 10.0.0.0/8,192.0.2.7, or be none; %w", err)
	}
	return nil
}

// badValue explains a value that is not of its setting's type.
func badValue(err error, environment map[string]string) error {
	parse, ok := errors.AsType[env.ParseError](err)
	if !ok {
		return err
	}
	field, _ := reflect.TypeFor[Settings]().FieldByName(parse.Name)
	name := field.Tag.Get("env")
	if errors.Is(parse.Err, strconv.ErrRange) {
		return fmt.Errorf("%s must be %s; %s is out of its range", name, wantedValue(field), environment[name])
	}
	return fmt.Errorf("%s must be %s; it is %q", name, wantedValue(field), environment[name])
}

// wantedValue describes the values of a setting.
func wantedValue(field reflect.StructField) string {
	of := field.Type
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	switch {
	case of == reflect.TypeFor[time.Duration]():
		return "a duration with its unit, for example 3s or 500ms"
	case of.Kind() == reflect.Bool:
		return "true or false"
	case of.Kind() == reflect.Float64:
		return "a number, for example " + field.Tag.Get("example")
	}
	return "a whole number, for example " + field.Tag.Get("example")
}

// schemeOf is the beginning of a URL, which holds no password.
func schemeOf(text string) string {
	scheme, _, found := strings.Cut(text, ":")
	if !found || len(scheme) > 20 {
		return "something else"
	}
	return scheme + ":"
}

// Demo reports whether nothing was said of who may sign in.
func (s Settings) Demo() bool { return len(s.AuthSecrets) == 0 && s.AuthJWKSURL == "" }

// UsesSQLite reports whether this instance keeps its database in a file of its own.
func (s Settings) UsesSQLite() bool {
	return s.DatabaseURL == "" || strings.HasPrefix(s.DatabaseURL, "sqlite:")
}

// SQLiteFile is the file of the database, where the settings name one.
func (s Settings) SQLiteFile() string {
	return cmp.Or(strings.TrimPrefix(s.DatabaseURL, "sqlite:"), DataFolder+"/tandem.db")
}

// OrDemo is a switch that is on in the demo unless it was set.
func (s Settings) OrDemo(set *bool) bool {
	if set == nil {
		return s.Demo()
	}
	return *set
}

// Level is the least level that is logged.
func (s Settings) Level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s.LogLevel)); err != nil {
		return level, fmt.Errorf("LOG_LEVEL must be debug, info, warn or error; it is %q", s.LogLevel)
	}
	return level, nil
}

// Warnings are what works and still should not be left as it is.
func (s Settings) Warnings() []string {
	out := slices.Clone(s.unused)
	out = append(out, s.signInWarnings()...)
	out = append(out, s.busWarnings()...)
	if s.OrDemo(s.Playground) && !s.OrDemo(s.Introspection) {
		out = append(out, "the playground can't read the schema without INTROSPECTION=true, so it offers no completion and no documentation")
	}
	return out
}
