package notifications_test

import "slices"

// notify applies reasons in order: a person is notified for the first one only, never of their own act, and only in the
// channels of that kind.
func (m *told) notify(actor, id string, reasons [][2]string) {
	decided := map[string]bool{actor: true, "": true}
	for _, reason := range reasons {
		kind, person := reason[0], reason[1]
		if decided[person] {
			continue
		}
		decided[person] = true
		if !m.removed[person] && m.sees(person, id) {
			m.tell(person, kind, id, false)
		}
	}
}

// tell notifies a person of a change of a record. An unread notification of the same kind grows.
func (m *told) tell(person, kind, id string, own bool) {
	m.grow(row{person, kind, id}, own, m.channels(person, kind, m.records[id].muted[person]))
}

// tellRole notifies a person of their role. An unread notification of an earlier one grows.
func (m *told) tellRole(person string) {
	m.grow(row{person, "ACCESS_CHANGED", ""}, false, m.channels(person, "ACCESS_CHANGED", false))
}

// grow adds a change to an unread notification, or begins one.
func (m *told) grow(of row, own bool, channels []string) {
	if len(channels) == 0 {
		return
	}
	key := unread{of, !slices.Contains(channels, "IN_APP"), own}
	if m.unread[key] == nil {
		m.unread[key] = m.newEntry(key)
	}
	m.add(m.unread[key], channels)
}

// tellDetached notifies a person of a loss of access, which names no record. It never grows. muted is whether they
// muted the record that it is about.
func (m *told) tellDetached(person string, muted bool) {
	if channels := m.channels(person, "ACCESS_CHANGED", muted); len(channels) > 0 {
		m.add(m.newEntry(unread{row: row{person, "ACCESS_CHANGED", ""}, elsewhere: !slices.Contains(channels, "IN_APP")}), channels)
	}
}

// kinds are all that people can be notified of.
var kinds = []string{"MENTION", "COMMENT", "ASSIGNMENT", "WATCHED", "CONFLICT", "CONFLICT_RESOLVED", "ENTITY_DELETED", "ACCESS_CHANGED"}

// channels are those on which a person is told, of what they muted too.
func (m *told) channels(person, kind string, muted bool) []string {
	direct := kind == "MENTION" || kind == "ASSIGNMENT"
	channels, chose := m.chosen[person][kind]
	switch {
	case !chose && (direct || kind == "CONFLICT" || kind == "CONFLICT_RESOLVED" || kind == "ACCESS_CHANGED"):
		channels = []string{"IN_APP", "PUSH"}
	case !chose:
		channels = []string{"IN_APP"}
	}
	switch {
	case !muted:
		return channels
	case direct && len(channels) > 0:
		return []string{"IN_APP"}
	}
	return nil
}

// watchers are the reasons of the people who watch a record.
func (m *told) watchers(id string) (reasons [][2]string) {
	r := m.records[id]
	for person := range m.people {
		if watching, chose := r.watching[person]; watching || !chose && r.owner == person {
			reasons = append(reasons, [2]string{"WATCHED", person})
		}
	}
	return reasons
}
