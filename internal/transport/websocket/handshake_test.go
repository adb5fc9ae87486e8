package websocket

import (
	"bytes"
	"fmt"
	"net/http"
	"testing"

	"github.com/gobwas/ws"
)

func TestHandshake(t *testing.T) {
	t.Parallel()
	w := newWire(t, nil)
	for name, test := range map[string]struct {
		header []string
		want   *dialect
	}{
		"both protocols offered: modern":              {[]string{"graphql-ws, graphql-transport-ws"}, modern},
		"both protocols offered in two lines: modern": {[]string{"graphql-ws", "graphql-transport-ws"}, modern},
		"modern among others":                         {[]string{"mqtt, graphql-transport-ws"}, modern},
		"only the older one offered":                  {[]string{"mqtt,graphql-ws"}, legacy},
	} {
		t.Run(name, func(t *testing.T) {
			c, chosen := w.shake(t, ws.Dialer{Header: ws.HandshakeHeaderHTTP{"Sec-WebSocket-Protocol": test.header}, Protocols: []string{test.want.name}})
			if chosen != test.want.name {
				t.Errorf("got %s", chosen)
			}
			c.say(`{"type":"connection_init"}`)
			c.want(`{"type":"connection_ack"}`)
		})
	}
	t.Run("none offered: 4406", func(t *testing.T) { w.call(t).wantClose(4406) })
	t.Run("none of ours offered: 4406", func(t *testing.T) { w.call(t, "mqtt").wantClose(4406) })
	t.Run("4406 whatever is said before it is read", func(t *testing.T) {
		c := w.call(t)
		c.say(`{"type":"connection_init"}`)
		c.say(subscribeMessage("subscribe", "1", echoA))
		c.wantClose(4406)
	})
	for name, test := range map[string]struct {
		origin string
		want   int
	}{
		"foreign origin 403": {"https://theirs.example", http.StatusForbidden},
		"our origin":         {"https://ours.example", http.StatusSwitchingProtocols},
	} {
		t.Run(name, func(t *testing.T) {
			if got := upgrade(t, w, http.Header{"Origin": {test.origin}}); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
		})
	}
	t.Run("a bad handshake costs no connection", func(t *testing.T) {
		if got := upgrade(t, w, http.Header{"Sec-Websocket-Version": {"12"}}); got != http.StatusUpgradeRequired {
			t.Errorf("got %d", got)
		}
	})
	t.Run("messages right behind the request", func(t *testing.T) {
		c := w.call(t) // for its connection alone
		_ = c.conn.Close()
		var request bytes.Buffer
		fmt.Fprintf(&request, "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
			"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n")
		for _, message := range []string{`{"type":"connection_init"}`, subscribeMessage("subscribe", "1", echoA)} {
			_ = ws.WriteFrame(&request, ws.MaskFrame(ws.NewTextFrame([]byte(message))))
		}
		c = dialRaw(t, w)
		c.raw(request.Bytes()...)
		if response, err := http.ReadResponse(c.in, nil); err != nil || response.StatusCode != http.StatusSwitchingProtocols {
			t.Fatal(response, err)
		}
		c.want(`{"type":"connection_ack"}`)
		c.want(nextOne)
	})
}
