package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/systemtest"
)

const (
	// connectTime is how long a follower waits for a connection and its acknowledgement.
	connectTime = 5 * time.Second
	// pingTime is how often a follower pings. The connection is dead if nothing arrives for silence.
	pingTime = 2 * time.Second
	silence  = 6 * time.Second
)

// A follower follows all activity, over one connection at a time, and resumes after its last cursor: at its own instance first,
// at the others as long as that one does not answer.
type follower struct {
	load   *load
	number int
	token  string
	cursor string
	at     int
}

func (f *follower) run(ctx context.Context) {
	for try := 0; ctx.Err() == nil; try++ {
		if try > 0 {
			f.load.ledger.reconnected()
			<-time.After(again)
		}
		instances := f.load.system.instances
		if f.follow(ctx, instances[f.at].url) != nil && f.number%4 > 1 {
			f.at = (f.at + 1) % len(instances) // half of the followers move to the next instance
		}
	}
}

// follow takes events until the connection ends.
func (f *follower) follow(ctx context.Context, url string) error {
	conn, err := f.connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.CloseNow()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go ping(ctx, conn)
	for {
		reading, stop := context.WithTimeout(ctx, silence)
		_, message, err := conn.Read(reading)
		stop()
		if err != nil {
			return err
		}
		if err := f.take(message); err != nil {
			return err
		}
	}
}

func (f *follower) connect(ctx context.Context, url string) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(url, "http", "ws", 1)+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(16 << 20)
	messages := []systemtest.Object{
		{"type": "connection_init", "payload": systemtest.Object{"authorization": "Bearer " + f.token}},
		{"id": "1", "type": "subscribe", "payload": systemtest.Object{"variables": systemtest.Object{"after": f.cursor},
			"query": `subscription ($after: Cursor) { activity(after: $after, filter: {types: [UPDATE]}) { cursor entityId entityVersion } }`}},
	}
	for i, message := range messages {
		if err == nil {
			err = conn.Write(ctx, websocket.MessageText, encode(message))
		}
		if i == 0 && err == nil {
			_, _, err = conn.Read(ctx) // connection_ack
		}
	}
	if err != nil {
		_ = conn.CloseNow()
		return nil, err
	}
	return conn, nil
}

// ping keeps the connection from being silent.
func ping(ctx context.Context, conn *websocket.Conn) {
	tick := time.NewTicker(pingTime)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if conn.Write(ctx, websocket.MessageText, []byte(`{"type":"ping"}`)) != nil {
				return
			}
		}
	}
}

var errUnrendered = errors.New("an event could not be rendered")

// take takes a message. A follower does not advance past an event that has no data: protocol.md 5.10.
func (f *follower) take(message []byte) error {
	var m struct {
		Type    string
		Payload json.RawMessage
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return err
	}
	switch m.Type {
	case "next":
	case "error", "complete":
		f.load.ledger.fail("follower %d: the subscription ended: %s", f.number, message)
		return errors.New("the subscription ended")
	default:
		return nil
	}
	var next struct {
		Data *struct {
			Activity struct {
				Cursor, EntityID string
				EntityVersion    int
			}
		}
	}
	if err := json.Unmarshal(m.Payload, &next); err != nil {
		return err
	}
	if next.Data == nil {
		return errUnrendered
	}
	a := next.Data.Activity
	f.load.ledger.deliver(f.number, event{a.EntityID, a.EntityVersion})
	f.cursor = a.Cursor
	return nil
}
