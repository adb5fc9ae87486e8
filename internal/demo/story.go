package demo

import (
	"strings"
	"time"

	"tandem/internal/collab"
)

// The numbers of calls and meetings in the stories, without those that are deleted.
const (
	storyCalls    = 7
	storyMeetings = 6
)

// storied plans the beginning of a customer with a story.
func (p *plan) storied(row row, by collab.ID, status collab.CustomerStatus) *record {
	fields := document(row, status, by)
	fields["notes"], fields["tags"] = nil, []string{}
	c := p.create(p.start.Add(10*time.Minute), by, collab.TypeCustomer, nil, fields)
	c.label, c.city, c.stages = label(row), row.city, []stage{{c.born, status}}
	return c
}

// beats returns a function that returns n times, one after the other, from the
// beginning of the plan to a day before its end.
func (p *plan) beats(n int) func() time.Time {
	from := p.start.Add(time.Hour)
	length := p.past.AddDate(0, 0, -1).Sub(from) / time.Duration(n)
	return func() time.Time {
		t := p.moment(from, from.Add(length-2*time.Hour))
		from = from.Add(length)
		return t
	}
}

// held plans a call that ended just now.
func (p *plan) held(at time.Time, by collab.ID, c *record, topic string, minutes int, outcome string) *record {
	return p.create(at, by, collab.TypeCall, c, collab.Patch{
		"subject": topic + ": " + c.label, "direction": collab.CallInbound, "status": collab.CallCompleted, "ownerId": by,
		"startedAt": at.Add(-time.Duration(minutes+1) * time.Minute), "durationSeconds": minutes * 60, "outcome": outcome,
	})
}

// met plans a meeting, from its invitation to its notes.
func (p *plan) met(at, starts time.Time, by collab.ID, c *record, topic meetingTopic, attendees ...collab.ID) *record {
	starts = starts.Truncate(15 * time.Minute)
	r := p.create(at, by, collab.TypeMeeting, c, collab.Patch{
		"title": topic.title + ": " + c.label, "ownerId": by, "startsAt": starts, "endsAt": starts.Add(time.Hour),
		"location": c.label + ", " + c.city, "agenda": topic.agenda, "attendeeIds": attendees,
	})
	p.change(starts.Add(70*time.Minute), by, r, collab.Patch{"status": collab.MeetingCompleted, "notes": topic.notes[0]})
	return r
}

// exampleStory is how a brewery becomes a customer, the one that the examples show.
func (p *plan) exampleStory(c *record) {
	p.creation(c).key = keyCustomer
	beat := p.beats(17)
	p.held(beat(), jonas, c, "First conversation", 21, "Saw our plant at a friend's brewery. Wants somebody to look at theirs.")
	p.say(beat(), ben, c, "Met Jürgen at the fair last year. Serious, and he knows his water. @Jonas thanks for picking up!", jonas)
	p.change(beat(), ben, c, collab.Patch{"tags": []string{"brewery", "dach"}})
	survey := p.met(beat(), beat(), chloe, c, meetingTopics[prospect][0], chloe, ben)
	p.say(beat(), chloe, survey, "@Ben photos are on the drive. The cellar stairs are 70 cm wide, the plant has to come in two parts.", ben)
	p.change(beat(), ben, c, collab.Patch{"status": prospect})
	p.held(beat(), ben, c, "Questions about the offer", 34, "Renting is off the table; they buy, and take the service contract for three years.")
	p.change(beat(), ben, c, collab.Patch{"notes": "Two brewhouses, one taproom. Needs soft water for the lager."})
	p.change(beat(), jonas, c, collab.Patch{"tags": strings.Fields(customerRows[0].tags)}).behind = 1
	p.change(beat(), ben, c, collab.Patch{"status": active})
	p.say(beat(), chloe, c, "Signed! 🎉 @Ada this is the largest plant we have sold so far.", ada, ben)
	p.add(beat(), grace, (*writer).view, c)
	p.met(beat(), beat(), jonas, c, meetingTopics[active][0], jonas, ben)
	p.change(beat(), chloe, c, collab.Patch{"notes": customerRows[0].notes})
	p.toCome(beat(), c)
}

