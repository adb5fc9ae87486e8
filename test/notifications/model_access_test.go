package notifications_test

import "tandem/internal/servertest"

// sees reports whether a person may see a record: a restricted one is ada's, who is an admin, and of those who have a grant.
func (m *told) sees(person, id string) bool {
	r := m.records[id] // nil for a change of access that names none
	return r == nil || !r.restricted || person == "ada" || r.granted[person]
}

// grantOrRevoke has ada give somebody access to the restricted record, or take it back. Their notifications about it come
// and go with it.
func (m *told) grantOrRevoke() string {
	m.t.Helper()
	r, person := m.records["Secret"], pick(m.rand, []string{"ben", "cem", "dan"})
	switch {
	case m.removed[person]:
		return "nothing"
	case r.granted[person]:
		m.people["ada"].Revoke(r.customer, person)
		delete(r.granted, person)
		m.suppress(func(u unread) bool { return u.person == person && u.record == "Secret" })
		m.tellDetached(person, r.muted[person])
		return person + " loses the secret"
	}
	m.people["ada"].Grant(r.customer, person, "WRITE")
	r.granted[person] = true
	m.tell(person, "ACCESS_CHANGED", "Secret", false)
	return person + " gains the secret"
}

// newRecord has ada create a record.
func (m *told) newRecord(name string, restricted bool) {
	m.t.Helper()
	input := servertest.Object{"name": name}
	if restricted {
		input["visibility"] = "RESTRICTED"
	}
	m.records[name] = &record{customer: m.people["ada"].Create(input), version: 1, restricted: restricted, granted: map[string]bool{},
		commented: map[string]bool{}, watching: map[string]bool{}, muted: map[string]bool{}}
}
