package model

import (
	"slices"
	"time"
)

const sessionDocument = `subscription { session { __typename ... on AccessChanged { role entityId } } }`

// receiveNotice checks the notices that a session receives about itself: 2.8, 19.6. Tokens last longer than
// rounds, and instances that are killed do not drain, so a notice can only report a change of access.
func (w *world) receiveNotice(s *session, at time.Time, told object) {
	if told["__typename"] != "AccessChanged" {
		w.violates(s, nil, "received %v", told["__typename"])
	}
	s.role, _ = told["role"].(string)
	if !slices.ContainsFunc(w.breaks(s.known, at), func(position int) bool { return s.person.role(position) == s.role }) {
		w.violates(s, nil, "received the role %s, which %s did not have", s.role, s.person.id)
	}
	if id := told["entityId"]; id != nil && !w.sawLately(s, id, at) {
		w.violates(s, nil, "received access to %v, which %s never saw", id, s.person.id)
	}
}

// noticeLacks returns what a session still has to receive about its person's role, or "". Nothing shows when the
// session began, so changes just after that do not count: 4.7.
func (w *world) noticeLacks(s *session) string {
	role := s.person.now()
	changed := slices.ContainsFunc(w.shifts, func(c shift) bool {
		return c.position == s.person.roles[len(s.person.roles)-1].position && c.sent.After(s.began.Add(time.Second))
	})
	if changed && s.role != role {
		return "the role " + role
	}
	return ""
}
