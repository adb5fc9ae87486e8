package nats

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	natsio "github.com/nats-io/nats.go"
	"github.com/nats-io/nkeys"
)

// Settings name the NATS of several instances.
type Settings struct {
	// URL lists servers of one NATS, separated by commas:
	//
	//	nats://user:password@nats-1:4222,nats://nats-2:4222
	//
	// with tls:// for TLS, and with nats://token@… for a token. The user or token of the first one counts for those without.
	URL string
	// Credentials is a file with a JWT and its seed, or with the seed of an nkey alone; or "".
	Credentials string
	// Subject begins the subjects of all messages.
	Subject string
}

// servers are the servers of the settings.
type servers []*url.URL

// String names the servers for operators, without credentials.
func (s servers) String() string {
	hosts := make([]string, len(s))
	for i, server := range s {
		hosts[i] = server.Host
	}
	return strings.Join(hosts, ", ")
}

func (s servers) urls() []string {
	out := make([]string, len(s))
	for i, server := range s {
		out[i] = server.String()
	}
	return out
}

// subjectName matches one or more tokens of a subject without wildcards.
var subjectName = regexp.MustCompile(`^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$`)

// Check refuses settings that can't work, whatever NATS says.
func (s Settings) Check() error {
	if _, err := s.servers(); err != nil {
		return err
	}
	return s.authenticate(&natsio.Options{})
}

// Place names the servers for operators, without credentials.
func (s Settings) Place() string {
	servers, err := s.servers()
	if err != nil {
		return "NATS"
	}
	return "NATS, " + servers.String()
}

// servers reads the URL.
func (s Settings) servers() (out servers, err error) {
	for text := range strings.SplitSeq(s.URL, ",") {
		server, err := url.Parse(strings.TrimSpace(text))
		switch {
		case err != nil || server.Fragment != "" || server.RawQuery != "" || strings.Trim(server.Path, "/") != "":
			return nil, errMalformed
		case server.Scheme != "nats" && server.Scheme != "tls":
			return nil, errors.New("NATS_URL must begin with nats://, or with tls:// for TLS; for example nats://localhost:4222")
		case server.Hostname() == "":
			return nil, errMalformed
		}
		out = append(out, server)
		if server.Scheme != out[0].Scheme {
			return nil, errors.New("NATS_URL mixes nats:// and tls://; write tls:// for all servers, or for none")
		}
		if server.User == nil {
			server.User = out[0].User
		}
	}
	switch {
	case s.Credentials != "" && out[0].User != nil:
		return nil, errors.New("NATS_CREDENTIALS is set, and NATS_URL has a user or a token; keep one of them")
	case !subjectName.MatchString(s.Subject):
		return nil, fmt.Errorf("NATS_SUBJECT must be words of letters, digits, hyphens and underscores, with dots between, for example crm.tandem; it is %q", s.Subject)
	}
	return out, nil
}

// errMalformed quotes nothing of the URL, since what is wrong with it may be the password.
var errMalformed = errors.New("NATS_URL must list servers like nats://user:password@host:4222, separated by commas; special characters of the password must be percent-encoded, # as %23")

// authenticate adds what the file of credentials has. The library reads the file again for each connection, so that it can
// be renewed.
func (s Settings) authenticate(options *natsio.Options) error {
	if s.Credentials == "" {
		return nil
	}
	contents, err := os.ReadFile(s.Credentials)
	if err != nil {
		return fmt.Errorf("NATS_CREDENTIALS can't be read: %w; name a file that the server may read", errors.Unwrap(err))
	}
	with := natsio.UserCredentials(s.Credentials)
	if !bytes.Contains(contents, []byte("-----BEGIN NATS USER JWT-----")) {
		if with, err = natsio.NkeyOptionFromSeed(s.Credentials); err != nil {
			return errNoCredentials
		}
	} else if _, err := nkeys.ParseDecoratedUserNKey(contents); err != nil {
		return errNoCredentials
	}
	return with(options)
}

var errNoCredentials = errors.New("NATS_CREDENTIALS must be a file of credentials as nsc writes it, with a JWT and a seed, or the seed of an nkey of a user")
