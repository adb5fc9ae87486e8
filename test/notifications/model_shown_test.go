package notifications_test

import (
	"maps"
	"slices"
	"strings"
	"time"

	"tandem/internal/webpushtest"
)

// A showing is a notification at a browser, with the greatest count that it was shown with.
type showing struct {
	row
	count int
}

// shown returns what a browser shows. It shows a message that arrives again, or late, as little as the service worker of the kit does. A
// message may arrive once more for each time that its claim may have ended before its answer came, after a removal of its person, and after its rest.
func (c *cluster) shown(m *told, b *webpushtest.Browser) []showing {
	m.t.Helper()
	most := 1 + c.repeats + m.removals[c.ownerOf(b)] + int(time.Since(c.began)/restTime)
	names, times, by := map[string]string{}, map[string]int{}, map[string]showing{}
	for name, r := range m.records {
		names[r.customer["id"].(string)] = name
	}
	person := c.ownerOf(b)
	for _, message := range b.Messages() {
		n := message.Notification
		if times[n.Tag]++; times[n.Tag] > most {
			m.t.Errorf("%s got the message %s %d times", person, n.Tag, times[n.Tag])
		}
		about := ""
		if n.Data.EntityID != nil {
			about = names[*n.Data.EntityID]
		}
		by[n.Tag] = showing{row{person, n.Data.Kind, about}, max(by[n.Tag].count, n.Data.Count)}
	}
	return slices.Collect(maps.Values(by))
}

func (c *cluster) ownerOf(b *webpushtest.Browser) string {
	for person, browsers := range c.browsers {
		if slices.Contains(browsers, b) {
			return person
		}
	}
	return ""
}

// compare compares what the browsers show with the model, and notes in the model what was sent of what it leaves open.
func (c *cluster) compare(m *told) {
	m.t.Helper()
	least, most := m.pushes()
	arrivals := map[string][]map[row]int{}
	for person, browsers := range c.browsers {
		for i, b := range browsers {
			got := map[row]int{}
			for _, s := range c.shown(m, b) {
				got[s.row]++
			}
			arrivals[person] = append(arrivals[person], got)
			for r := range most {
				if r.person == person && (got[r] < least[r] || got[r] > most[r]) {
					m.t.Errorf("browser %d got %d of %v, and in the model %d to %d", i, got[r], r, least[r], most[r])
				}
			}
			for r := range got {
				if most[r] == 0 {
					m.t.Errorf("browser %d got %v, which is not in the model", i, r)
				}
			}
		}
	}
	if m.t.Failed() {
		m.t.Fatalf("after\n%s", strings.Join(m.done, "\n"))
	}
	m.settled(arrivals)
}