// toCome plans the future of the example customer.
func (p *plan) toCome(at time.Time, c *record) {
	review := p.workday(5).Add(10 * time.Hour)
	p.held(at.Add(-time.Hour), ben, c, "Low pressure at the tap", 8, "A valve was half closed. Solved on the telephone.")
	call := p.create(at, ben, collab.TypeCall, c, collab.Patch{
		"subject": "Filter change due: " + c.label, "direction": collab.CallOutbound, "ownerId": ben, "scheduledAt": p.workday(2).Add(9 * time.Hour),
	})
	p.creation(call).key = keyCall
	meeting := p.create(at.Add(5*time.Minute), ben, collab.TypeMeeting, c, collab.Patch{
		"title": "Quarterly review: " + c.label, "ownerId": ben, "startsAt": review, "endsAt": review.Add(time.Hour),
		"location": c.label + ", " + c.city, "agenda": meetingTopics[active][1].agenda, "attendeeIds": []collab.ID{ben, chloe, grace},
	})
	p.creation(meeting).key = keyMeeting
	p.say(at.Add(20*time.Minute), jonas, call, "@Ben ask him for the taproom as well, they have a second tap there by now.", ben)
	p.say(at.Add(time.Hour), chloe, meeting, "I bring the consumption of the last three months.")
	p.records = append(p.records, call, meeting)
}

// renewalStory is a conflict that was resolved: one person wrote a customer off while another one
// won it back.
func (p *plan) renewalStory(c *record) {
	beat := p.beats(6)
	p.held(beat(), chloe, c, "Invoice unclear", 12, "Finds the cartridges too dear. Compares prices.")
	p.say(beat(), chloe, c, "@Ada can we do anything about the price here?", ada)
	p.met(beat(), beat(), jonas, c, meetingTopic{"Price of the contract", "", "1. Their consumption\n2. Prices of competitors\n3. Two years instead of one",
		[]string{"Saoirse takes two years at ten percent off."}}, jonas, chloe)
	at := beat()
	p.change(at, chloe, c, collab.Patch{"status": churned, "notes": "Went with somebody cheaper, says her brother."})
	p.collision(at.Add(3*time.Minute), jonas, c, collab.Patch{
		"notes": customerRows[1].notes, "tags": strings.Fields(customerRows[1].tags),
	})
	p.say(at.Add(12*time.Minute), jonas, c, "@Chloé not lost at all, she signed an hour ago. The brother did not know.", chloe)
	p.add(at.Add(30*time.Minute), ada, (*writer).resolve, c)
	p.change(at.Add(40*time.Minute), ada, c, collab.Patch{"status": active})
}

// workday returns the midnight at which the n-th working day after the end of
// the plan begins.
func (p *plan) workday(n int) time.Time {
	day := p.now.Truncate(24 * time.Hour)
	for n > 0 {
		day = day.AddDate(0, 0, 1)
		if day.Weekday() != time.Saturday && day.Weekday() != time.Sunday {
			n--
		}
	}
	return day
}

// collision plans an edit by somebody who has not seen the newest version, and whose edit
// contradicts it.
func (p *plan) collision(at time.Time, by collab.ID, r *record, fields collab.Patch) {
	s := p.add(at, by, (*writer).collide, r)
	s.fields, s.behind = fields, 1
}

// mistakes plans records that people create by mistake and then delete.
func (p *plan) mistakes() {
	beat := p.beats(5)
	at := beat()
	double := p.create(at, jonas, collab.TypeCustomer, nil, collab.Patch{"name": "Jürgen Gross", "company": "Hopfenstern", "ownerId": jonas})
	p.say(at.Add(20*time.Minute), ben, p.records[0], "@Jonas you have entered Jürgen a second time, with a double s. Can you delete that one?", jonas)
	p.add(at.Add(45*time.Minute), jonas, (*writer).delete, double)
	at = beat()
	test := p.create(at, chloe, collab.TypeCall, nil, collab.Patch{"subject": "Test, please ignore", "direction": collab.CallOutbound})
	p.add(at.Add(2*time.Minute), chloe, (*writer).delete, test)
	at = beat()
	lunch := p.create(at, jonas, collab.TypeMeeting, nil, collab.Patch{
		"title": "Lunch?", "startsAt": at.Add(time.Hour), "endsAt": at.Add(2 * time.Hour), "attendeeIds": []collab.ID{jonas, ben},
	})
	p.add(at.Add(25*time.Minute), jonas, (*writer).delete, lunch)
	at = beat()
	day := at.AddDate(0, 0, 28).Truncate(24 * time.Hour)
	outing := p.create(at, ada, collab.TypeMeeting, nil, collab.Patch{
		"title": "Team day at the waterworks", "ownerId": ada, "startsAt": day.Add(9 * time.Hour), "endsAt": day.Add(16 * time.Hour),
		"location": "Old waterworks, gate 2", "agenda": "1. How the big ones do it\n2. Picnic\n3. Bring shoes that may get wet",
		"attendeeIds": []collab.ID{ada, ben, chloe, jonas, grace},
	})
	at = beat()
	p.add(at, ada, (*writer).delete, outing)
	p.say(at.Add(30*time.Minute), ben, p.records[0], "@Ada the team day has vanished from my list, was that on purpose?", ada)
	p.add(at.Add(35*time.Minute), ada, (*writer).restore, outing)
}
