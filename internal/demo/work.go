package demo

import (
	"slices"
	"strings"
	"time"

	"tandem/internal/collab"
)

// customers plans the customers so that they end as the table has them. The first two, which have
// stories of their own, are there from the beginning.
func (p *plan) customers() []*record {
	customers := []*record{p.storied(customerRows[0], ben, lead), p.storied(customerRows[1], chloe, active)}
	for _, row := range customerRows[2:] {
		customers = append(customers, p.customer(row))
	}
	p.records = append(p.records, customers...)
	return customers
}

// customer plans a customer and the changes that lead to its row.
func (p *plan) customer(row row) *record {
	until := p.start.Add(history * 2 / 3)
	if row.status == lead {
		until = p.past.AddDate(0, 0, -1)
	}
	born := p.moment(p.start.Add(time.Hour), until)
	owner := p.anybody("")
	if row.status == lead && p.chance(40) {
		owner = ""
	}
	by := p.anybody("")
	if owner != "" && p.chance(70) {
		by = owner
	}
	path := p.path(row.status)
	fields := document(row, path[0], owner)
	later := p.postpone(row, owner, fields)
	c := p.create(born, by, collab.TypeCustomer, nil, fields)
	c.owner, c.label, c.city = owner, label(row), row.city
	c.stages = []stage{{born, path[0]}}
	at := born
	for i, status := range path[1:] {
		at = p.moment(at.Add(time.Hour), p.past.Add(-time.Duration(len(path)-i)*24*time.Hour))
		c.stages = append(c.stages, stage{at, status})
		p.change(at, p.keeper(c), c, collab.Patch{"status": status})
	}
	for _, patch := range later {
		s := p.change(p.moment(born.Add(time.Hour), p.past), p.keeper(c), c, patch)
		if _, handover := patch["ownerId"]; handover {
			s.by = ada // a colleague may not take a customer from another
		} else if p.chance(30) {
			s.behind = 1
		}
	}
	return c
}

// path returns the statuses of a customer up to a given one. Not all customers begin as leads, but
// none begins as a former customer.
func (p *plan) path(status collab.CustomerStatus) []collab.CustomerStatus {
	way := []collab.CustomerStatus{lead, prospect, active, churned}
	to := slices.Index(way, status)
	return way[p.rng.IntN(min(to+1, 3)) : to+1]
}

// postpone removes some of the fields of a new document, or replaces their values, and returns the
// patches that set them later.
func (p *plan) postpone(row row, owner collab.ID, fields collab.Patch) (later []collab.Patch) {
	postpone := func(field string, first any, percent int) {
		if p.chance(percent) {
			later = append(later, collab.Patch{field: fields[field]})
			fields[field] = first
		}
	}
	if row.notes != "" {
		postpone("notes", nil, 70)
	}
	if row.phone != "" {
		postpone("phone", nil, 30)
	}
	if tags := fields["tags"].([]string); len(tags) > 1 {
		postpone("tags", tags[:1], 40)
	}
	if owner != "" {
		postpone("ownerId", orNull(p.anybody(owner)), 25)
	}
	return later
}

// document returns a row as the document of a customer.
func document(row row, status collab.CustomerStatus, owner collab.ID) collab.Patch {
	return collab.Patch{
		"name": row.name, "company": orNull(row.company), "email": row.email, "phone": orNull(row.phone),
		"status": status, "ownerId": orNull(owner), "tags": strings.Fields(row.tags), "notes": orNull(row.notes),
	}
}

// label is the customer's name in a call or a meeting.
func label(row row) string {
	if row.company == "" {
		return row.name
	}
	return row.company
}

// There are 120 calls and 60 meetings, including the stories and the weekly meetings.
const (
	callCount    = 120 - storyCalls
	meetingCount = 60 - storyMeetings - pipelineMeetings
)

// calls plans the calls with the customers: at least one with each.
func (p *plan) calls(customers []*record) {
	for i := range callCount {
		c := customers[i%len(customers)]
		if i >= len(customers) {
			c = pick(p, customers)
		}
		switch {
		case i%5 == 4:
			p.callToCome(c)
		case p.chance(30):
			p.callIn(c)
		default:
			p.callOut(c)
		}
	}
}

// call plans the creation of a call.
func (p *plan) call(at time.Time, c *record, topic callTopic, fields collab.Patch) *record {
	by := p.keeper(c)
	fields["subject"], fields["ownerId"], fields["direction"] = topic.subject+": "+c.label, by, collab.CallOutbound
	if topic.inbound {
		fields["direction"] = collab.CallInbound
	}
	return p.create(at, by, collab.TypeCall, c, fields)
}

// callTopic returns the topic of a call at a time: a new one, if possible.
func (p *plan) callTopic(c *record, at time.Time, inbound bool) callTopic {
	var topics, fresh []callTopic
	for _, t := range callTopics[c.stageAt(at)] {
		if t.inbound == inbound {
			topics = append(topics, t)
			if c.newSubject(t.subject) {
				fresh = append(fresh, t)
			}
		}
	}
	if len(fresh) > 0 {
		topics = fresh
	}
	topic := pick(p, topics)
	c.subjects = append(c.subjects, topic.subject)
	return topic
}

func (p *plan) callToCome(c *record) {
	at := p.moment(latest(c.born, p.now.AddDate(0, 0, -8)), p.past)
	scheduled := p.appointment(p.now.Add(time.Hour), p.now.AddDate(0, 0, 9))
	p.records = append(p.records, p.call(at, c, p.callTopic(c, at, false), collab.Patch{"scheduledAt": scheduled}))
}

// callIn plans a call that somebody received, and entered afterwards.
func (p *plan) callIn(c *record) {
	at := p.moment(c.born.Add(time.Hour), p.past)
	topic := p.callTopic(c, at, true)
	if p.chance(15) {
		p.call(at, c, topic, collab.Patch{"status": collab.CallMissed, "startedAt": at.Add(-20 * time.Minute), "notes": "Call back."})
		return
	}
	seconds := 90 + p.rng.IntN(1500)
	r := p.call(at, c, topic, collab.Patch{
		"status": collab.CallCompleted, "startedAt": at.Add(-time.Duration(seconds+60) * time.Second),
		"durationSeconds": seconds, "outcome": pick(p, topic.outcomes),
	})
	r.done = at
	p.records = append(p.records, r)
}

// callOut plans a call that was scheduled, and its outcome.
func (p *plan) callOut(c *record) {
	at := p.moment(c.born, p.past.Add(-4*time.Hour))
	scheduled := p.appointment(at, earliest(at.AddDate(0, 0, 6), p.past.Add(-time.Hour)))
	topic := p.callTopic(c, at, false)
	r := p.call(at, c, topic, collab.Patch{"scheduledAt": scheduled})
	started := scheduled.Add(time.Duration(p.rng.IntN(300)) * time.Second)
	switch {
	case p.chance(14):
		p.change(started.Add(time.Minute), r.owner, r, collab.Patch{"status": collab.CallMissed, "startedAt": started, "outcome": pick(p, missedOutcomes)})
	case p.chance(8):
		p.change(p.moment(at, scheduled), r.owner, r, collab.Patch{"status": collab.CallCancelled, "outcome": pick(p, cancelOutcomes)})
	default:
		seconds := 120 + p.rng.IntN(2000)
		r.done = started.Add(time.Duration(seconds+30) * time.Second)
		p.records = append(p.records, r)
		p.change(r.done, r.owner, r, collab.Patch{
			"status": collab.CallCompleted, "startedAt": started, "durationSeconds": seconds, "outcome": pick(p, topic.outcomes),
		})
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earliest(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
