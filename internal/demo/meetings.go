package demo

import (
	"cmp"
	"slices"
	"time"

	"tandem/internal/collab"
)

// pipelineMeetings is the number of the team's weekly meetings, including the next one.
const pipelineMeetings = 7

// meetings plans the meetings with the customers, and the team's own.
func (p *plan) meetings(customers []*record) {
	for i := range meetingCount {
		c := customers[(i*7)%len(customers)]
		if i%3 == 2 {
			p.meetingToCome(c)
		} else {
			p.meetingHeld(c)
		}
	}
	p.pipeline()
}

// meeting plans the creation of a meeting.
func (p *plan) meeting(at, starts time.Time, c *record, topic meetingTopic) *record {
	by := p.keeper(c)
	attendees := []collab.ID{by, p.anybody(by)}
	if p.chance(30) {
		attendees = append(attendees, grace)
	}
	halves := time.Duration(1 + p.rng.IntN(2))
	return p.create(at, by, collab.TypeMeeting, c, collab.Patch{
		"title": topic.title + ": " + c.label, "ownerId": by, "startsAt": starts, "endsAt": starts.Add(halves * 30 * time.Minute),
		"location": cmp.Or(topic.place, c.label+", "+c.city), "agenda": topic.agenda, "attendeeIds": attendees,
	})
}

// meetingTopic returns the topic of a meeting at a time: a new one, if possible.
func (p *plan) meetingTopic(c *record, at time.Time) meetingTopic {
	topics := meetingTopics[c.stageAt(at)]
	fresh := slices.DeleteFunc(slices.Clone(topics), func(t meetingTopic) bool { return !c.newSubject(t.title) })
	if len(fresh) > 0 {
		topics = fresh
	}
	topic := pick(p, topics)
	c.subjects = append(c.subjects, topic.title)
	return topic
}

func (p *plan) meetingToCome(c *record) {
	at := p.moment(latest(c.born, p.now.AddDate(0, 0, -12)), p.past)
	starts := p.appointment(p.now.Add(2*time.Hour), p.now.AddDate(0, 0, 14))
	p.records = append(p.records, p.meeting(at, starts, c, p.meetingTopic(c, at)))
}

func (p *plan) meetingHeld(c *record) {
	at := p.moment(c.born, p.past.Add(-8*time.Hour))
	starts := p.appointment(at, earliest(at.AddDate(0, 0, 10), p.past.Add(-3*time.Hour)))
	topic := p.meetingTopic(c, at)
	r := p.meeting(at, starts, c, topic)
	if p.chance(12) {
		p.change(p.moment(at, starts), r.owner, r, collab.Patch{"status": collab.MeetingCancelled, "notes": "They could not make it. A new date follows."})
		return
	}
	r.done = starts.Add(80 * time.Minute)
	p.records = append(p.records, r)
	p.change(r.done, r.owner, r, collab.Patch{"status": collab.MeetingCompleted, "notes": pick(p, topic.notes)})
}

// pipeline plans the team's meeting every Monday at eight.
func (p *plan) pipeline() {
	next := p.now.Truncate(24 * time.Hour).Add(8 * time.Hour)
	for next.Weekday() != time.Monday || next.Before(p.past.Add(-time.Hour)) {
		next = next.AddDate(0, 0, 1)
	}
	for week := range pipelineMeetings {
		starts := next.AddDate(0, 0, -7*week)
		r := p.create(starts.AddDate(0, 0, -10).Add(6*time.Hour), ada, collab.TypeMeeting, nil, collab.Patch{
			"title": "Pipeline review", "ownerId": ada, "startsAt": starts, "endsAt": starts.Add(45 * time.Minute),
			"location": "Big table", "agenda": pipelineAgenda, "attendeeIds": []collab.ID{ada, ben, chloe, jonas},
		})
		if week > 0 {
			p.change(starts.Add(50*time.Minute), ada, r, collab.Patch{"status": collab.MeetingCompleted, "notes": pick(p, pipelineNotes)})
		}
	}
}
