package notifications_test

import "slices"

// An unread notification takes in what follows until it is read. Nobody can read what is in no inbox.
type unread struct {
	row
	elsewhere bool
	own       bool // a conflict of the person's own edit, which others' conflicts with theirs don't join
}

// An entry is a notification of the model, which stands for a count of changes.
type entry struct {
	unread
	count int
	push  pushState
	// owed is true if its newest change is pushed in the end, after the rest of an earlier push.
	owed bool
}

// A pushState is what the model knows of the push of a notification to each browser of its person.
type pushState int

const (
	unpushed   pushState = iota // nothing was sent, and nothing is to be
	due                         // has to arrive
	suppressed                  // the person read it, lost it or did not want it any more, or its conflicts ended, while its push was under way: it may arrive
	arrived
)

// newEntry adds a notification.
func (m *told) newEntry(key unread) *entry {
	e := &entry{unread: key}
	m.entries = append(m.entries, e)
	return e
}

// add adds a change to a notification, in channels. A notification whose push has arrived rests before it is pushed again.
func (m *told) add(e *entry, channels []string) {
	e.count++
	if !e.elsewhere {
		m.inbox[e.row]++
	}
	if e.owed = slices.Contains(channels, "PUSH"); e.owed && e.push != arrived {
		e.push = due
	}
}

// suppress notes what keeps pushes from being sent that are not under way yet.
func (m *told) suppress(of func(unread) bool) {
	for _, e := range m.entries {
		if !of(e.unread) {
			continue
		}
		if e.owed = false; e.push == due {
			e.push = suppressed
		}
	}
}

// pushes are how many notifications of each row have arrived at a browser of their person, at least and at most.
func (m *told) pushes() (least, most map[row]int) {
	least, most = map[row]int{}, map[row]int{}
	for _, e := range m.entries {
		switch e.push {
		case due, arrived:
			least[e.row]++
			most[e.row]++
		case suppressed:
			most[e.row]++
		}
	}
	return least, most
}

// settled notes what arrived, once nothing is under way: of the notifications of a row that were suppressed, all or none, where all
// browsers have the same.
func (m *told) settled(browsers map[string][]map[row]int) {
	least, most := m.pushes()
	for _, e := range m.entries {
		all := func(n int) bool {
			return !slices.ContainsFunc(browsers[e.person], func(got map[row]int) bool { return got[e.row] != n })
		}
		switch {
		case e.push == due, e.push == suppressed && all(most[e.row]):
			e.push = arrived
		case e.push == suppressed && all(least[e.row]):
			e.push = unpushed
		}
	}
}
