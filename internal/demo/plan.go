package demo

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"tandem/internal/collab"
)

// Keys of the steps that are looked up afterwards.
const (
	keyCustomer = "example-customer"
	keyCall     = "example-call"
	keyMeeting  = "example-meeting"
	keyDeal     = "example-deal"
	keyLast     = "last"
)

// A step is one write of the plan.
type step struct {
	at time.Time
	by collab.ID
	do func(*writer, context.Context, *step) error
	on *record
	// key names the step; a step without a key is named by its number.
	key      string
	fields   collab.Patch
	text     string
	mentions []collab.ID
	// behind is the number of versions by which the writer's view of the record is out of date.
	behind int
}

// A record is an entity of the plan. Its id and version are known once it is written.
type record struct {
	kind     collab.EntityType
	customer *record // of a customer: itself
	owner    collab.ID
	born     time.Time
	// label, city and stages are set for a customer: its name in calls and meetings, where it is,
	// and when it reached which status.
	label, city string
	stages      []stage
	// subjects are the topics of the calls and meetings with the customer.
	subjects []string
	// done is when a call or a meeting was over; zero if it is not.
	done time.Time

	id       collab.ID
	version  int
	conflict collab.ID
}

// A stage is a status of a customer and the time from which it has it.
type stage struct {
	from   time.Time
	status collab.CustomerStatus
}

// newSubject reports whether nobody has talked to the customer about the subject yet.
func (r *record) newSubject(subject string) bool { return !slices.Contains(r.subjects, subject) }

// stageAt returns the customer's status at a time.
func (r *record) stageAt(t time.Time) collab.CustomerStatus {
	status := r.stages[0].status
	for _, s := range r.stages {
		if !s.from.After(t) {
			status = s.status
		}
	}
	return status
}

// A plan is everything that the company did until now.
type plan struct {
	start time.Time
	// past is the end of the random events; the last hour consists of stories only.
	past  time.Time
	now   time.Time
	rng   *rand.Rand
	steps []*step
	// records are the records that people come back to, without those that are ever deleted.
	records []*record
}

// newPlan plans the history that ends at now. Equal times make equal plans, so it is safe to run a
// plan again.
func newPlan(now time.Time) *plan {
	now = now.UTC()
	p := &plan{start: now.Add(-history), past: now.Add(-time.Hour), now: now, rng: rand.New(rand.NewPCG(8, 60))}
	for i, claims := range People() {
		p.add(p.start.Add(time.Duration(i)*time.Minute), claims.UserID, (*writer).join, nil)
	}
	customers := p.customers()
	p.exampleStory(customers[0])
	p.renewalStory(customers[1])
	p.mistakes()
	p.calls(customers[2:])
	p.meetings(customers[2:])
	p.comments()
	p.views()
	p.lastHour(customers)
	p.confidential()
	p.deals(customers)
	p.sort()
	return p
}

// add plans a step and returns it, so that the caller can complete it.
func (p *plan) add(at time.Time, by collab.ID, do func(*writer, context.Context, *step) error, on *record) *step {
	s := &step{at: at, by: by, do: do, on: on}
	p.steps = append(p.steps, s)
	return s
}

// create plans a record, which belongs to customer unless that is nil.
func (p *plan) create(at time.Time, by collab.ID, kind collab.EntityType, customer *record, fields collab.Patch) *record {
	r := &record{kind: kind, customer: customer, owner: by, born: at}
	if owner, ok := fields["ownerId"].(collab.ID); ok {
		r.owner = owner
	}
	if kind == collab.TypeCustomer {
		r.customer = r
	}
	p.add(at, by, (*writer).create, r).fields = fields
	return r
}

// creation returns the step that creates a record of the plan.
func (p *plan) creation(r *record) *step {
	return p.steps[slices.IndexFunc(p.steps, func(s *step) bool { return s.on == r })]
}

// change plans an update.
func (p *plan) change(at time.Time, by collab.ID, r *record, fields collab.Patch) *step {
	s := p.add(at, by, (*writer).update, r)
	s.fields = fields
	return s
}

// say plans a comment.
func (p *plan) say(at time.Time, by collab.ID, r *record, text string, mentions ...collab.ID) *step {
	s := p.add(at, by, (*writer).comment, r)
	s.text, s.mentions = text, mentions
	return s
}

