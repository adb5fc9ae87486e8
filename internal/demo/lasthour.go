package demo

import (
	"time"

	"tandem/internal/collab"
)

// lastHour plans the most recent events: three edits in conflict with somebody else's that wait for
// a decision, a call that is still going on, and a last comment.
func (p *plan) lastHour(customers []*record) {
	for i, by := range []collab.ID{ada, ben, chloe, jonas} {
		p.add(p.ago(58).Add(time.Duration(i)*time.Second), by, (*writer).catchUp, nil)
	}
	clinic, hotel, office := customers[2], customers[4], customers[6]
	p.contestedNotes(clinic)
	p.contestedCall(hotel)
	p.contestedMeeting(office)
	p.create(p.ago(6), jonas, collab.TypeCall, customers[3], collab.Patch{
		"subject": "Low pressure at the tap: " + customers[3].label, "direction": collab.CallInbound,
		"status": collab.CallInProgress, "ownerId": jonas, "startedAt": p.ago(6),
	})
	p.add(p.ago(14), grace, (*writer).view, customers[0])
	p.add(p.ago(8), ben, (*writer).view, customers[0])
	p.say(p.ago(3), ada, customers[0], "@Ben well done here. The brewery from Plzeň wants the same, twice the size.", ben).key = keyLast
}

// ago returns the time that is a number of minutes before the end of the plan.
func (p *plan) ago(minutes int) time.Time { return p.now.Add(-time.Duration(minutes) * time.Minute) }

// contestedNotes: two people write down the same visit.
func (p *plan) contestedNotes(c *record) {
	p.add(p.ago(55), chloe, (*writer).view, c)
	p.change(p.ago(52), ben, c, collab.Patch{
		"notes": "Thirteen treatment rooms on three floors. Certificate is due in January; Siobhán wants the visit in the first week.",
	})
	p.collision(p.ago(49), chloe, c, collab.Patch{
		"notes": "Fourteen treatment rooms by now, the new ones have no tap yet. Certificate is due in January.",
		"tags":  []string{"clinic", "uk-ie", "service-contract", "extension"},
	})
	p.say(p.ago(47), chloe, c, "@Ben we were writing at the same time. I counted fourteen; the rest of yours is right.", ben)
}

// contestedCall: two people move the same call to different days.
func (p *plan) contestedCall(c *record) {
	call := p.create(p.ago(45), chloe, collab.TypeCall, c, collab.Patch{
		"subject": "Decision about the trial: " + c.label, "direction": collab.CallOutbound, "ownerId": chloe,
		"scheduledAt": p.workday(1).Add(13 * time.Hour),
	})
	p.change(p.ago(41), chloe, call, collab.Patch{"scheduledAt": p.workday(3).Add(9 * time.Hour)})
	p.collision(p.ago(38), ada, call, collab.Patch{
		"scheduledAt": p.workday(2).Add(15*time.Hour + 30*time.Minute), "notes": "Mme Aubry joins, but only after three.",
	})
}

// contestedMeeting: one person has moved a meeting online, while the other one has booked the
// train.
func (p *plan) contestedMeeting(c *record) {
	starts := p.workday(4).Add(10 * time.Hour)
	meeting := p.create(p.ago(33), jonas, collab.TypeMeeting, c, collab.Patch{
		"title": "Quarterly review: " + c.label, "ownerId": jonas, "startsAt": starts, "endsAt": starts.Add(time.Hour),
		"location": "Showroom", "agenda": meetingTopics[active][1].agenda, "attendeeIds": []collab.ID{jonas, ben},
	})
	p.change(p.ago(27), ben, meeting, collab.Patch{"location": "Video call", "endsAt": starts.Add(30 * time.Minute)})
	p.collision(p.ago(22), jonas, meeting, collab.Patch{
		"location": c.label + ", " + c.city, "agenda": meetingTopics[active][1].agenda + "\n4. Lunch on their roof",
	})
	p.say(p.ago(20), jonas, meeting, "@Ben I have a train ticket already. Zoë would rather see us than a screen.", ben)
}
