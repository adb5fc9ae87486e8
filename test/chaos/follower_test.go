package chaos

import (
	"context"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/systemtest"
)

const (
	// connectTime is how long a follower waits for a connection and its acknowledgement.
	connectTime = 5 * time.Second
	// silence is how long a follower waits for anything to arrive before it takes the connection for dead. It pings three times as often.
	silence = 6 * time.Second
)

// A follower follows changes, over one connection at a time, and resumes after its last cursor.
type follower struct {
	ledger    *ledger
	number    int // in the ledger
	token     string
	query     string // whose field is named change
	variables systemtest.Object
	at        []string // URLs of the instances: the present one first
	moves     bool     // to the next instance when a connection ends; otherwise it waits for its own
	connected func()   // is called when it is subscribed
	client    *http.Client
	silence   time.Duration
}

// everything is the query that follows all edits, and one that follows those of a customer.
const (
	everything  = `subscription ($after: Cursor) { change: activity(after: $after, filter: {types: [UPDATE]}) { cursor entityId version: entityVersion } }`
	oneCustomer = `subscription ($after: Cursor, $id: ID) { change: customerChanged(id: $id, after: $after) { cursor entityId version } }`
)

// run follows until ctx ends. A client that can't connect tries again after a pause that grows, up to 2 s.
func (f *follower) run(ctx context.Context) {
	for try := 0; ctx.Err() == nil; try++ {
		if try > 0 {
			f.ledger.reconnected()
			<-time.After(time.Duration(rand.Int64N(int64(min(again<<min(try, 5), 2*time.Second)))))
		}
		if began := time.Now(); f.follow(ctx, f.at[0]) != nil && f.moves {
			f.at = append(f.at[1:], f.at[0])
		} else if time.Since(began) > f.silence {
			try = 0
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
	f.connected()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go f.ping(ctx, conn)
	for {
		reading, stop := context.WithTimeout(ctx, f.silence)
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
	conn, _, err := websocket.Dial(ctx, strings.Replace(url, "http", "ws", 1)+"/graphql", &websocket.DialOptions{HTTPClient: f.client, Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return nil, err
	}
	conn.SetReadLimit(16 << 20)
	messages := []systemtest.Object{
		{"type": "connection_init", "payload": systemtest.Object{"authorization": "Bearer " + f.token}},
		{"id": "1", "type": "subscribe", "payload": systemtest.Object{"variables": f.variables, "query": f.query}},
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
func (f *follower) ping(ctx context.Context, conn *websocket.Conn) {
	tick := time.NewTicker(f.silence / 3)
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
		f.ledger.fail("follower %d: the subscription ended: %s", f.number, message)
		return errors.New("the subscription ended")
	default:
		return nil
	}
	var next struct {
		Data *struct {
			Change struct {
				Cursor, EntityID string
				Version          int
			}
		}
	}
	if err := json.Unmarshal(m.Payload, &next); err != nil {
		return err
	}
	if next.Data == nil {
		return errUnrendered
	}
	change := next.Data.Change
	f.ledger.deliver(f.number, event{change.EntityID, change.Version})
	f.variables["after"] = change.Cursor
	return nil
}
