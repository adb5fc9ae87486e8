package demo

import (
	"testing"
	"time"
)

// TestPlanAnyTime plans for each hour of a fortnight: neither random events nor stories may leave
// the plan's time, whatever the day of the week.
func TestPlanAnyTime(t *testing.T) {
	t.Parallel()
	for hour := range 14 * 24 {
		now := time.Date(2026, 2, 20, 0, 7, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour)
		p := newPlan(now)
		for i, s := range p.steps {
			switch {
			case s.at.Before(p.start) || s.at.After(now):
				t.Fatalf("a plan until %v has a step at %v", now, s.at)
			case i > 0 && !s.at.After(p.steps[i-1].at):
				t.Fatalf("a plan until %v has two steps at %v", now, s.at)
			case s.on != nil && s.at.Before(s.on.born.Truncate(time.Millisecond)):
				t.Fatalf("a plan until %v has a step at %v on a record of %v", now, s.at, s.on.born)
			}
		}
		if last := p.steps[len(p.steps)-1]; last.key != keyLast {
			t.Fatalf("a plan until %v ends at %v with another step than the last", now, last.at)
		}
	}
}

// The documents show the first customer by name, so its state must not depend on when somebody
// reads them.
func TestFirstCustomerDoesNotDependOnTime(t *testing.T) {
	t.Parallel()
	const first = "Agnieszka Zając"
	for hour := range 14 * 24 {
		p := newPlan(time.Date(2026, 2, 20, 0, 7, 0, 0, time.UTC).Add(time.Duration(hour) * time.Hour))
		versions, of := 0, (*record)(nil)
		for _, s := range p.steps {
			if s.fields["name"] == first {
				of = s.on
			}
			if of != nil && s.on == of && s.fields != nil {
				versions++
			}
		}
		if versions != 2 || of.owner != ben {
			t.Fatalf("%d hours later %s has version %d and belongs to %s", hour, first, versions, of.owner)
		}
	}
}
