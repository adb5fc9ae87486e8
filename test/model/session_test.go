package model

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/coder/websocket"
)

// A following is what a subscription asks for.
type following struct {
	field string  // of Subscription
	only  *entity // of customerChanged and its brothers: this one; nil: all
	feed  *entity // of activity: that of this customer; nil: everything
	rate  float64 // maxPerSecond; 0: none
	of    *person // of notificationReceived: who is told
	room  *room   // of presence
	tab   *tab    // the client that presence holds there; nil: none
	state object  // what presence has it show at first; nil: nothing
}

// matches reports whether an event is one that the subscription is about.
func (f following) matches(v *event) bool {
	switch {
	case f.field == "session":
		return false
	case f.field == "notificationReceived":
		return v.notifies(f.of) != ""
	case f.field == "activity":
		return f.feed == nil || f.feed == v.entity
	case !v.changesEntity() || f.only != nil && f.only != v.entity:
		return false
	}
	return f.field == "entityChanged" || f.field == v.entity.one()+"Changed"
}

func (f following) String() string {
	said := f.field
	if f.only != nil {
		said += " of " + f.only.label
	}
	if f.feed != nil {
		said += " of the feed of " + f.feed.label
	}
	if f.room != nil {
		said += " in " + f.room.name
	}
	if f.tab != nil {
		said += " as " + f.tab.id
	}
	if f.rate > 0 {
		said += fmt.Sprintf(" at most %v a second", f.rate)
	}
	return said
}

// document returns the subscription and its variables.
func (f following) document(after string) (string, object) {
	if f.room != nil {
		return f.presenceDocument()
	}
	variables := object{}
	if after != "" {
		variables["after"] = after
	}
	if f.field == "activity" {
		if f.feed != nil {
			variables["feed"] = object{"type": "CUSTOMER", "entityId": f.feed.id}
		}
		return `subscription ($after: Cursor, $feed: ActivityFeedInput) { activity(after: $after, feed: $feed) {
			id cursor type entityType entityId entityVersion actor { id } userId changes { field oldValue newValue } } }`, variables
	}
	if f.field == "session" {
		return sessionDocument, nil
	}
	if f.field == "notificationReceived" {
		return "subscription ($after: Cursor) { notificationReceived(after: $after) { " + notification + " } }", variables
	}
	parameters, arguments := "$after: Cursor, $rate: Float", "after: $after, maxPerSecond: $rate"
	if f.rate > 0 {
		variables["rate"] = f.rate
	}
	if f.only != nil {
		parameters, arguments, variables["id"] = parameters+", $id: ID", arguments+", id: $id", f.only.id
	}
	selection, used := everyChange, fragments()
	for _, n := range nouns {
		if f.field == n.one()+"Changed" {
			selection = fmt.Sprintf(`cursor kind entityId version fromVersion changes { field oldValue newValue } actor { id } clientMutationId %s { ...%s }`, n.one(), n.name)
			used = n.fragment()
		}
	}
	return fmt.Sprintf("subscription (%s) { %s(%s) { %s } }%s", parameters, f.field, arguments, selection, used), variables
}

// A session is one subscription of somebody at an instance, from its beginning to its end.
type session struct {
	following
	number   int
	person   *person
	instance int
	after    string // the cursor that it began after; "": it began with what was then new
	began    time.Time
	known    int // all changes of access up to this position were known to the instance when it began
	conn     *websocket.Conn

	mu       sync.Mutex
	raw      []receipt
	ended    string // the code of the error that it ended with, or "closed"
	reason   string
	stall    chan struct{} // while the reader stands still: closed when it goes on
	stood    time.Time     // when it stood still last; zero: never
	forgiven bool          // the connection may break: the instance was killed, or the reader left

	reading // what the oracle makes of it
}

// A receipt is a message that was received.
type receipt struct {
	at      time.Time
	message []byte
}

func (s *session) String() string {
	return fmt.Sprintf("reader %d (%s at %s, %s, after %q)", s.number, s.person.id, string("AB"[s.instance]), s.following, s.after)
}