// sort orders the steps by time, and gives each a time of its own. The steps of one record are
// planned in their order, which a stable sort keeps.
func (p *plan) sort() {
	slices.SortStableFunc(p.steps, func(a, b *step) int { return a.at.Compare(b.at) })
	for i, s := range p.steps {
		s.at = s.at.Truncate(time.Millisecond)
		if i > 0 && !s.at.After(p.steps[i-1].at) {
			s.at = p.steps[i-1].at.Add(time.Millisecond)
		}
	}
}

// moment returns a time in a range, within working hours if the range has any. The number of
// attempts depends on the time of day, so it takes one random number from the plan and draws the
// others from its own source: the rest of the plan is then the same at any time of day.
func (p *plan) moment(from, to time.Time) time.Time {
	own := rand.New(rand.NewPCG(p.rng.Uint64(), 0))
	var t time.Time
	for range 40 {
		t = from.Add(time.Duration(own.Int64N(max(1, int64(to.Sub(from))))))
		if day := t.Weekday(); day != time.Saturday && day != time.Sunday && t.Hour() >= 7 && t.Hour() < 17 {
			break
		}
	}
	return t
}

// appointment returns a time at which people would agree to meet.
func (p *plan) appointment(from, to time.Time) time.Time {
	const quarter = 15 * time.Minute
	return p.moment(from.Add(quarter), to).Truncate(quarter)
}

// chance is true with a probability in percent.
func (p *plan) chance(percent int) bool { return p.rng.IntN(100) < percent }

// pick returns any of the values.
func pick[T any](p *plan, values []T) T { return values[p.rng.IntN(len(values))] }

// anybody returns one of the people who write, other than a given person.
func (p *plan) anybody(except collab.ID) collab.ID {
	writers := []collab.ID{ben, chloe, jonas, ben, chloe, jonas, ada}
	return pick(p, slices.DeleteFunc(writers, func(id collab.ID) bool { return id == except }))
}

// keeper returns the person who works on the record: most of the time its owner.
func (p *plan) keeper(r *record) collab.ID {
	if r.owner == "" || p.chance(30) {
		return p.anybody(r.owner)
	}
	return r.owner
}

// comments plans the comments on the records.
func (p *plan) comments() {
	for range 110 {
		at := p.moment(p.start.AddDate(0, 0, 1), p.past)
		r := p.onTheDesk(at)
		by := p.keeper(r)
		text, mentioned := pick(p, commentTexts[talk{r.kind, !r.done.IsZero() && r.done.Before(at)}]), p.anybody(by)
		if !strings.Contains(text, "%s") {
			p.say(at, by, r, text)
			continue
		}
		p.say(at, by, r, strings.ReplaceAll(text, "%s", firstName(mentioned)), mentioned)
	}
}

// views plans who looks at what, which is the only thing that Grace does.
func (p *plan) views() {
	for i := range 100 {
		at, by := p.moment(p.start.AddDate(0, 0, 1), p.past), p.anybody("")
		if i%3 == 0 {
			by = grace
		}
		p.add(at, by, (*writer).view, p.onTheDesk(at))
	}
}

// onTheDesk returns a record that people work on at a time: any customer, or one of the calls and
// meetings that were entered last.
func (p *plan) onTheDesk(at time.Time) *record {
	customers := p.chance(50)
	var desk []*record
	for _, r := range p.records {
		if (r.kind == collab.TypeCustomer) == customers && r.born.Before(at) {
			desk = append(desk, r)
		}
	}
	slices.SortFunc(desk, func(a, b *record) int { return b.born.Compare(a.born) })
	if !customers {
		desk = desk[:min(len(desk), 20)]
	}
	if len(desk) == 0 {
		return p.records[0]
	}
	return pick(p, desk)
}

func firstName(id collab.ID) string {
	for _, claims := range People() {
		if claims.UserID == id {
			return strings.Fields(claims.Name)[0]
		}
	}
	return string(id)
}

// orNull returns a text for a patch: null if it is empty.
func orNull[T ~string](text T) any {
	if text == "" {
		return nil
	}
	return text
}
