package push_test

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/webpushtest"
)

const (
	register = `mutation($input: PushSubscriptionInput!) { registerPushSubscription(input: $input) }`
	remove   = `mutation($endpoint: String!) { removePushSubscription(endpoint: $endpoint) }`
	key      = `{ pushPublicKey }`
)

// inputOf returns a browser's subscription as its page sends it.
func inputOf(b *webpushtest.Browser) servertest.Object {
	return servertest.Object{"input": servertest.Object{"endpoint": b.Endpoint, "p256dh": b.P256dh, "auth": b.Auth}}
}

// Two instances have one key, which stays.
func TestKeyIsShared(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	one, two := servertest.Start(t, settings), servertest.Start(t, settings)
	org := rand.Text()
	first := servertest.Join(t, one, org, "ada", collab.RoleMember).Ask(key, nil).Text("pushPublicKey")
	second := servertest.Join(t, two, org, "ada", collab.RoleMember).Ask(key, nil).Text("pushPublicKey")
	point, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil || len(point) != 65 || first != second {
		t.Errorf("the keys are %q and %q (%v)", first, second, err)
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	instance := servertest.Start(t, map[string]string{"PUSH_HOSTS": service.Host()})
	org := rand.Text()
	ada, ben := servertest.Join(t, instance, org, "ada", collab.RoleMember), servertest.Join(t, instance, org, "ben", collab.RoleMember)
	browser := service.Subscribe("")
	ada.Ask(register, inputOf(browser)).Is(`{"registerPushSubscription": true}`)
	ada.Ask(register, inputOf(browser)).Is(`{"registerPushSubscription": true}`)
	ben.Ask(remove, servertest.Object{"endpoint": browser.Endpoint}).Is(`{"removePushSubscription": false}`)
	exported := ada.Ask(`mutation { exportPersonalData(userId: "ada") }`, nil).At("exportPersonalData.pushSubscriptions")
	exported.Is(`[{"id": "<id>", "userId": "ada", "endpoint": "$endpoint", "createdAt": "<time>"}]`, servertest.Object{"endpoint": browser.Endpoint})
	ada.Ask(remove, servertest.Object{"endpoint": browser.Endpoint}).Is(`{"removePushSubscription": true}`)
	ada.Ask(remove, servertest.Object{"endpoint": browser.Endpoint}).Is(`{"removePushSubscription": false}`)
}

func TestRegisterRefuses(t *testing.T) {
	t.Parallel()
	service := webpushtest.Start(t)
	ada := servertest.Join(t, servertest.Start(t, nil), rand.Text(), "ada", collab.RoleMember)
	good := service.Subscribe("")
	for name, tc := range map[string]struct{ endpoint, p256dh, auth string }{
		"plain http":           {"http://push.example.com/1", good.P256dh, good.Auth},
		"a private address":    {"https://10.0.0.1/1", good.P256dh, good.Auth},
		"the metadata service": {"https://169.254.169.254/latest", good.P256dh, good.Auth},
		"this machine":         {"https://localhost/1", good.P256dh, good.Auth},
		"a long endpoint":      {"https://push.example.com/" + strings.Repeat("a", 2048), good.P256dh, good.Auth},
		"a key of no curve":    {"https://push.example.com/1", "AAAA", good.Auth},
		"a short secret":       {"https://push.example.com/1", good.P256dh, "AAAA"},
		"a host of the tests":  {good.Endpoint, good.P256dh, good.Auth},
		"another port":         {"https://push.example.com:8443/1", good.P256dh, good.Auth},
		"the usual port":       {"https://push.example.com:443/1", good.P256dh, good.Auth},
		"an address":           {"https://8.8.8.8/1", good.P256dh, good.Auth},
		"a user":               {"https://ada@push.example.com/1", good.P256dh, good.Auth},
		"a fragment":           {"https://push.example.com/1#", good.P256dh, good.Auth},
		"a dot after the host": {"https://push.example.com./1", good.P256dh, good.Auth},
		"a line break":         {"https://push.example.com/1", good.P256dh[:9] + "\n" + good.P256dh[9:], good.Auth},
	} {
		input := servertest.Object{"input": servertest.Object{"endpoint": tc.endpoint, "p256dh": tc.p256dh, "auth": tc.auth}}
		servertest.Want(t, name, ada.Code(register, input), "BAD_USER_INPUT")
	}
}