// small makes the kernel keep little of what a reader does not read.
var small = &http.Client{Transport: &http.Transport{DialContext: (&net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
	var err error
	if e := c.Control(func(fd uintptr) { err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 32<<10) }); e != nil {
		return e
	}
	return err
}}).DialContext}}

// follow subscribes somebody, on the other instance if one does not answer.
func (w *world) follow(p *person, instance int, f following, after string) *session {
	f.of = p
	s := &session{following: f, number: len(w.sessions) + 1, person: p, after: after}
	began := time.Now()
	for {
		s.instance, s.began, s.known = instance, time.Now(), w.known(instance, time.Now())
		err := s.connect(w.urls[instance])
		if err == nil {
			break
		}
		if !w.disturbed(began) || time.Since(began) > patience {
			w.fail(f.only, p, "%v can't connect: %v", s, err)
		}
		instance = 1 - instance
		<-time.After(20 * time.Millisecond)
	}
	s.begin(w)
	w.sessions = append(w.sessions, s)
	w.entered(s)
	w.note(f.about(), p, "%v begins", s)
	go s.read()
	return s
}

// connect opens a socket, signs in and subscribes.
func (s *session) connect(url string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(ctx, strings.Replace(url, "http", "ws", 1)+"/graphql", &websocket.DialOptions{
		HTTPClient: small, Subprotocols: []string{"graphql-transport-ws"}, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return err
	}
	conn.SetReadLimit(16 << 20)
	query, variables := s.document(s.after)
	send := func(m object) {
		if encoded, e := json.Marshal(m); err == nil {
			if err = e; err == nil {
				err = conn.Write(ctx, websocket.MessageText, encoded)
			}
		}
	}
	send(object{"type": "connection_init", "payload": object{"authorization": "Bearer " + s.person.token}})
	if err == nil {
		_, _, err = conn.Read(ctx) // connection_ack
	}
	send(object{"id": "1", "type": "subscribe", "payload": object{"query": query, "variables": variables}})
	if websocket.CloseStatus(err) == 4403 {
		s.ended, s.reason, err = "FORBIDDEN", err.Error(), nil
	}
	if err != nil {
		_ = conn.CloseNow()
		return err
	}
	s.conn = conn
	return nil
}

// read receives until the end.
func (s *session) read() {
	for {
		s.mu.Lock()
		stall := s.stall
		s.mu.Unlock()
		if stall != nil {
			<-stall
		}
		_, message, err := s.conn.Read(context.Background())
		s.mu.Lock()
		if err != nil {
			if s.ended == "" {
				s.ended, s.reason = "closed", err.Error()
			}
			s.mu.Unlock()
			return
		}
		s.raw = append(s.raw, receipt{time.Now(), message})
		s.mu.Unlock()
	}
}

// stand lets the reader stand still: it reads at most one more message.
func (s *session) stand() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stall == nil {
		s.stall, s.stood = make(chan struct{}), time.Now()
	}
}

// goOn lets the reader read again.
func (s *session) goOn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stall != nil {
		close(s.stall)
		s.stall = nil
	}
}

// isStanding reports whether the reader stands still.
func (s *session) isStanding() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stall != nil
}

// leftBehind reports whether the connection may have broken, so that another session goes on in its place.
func (s *session) leftBehind() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.forgiven
}

// forgive notes that the connection may break from now on.
func (s *session) forgive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forgiven = true
}

// leave ends the connection without a word, as a network that breaks.
func (s *session) leave() {
	s.goOn()
	s.forgive()
	_ = s.conn.CloseNow()
}

// quit completes the subscription, and closes the connection as a client does that wants to.
func (s *session) quit() {
	s.goOn()
	s.forgive()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = s.conn.Write(ctx, websocket.MessageText, []byte(`{"id":"1","type":"complete"}`))
	go func() { _ = s.conn.Close(websocket.StatusNormalClosure, "") }()
}

// take returns what was received since it was asked last, and how the session ended, if it did.
func (s *session) take() (new []receipt, ended, reason string, forgiven bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	new, s.raw = s.raw, nil
	stalled := !s.stood.IsZero() && time.Since(s.stood) > 20*time.Second // it is closed after 30 s: 5.9
	return new, s.ended, s.reason, s.forgiven || stalled
}
