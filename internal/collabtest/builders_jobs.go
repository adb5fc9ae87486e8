package collabtest

import (
	"slices"
	"time"

	"tandem/internal/collab"
)

// pushTo makes a notification about an entity, again if it is given, that reaches people by push and e-mail.
func (c *company) pushTo(id collab.ID, again *collab.Notification, people ...collab.ID) []*collab.Notification {
	c.t.Helper()
	return c.pushKind(collab.NotifyMention, id, again, people...)
}

func (c *company) pushKind(kind collab.NotificationKind, id collab.ID, again *collab.Notification, people ...collab.ID) []*collab.Notification {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, c.pushing(kind, again, people...)).Notifications
}

// pushing decides on a change of which people are told by push and e-mail.
func (c *company) pushing(kind collab.NotificationKind, again *collab.Notification, people ...collab.ID) collab.Decide {
	return func(st *collab.State) (*collab.Decision, error) {
		change := c.event(collab.ChangeView, st.Entity)
		for _, user := range people {
			n := &collab.Notification{
				ID: collab.NewID("ntf", time.Now()), UserID: user, Kind: kind, Title: "Ann mentioned you",
				EntityType: &change.EntityType, EntityID: &change.EntityID, ActorID: &change.ActorID, ActorIDs: []collab.ID{change.ActorID}, Count: 1,
				CreatedAt: change.OccurredAt, UpdatedAt: change.OccurredAt,
				Channels: []collab.NotificationChannel{collab.ChannelPush, collab.ChannelEmail},
			}
			if again != nil {
				n.ID, n.Replaces = again.ID, again.Cursor.Position
			}
			change.Notifications = append(change.Notifications, n)
		}
		return &collab.Decision{Change: change}, nil
	}
}

// tellOf makes a notification about several entities, as a batch does, that reaches people by push and e-mail.
func (c *company) tellOf(ids []collab.ID, people ...collab.ID) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: ids[0]}, func(st *collab.State) (*collab.Decision, error) {
		decision, err := c.pushing(collab.NotifyAssignment, nil, people...)(st)
		for _, n := range decision.Change.Notifications {
			n.Burst = &collab.Burst{Records: ids}
		}
		return decision, err
	})
}

// pushMany tells a person n times, about 25 entities in a transaction, and returns the ids of the notifications.
func (c *company) pushMany(user collab.ID, n int) (told []collab.ID) {
	c.t.Helper()
	planned := make([]collab.Planned, min(n, 25))
	for i := range planned {
		intent := collab.Intent{OrgID: c.id, ActorID: ann, EntityID: c.create(customer("Acme"))}
		planned[i] = collab.Planned{Intent: intent, Decide: c.pushing(collab.NotifyMention, nil, user)}
	}
	for len(told) < n {
		outcomes, err := c.store.WriteAll(c.t.Context(), planned[:min(n-len(told), len(planned))])
		if err != nil {
			c.t.Fatal(err)
		}
		for _, outcome := range outcomes {
			told = append(told, outcome.Written.Change.Notifications[0].ID)
		}
	}
	return told
}

// claim claims jobs of a kind at a time, for a minute.
func (c *company) claim(kind collab.JobKind, at collab.Time, busy ...string) []*collab.Job {
	c.t.Helper()
	jobs, _ := c.claimOrExpire(kind, at, busy...)
	return jobs
}

// claimOrExpire also returns the kinds of the jobs that have expired.
func (c *company) claimOrExpire(kind collab.JobKind, at collab.Time, busy ...string) (jobs []*collab.Job, expired []collab.JobKind) {
	c.t.Helper()
	jobs, expired, err := c.store.ClaimJobs(c.t.Context(), c.id, collab.JobClaim{
		Kind: kind, Now: at, Until: collab.At(at.Add(time.Minute)), Holder: collab.NewID("clm", time.Now()), Busy: busy, Limit: 1000,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return jobs, expired
}

// claimWith claims the pushes that are due now, for a minute, within bounds.
func (c *company) claimWith(claim collab.JobClaim) []*collab.Job {
	c.t.Helper()
	claim.Kind, claim.Now, claim.Until, claim.Holder = collab.JobPush, c.after(0), c.after(time.Minute), collab.NewID("clm", time.Now())
	jobs, _, err := c.store.ClaimJobs(c.t.Context(), c.id, claim)
	if err != nil {
		c.t.Fatal(err)
	}
	return jobs
}

// due reports whether the organization has work at a time for those who send jobs of a kind.
func (c *company) due(kind collab.JobKind, at collab.Time) bool {
	c.t.Helper()
	return slices.Contains(must(c.store.DueOrganizations(c.t.Context(), kind, at))(c.t), c.id)
}

// after is a time after now.
func (c *company) after(d time.Duration) collab.Time { return collab.At(c.now().Add(d)) }

// claimDigest claims a person's digest at a time, for a minute.
func (c *company) claimDigest(userID collab.ID, at collab.Time) *collab.Job {
	c.t.Helper()
	for _, job := range c.claim(collab.JobDigest, at) {
		if job.Target == userID {
			return job
		}
	}
	c.t.Fatalf("%s has no digest that is due", userID)
	return nil
}

// begin begins a claimed digest, and returns its id and its items, by their ids.
func (c *company) begin(job *collab.Job, proposed collab.ID) (collab.ID, []collab.ID) {
	c.t.Helper()
	id, items, err := c.store.BeginDigest(c.t.Context(), job, proposed)
	if err != nil {
		c.t.Fatal(err)
	}
	slices.Sort(items)
	return id, items
}

func (c *company) end(job *collab.Job, digest collab.ID) {
	c.t.Helper()
	if err := c.store.EndDigest(c.t.Context(), c.id, job.UserID, digest); err != nil {
		c.t.Fatal(err)
	}
}

func (c *company) finish(job *collab.Job, until collab.Time) {
	c.t.Helper()
	if err := c.store.FinishJob(c.t.Context(), job, until); err != nil {
		c.t.Fatal(err)
	}
}

// plan makes a claimed job wait for a time that was chosen for it.
func (c *company) plan(job *collab.Job, until collab.Time) {
	c.t.Helper()
	job.Planned = true
	if err := c.store.PostponeJob(c.t.Context(), job, until); err != nil {
		c.t.Fatal(err)
	}
}

// fail makes a claimed job wait after an attempt that failed.
func (c *company) fail(job *collab.Job, until collab.Time) {
	c.t.Helper()
	job.Attempts++
	if err := c.store.PostponeJob(c.t.Context(), job, until); err != nil {
		c.t.Fatal(err)
	}
}

// rechoose has a person choose at a time, so that their jobs are due: they may wait on what was chosen before.
func (c *company) rechoose(userID collab.ID, at collab.Time) {
	c.t.Helper()
	c.as(userID).preferAt(collab.PreferencesPatch{}, at)
}
