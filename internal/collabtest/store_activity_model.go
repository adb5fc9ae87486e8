package collabtest

import (
	"math/rand/v2"
	"slices"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/seeded"
)

// activityModel compares random queries of a random log with what a plain filter finds. Times are
// not quite in the order of positions, as when instances' clocks differ.
func activityModel(t *testing.T, f StoreFixture) {
	random := seeded.New(t).Rand(0)
	c := found(t, f.Store)
	people := []collab.ID{ann, "bob", "zoe"}
	c.join(people[1:]...)
	ids := []collab.ID{c.create(customer("Acme"))}
	for range 120 {
		as, id := c.as(people[random.IntN(len(people))]), ids[random.IntN(len(ids))]
		c.clock.Add(-random.Int64N(4))
		switch random.IntN(6) {
		case 0:
			ids = append(ids, as.create(call("talk", &ids[0])))
		case 1:
			ids = append(ids, as.create(meeting("kick-off", &ids[0])))
		case 2:
			as.comment(id, "seen")
		case 3:
			as.view(id)
		default:
			as.edit(id, func(collab.Entity) {})
		}
	}
	log := c.log(0)
	for range 300 {
		query := randomActivity(random, people, ids, log)
		want := []int64{}
		for _, change := range slices.Backward(log) {
			if len(want) < query.Limit && shows(query, change) {
				want = append(want, change.Cursor.Position)
			}
		}
		equal(t, inJSON(t, query), positionsOf(c.activity(query)), want)
	}
}

func randomActivity(random *rand.Rand, people, ids []collab.ID, log []*collab.Change) collab.ActivityQuery {
	query := collab.ActivityQuery{Limit: 1 + random.IntN(20), Before: random.Int64N(2) * random.Int64N(int64(len(log)))}
	switch random.IntN(4) {
	case 0:
		query.Feed = collab.ActivityFeed{Type: collab.FeedUser, EntityID: oneIn(random, append(people, "nobody"))}
	case 1:
		query.Feed = collab.ActivityFeed{Type: collab.FeedCustomer, EntityID: ids[0]}
	}
	filter := &query.Filter
	filter.Types = someIn(random, collab.ActivityTypes)
	filter.EntityTypes = someIn(random, collab.EntityTypes)
	filter.UserIDs = someIn(random, append(people, "nobody"))
	if random.IntN(4) == 0 {
		filter.EntityIDs = someIn(random, ids)
	}
	if random.IntN(3) == 0 {
		filter.Since = new(oneIn(random, log).OccurredAt)
	}
	if random.IntN(3) == 0 {
		filter.Until = new(oneIn(random, log).OccurredAt)
	}
	return query
}

func oneIn[T any](random *rand.Rand, all []T) T { return all[random.IntN(len(all))] }

// someIn is nil half of the time, and otherwise one or two.
func someIn[T any](random *rand.Rand, all []T) []T {
	if random.IntN(2) == 0 {
		return nil
	}
	return []T{oneIn(random, all), oneIn(random, all)}[:1+random.IntN(2)]
}

// shows reports whether a change is in the answer to a query, by the words of the schema.
func shows(q collab.ActivityQuery, c *collab.Change) bool {
	is := func(id *collab.ID) bool { return id != nil && *id == q.Feed.EntityID }
	f := q.Filter
	return slices.Contains(collab.ActivityTypes, c.Type) &&
		(q.Before == 0 || c.Cursor.Position < q.Before) &&
		(q.Feed.Type != collab.FeedUser || c.ActorID == q.Feed.EntityID) &&
		(q.Feed.Type != collab.FeedCustomer || is(c.CustomerID) || is(c.PriorCustomerID)) &&
		(f.Types == nil || slices.Contains(f.Types, c.Type)) &&
		(f.EntityTypes == nil || slices.Contains(f.EntityTypes, c.EntityType)) &&
		(f.EntityIDs == nil || slices.Contains(f.EntityIDs, c.EntityID)) &&
		(f.UserIDs == nil || slices.Contains(f.UserIDs, c.ActorID)) &&
		(f.Since == nil || !c.OccurredAt.Before(f.Since.Time)) &&
		(f.Until == nil || c.OccurredAt.Before(f.Until.Time))
}
