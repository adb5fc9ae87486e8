package live_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"tandem/internal/servertest"
)

// A listMirror is a client's copy of one list of one person.
type listMirror struct {
	e      servertest.EntityType
	user   string
	filter servertest.Object
	socket *servertest.Socket
	after  string
	rate   any                // maxPerSecond
	has    map[string]float64 // versions by id
	log    []string
	// past has what the mirror had after each event. isAgain is set for one that begins there.
	past    []pastList
	isAgain bool
}

// A pastList is what a mirror had after an event.
type pastList struct {
	after string
	has   map[string]float64
}

func (m *listModel) follow(e servertest.EntityType, user string) {
	m.t.Helper()
	mirror := &listMirror{e: e, user: user, filter: m.filter(e), rate: oneOf(m.random, []any{nil, nil, nil, 5.0})}
	mirror.has, mirror.after = m.read(mirror)
	m.mirrors = append(m.mirrors, mirror)
	mirror.resume(m)
}

// read reads a list to its end.
func (m *listModel) read(mirror *listMirror) (has map[string]float64, asOf string) {
	m.t.Helper()
	page := m.people[mirror.user].Ask(fmt.Sprintf(`query($filter: %sFilter) { it: %s(filter: $filter, first: 100) { asOf pageInfo { hasNextPage } nodes { id version } } }`,
		mirror.e.Name, mirror.e.List), servertest.Object{"filter": mirror.filter}).At("it")
	if page.Get("pageInfo.hasNextPage") == true {
		m.t.Fatal("the list is longer than a page")
	}
	has = map[string]float64{}
	for _, node := range page.List("nodes") {
		has[node.Text("id")] = node.Number("version")
	}
	return has, page.Text("asOf")
}

// resume follows the list on another instance, after what the mirror has.
func (mirror *listMirror) resume(m *listModel) {
	m.t.Helper()
	if mirror.socket != nil {
		mirror.drain(m)
		_ = mirror.socket.Conn.CloseNow()
	}
	mirror.socket = m.people[mirror.user].On(oneOf(m.random, m.instances)).Connect()
	mirror.socket.Subscribe("it", fmt.Sprintf(`subscription($filter: %[1]sFilter, $after: Cursor, $rate: Float) { it: %[2]sChanged(filter: $filter, after: $after, maxPerSecond: $rate) {
		cursor kind transition entityId version entity: %[2]s { id version } state { version } changes { field } } }`, mirror.e.Name, mirror.e.One),
		servertest.Object{"filter": mirror.filter, "after": mirror.after, "rate": mirror.rate})
	mirror.log = append(mirror.log, "resumes")
}

// again follows the list from one of the earlier events, until it has what the list has now.
func (mirror *listMirror) again(m *listModel) {
	m.t.Helper()
	if len(mirror.past) == 0 {
		return
	}
	from := oneOf(m.random, mirror.past)
	other := &listMirror{
		e: mirror.e, user: mirror.user, filter: mirror.filter, rate: oneOf(m.random, []any{nil, 5.0, 1000.0}), has: maps.Clone(from.has), after: from.after, isAgain: true,
	}
	other.resume(m)
	m.await("again from "+from.after, other)
	_ = other.socket.Conn.CloseNow()
}

// drain applies the events that have come.
func (mirror *listMirror) drain(m *listModel) {
	m.t.Helper()
	for {
		message, err := mirror.socket.Conn.Next(time.Millisecond)
		if err != nil {
			return
		}
		mirror.apply(m, message)
	}
}

func (mirror *listMirror) apply(m *listModel, encoded []byte) {
	m.t.Helper()
	var message struct {
		Type    string
		Payload struct {
			Data struct {
				It struct {
					Cursor, Kind, Transition, EntityID string
					Version                            float64
					Entity, State                      *struct{ Version float64 }
					Changes                            []any
				}
			}
		}
	}
	if strings.Contains(string(encoded), "RESYNC_REQUIRED") && (mirror.filter["customerId"] != nil || mirror.changesRole()) {
		mirror.has, mirror.after = m.read(mirror) // the customer was lost, and changed since, or the role of an admin was lost
		mirror.log = append(mirror.log, "reads again")
		mirror.socket = nil
		mirror.resume(m)
		return
	}
	if err := json.Unmarshal(encoded, &message); err != nil || message.Type != "next" && message.Type != "ping" {
		m.t.Fatalf("%s of %s with %v: %s %v\n%s", mirror.e.List, mirror.user, mirror.filter, encoded, err, strings.Join(mirror.log, "\n"))
	}
	it := message.Payload.Data.It
	if message.Type == "ping" {
		mirror.socket.Write(servertest.Object{"type": "pong"})
		return
	}
	mirror.log = append(mirror.log, fmt.Sprint(it.Kind, " ", it.Transition, " ", it.EntityID, " ", it.Version, " ", it.Cursor))
	m.seen[it.Kind+" "+it.Transition]++
	if isLost := it.Kind == "ACCESS_LOST"; isLost != (it.Entity == nil) || isLost != (it.State == nil) || strings.HasPrefix(it.Kind, "ACCESS") && len(it.Changes) > 0 {
		m.t.Errorf("contents of %s", encoded)
	}
	isExact := !mirror.isAgain && mirror.rate == nil && mirror.filter["customerId"] == nil && !mirror.changesRole()
	if _, has := mirror.has[it.EntityID]; isExact && has != (it.Transition != "ENTERED") {
		m.t.Errorf("%s of %s with %v: it is there: %t, and what came is\n%s", mirror.e.List, mirror.user, mirror.filter, has, strings.Join(mirror.log, "\n"))
	}
	if it.Transition == "LEFT" {
		delete(mirror.has, it.EntityID)
	} else {
		mirror.has[it.EntityID] = max(it.Version, mirror.has[it.EntityID])
	}
	mirror.after = it.Cursor
	mirror.past = append(mirror.past, pastList{it.Cursor, maps.Clone(mirror.has)})
}

// changesRole reports whether the role of the mirror's person changes.
func (mirror *listMirror) changesRole() bool { return mirror.user == "cyd" || mirror.user == "dan" }
