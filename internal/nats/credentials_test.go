package nats_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nkeys"

	"tandem/internal/diagnosis"
	"tandem/internal/nats"
	"tandem/internal/natstest"
)

// unlimited is what an account or a user may do in JWTs of NATS.
var unlimited = map[string]any{"subs": -1, "conn": -1, "leaf": -1, "imports": -1, "exports": -1, "data": -1, "payload": -1, "wildcards": true}

// A file of credentials has the JWT of a user, signed by its account, which the server knows by that of an operator. The
// file counts again for each connection, so that it can be renewed while the instance runs.
func TestCredentials(t *testing.T) {
	t.Parallel()
	operator, account, user := newPair(t, nkeys.CreateOperator), newPair(t, nkeys.CreateAccount), newPair(t, nkeys.CreateUser)
	server := natstest.Start(t, fmt.Sprintf("operator: %s\nresolver: MEMORY\nresolver_preload: {%s: %s}",
		operator.sign(t, operator, map[string]any{"type": "operator", "version": 2}),
		account.public, operator.sign(t, account, map[string]any{"type": "account", "version": 2, "limits": unlimited})))
	settings := nats.Settings{URL: server.URL(), Subject: "tandem", Credentials: filepath.Join(t.TempDir(), "tandem.creds")}
	write := func(issuer pair) {
		contents := "-----BEGIN NATS USER JWT-----\n" + issuer.sign(t, user, map[string]any{"type": "user", "version": 2, "subs": -1, "data": -1, "payload": -1}) +
			"\n------END NATS USER JWT------\n\n-----BEGIN USER NKEY SEED-----\n" + user.seed + "\n------END USER NKEY SEED------\n"
		if err := os.WriteFile(settings.Credentials, []byte(contents), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(newPair(t, nkeys.CreateAccount))
	wantFinding(t, settings, diagnosis.Failed, "refuses the credentials of NATS_URL or NATS_CREDENTIALS")
	write(account)
	wantFinding(t, settings, diagnosis.OK, "the user may announce and listen")
}

// A pair is the keys of an operator, an account or a user.
type pair struct {
	nkeys.KeyPair
	public, seed string
}

func newPair(t *testing.T, create func() (nkeys.KeyPair, error)) pair {
	t.Helper()
	keys, err := create()
	if err != nil {
		t.Fatal(err)
	}
	public, err := keys.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	seed, err := keys.Seed()
	if err != nil {
		t.Fatal(err)
	}
	return pair{keys, public, string(seed)}
}

// sign returns a JWT as NATS has them.
func (p pair) sign(t *testing.T, subject pair, claims map[string]any) string {
	t.Helper()
	encode := func(value any) string {
		encoded, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return base64.RawURLEncoding.EncodeToString(encoded)
	}
	text := encode(map[string]any{"typ": "JWT", "alg": "ed25519-nkey"}) + "." +
		encode(map[string]any{"jti": "test", "iat": time.Now().Unix(), "iss": p.public, "sub": subject.public, "name": "test", "nats": claims})
	signature, err := p.Sign([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}
