package collab

import (
	"context"
	"slices"
	"time"
)

// A JobStore is the queue of what is to be sent. A write that makes a notification inserts its jobs, so that neither is
// there without the other: a job for each browser of its person, or one for the person's next digest. An instance claims
// jobs for a time; if it dies, they are due again when that time is over.
type JobStore interface {
	// DueOrganizations returns the organizations with jobs of a kind that are due, or with expired jobs of any kind.
	DueOrganizations(ctx context.Context, kind JobKind, now Time) ([]ID, error)
	// ClaimJobs claims jobs of an organization that are due, those first that have been due for longest. It deletes expired
	// jobs of all kinds, a digest with its items, and returns the kind of each: at most MaxExpired, and it claims none as long as
	// more are left. It passes over jobs that another instance is just claiming.
	ClaimJobs(ctx context.Context, orgID ID, claim JobClaim) (jobs []*Job, expired []JobKind, err error)
	// FinishJob ends a claimed job. Additions to it wait until a time, also those that were made since the job was claimed, except a
	// snooze that ends before that time. So does a digest that still has items, which counts as queued when the first of them was told.
	FinishJob(ctx context.Context, job *Job, until Time) error
	// PostponeJob makes a claimed job due at a time, with the Attempts that it has now. A planned job, and a
	// digest that was not tried, is due at once if its person's preferences changed since its claim, and a digest also if it was added
	// to: the time may rest on what was before.
	PostponeJob(ctx context.Context, job *Job, until Time) error
	// RecallJobs makes jobs of an organization due that wait for longer than any job does, and returns how many: at most MaxRecalled. Nothing
	// of them is later than now from then on, and a job that rests ends. Jobs that wait for the end of a snooze stay.
	RecallJobs(ctx context.Context, orgID ID, now Time) (int, error)
	// LatestTime returns the later one of a time and that of the store's own clock, if it has one.
	LatestTime(ctx context.Context, now Time) (Time, error)
	// JobStats returns what is due in the queues of all organizations, including jobs whose last attempt failed.
	JobStats(ctx context.Context, now Time) (map[JobKind]JobStats, error)

	// BeginDigest returns the ids of the notifications of a claimed digest, in any order, and the id of the digest: those of a
	// digest that was begun before and has not ended, or else all that wait, in a new digest with the proposed id. So what is
	// sent again, after an instance died, is the same. A notification that grows leaves a digest that was begun. There are
	// none if another instance has claimed the job since.
	BeginDigest(ctx context.Context, job *Job, proposed ID) (id ID, items []ID, err error)
	// DigestCheck returns what decides at a time on a JobDigest, with what is in the digest that was begun, in one state; nil if
	// its person is not a member.
	DigestCheck(ctx context.Context, job *Job, now Time) (*DigestCheck, error)
	// EndDigest deletes the items of a digest.
	EndDigest(ctx context.Context, orgID, userID, id ID) error
	// DropDigest deletes everything of which a claimed digest would tell, and reports whether it did. It deletes nothing if
	// the digest was added to or its person's preferences changed since its claim, or if another instance claimed it: what its person
	// chose, and whether they are a member, may have changed before the addition.
	DropDigest(ctx context.Context, job *Job) (bool, error)
}

// A JobKind is what a job sends.
type JobKind string

// The kinds of jobs.
const (
	JobPush   JobKind = "PUSH"   // a notification to a browser
	JobDigest JobKind = "DIGEST" // an e-mail to a person
)

// JobKinds are all kinds of jobs.
var JobKinds = []JobKind{JobPush, JobDigest}

const (
	// MaxJobsPerBrowser bounds the messages that wait for one browser. The oldest that is not urgent makes room for a further one,
	// or if all are urgent, the oldest for one that is urgent: the person has the inbox.
	MaxJobsPerBrowser = 50
	// MaxDigestItems bounds the notifications that wait for a person's next digest. The oldest makes room.
	MaxDigestItems = 500
	// MaxExpired bounds the expired jobs that one claim deletes. After a day without a server, all pushes have expired at once.
	MaxExpired = 1000
	// PushLifetime and DigestLifetime are how long after it was due a job is deleted, if it could not be sent. A weekend without
	// a server or a mail server loses no digest.
	PushLifetime   = 24 * time.Hour
	DigestLifetime = 7 * 24 * time.Hour
)

// Lifetime returns how long after it was due a job is deleted.
func (k JobKind) Lifetime() time.Duration {
	if k == JobDigest {
		return DigestLifetime
	}
	return PushLifetime
}

// A Job is one thing to send. Its organization, kind, target and notification identify it.
type Job struct {
	OrgID ID
	Kind  JobKind
	// Target is the subscription of a JobPush, and the person of a JobDigest.
	Target         ID
	NotificationID ID // empty for a JobDigest
	UserID         ID
	Host           string // of the endpoint of a JobPush
	// Planned is set by who claimed a job that is to wait for a time that was chosen for it, such as that of the digest. In the
	// stores a claim sets it too: a job that new preferences took it from meanwhile is due at once after the claim.
	Planned  bool
	Attempts int
	// ReadyAt is when it was due first, as its claim found it.
	ReadyAt Time
	// QueuedAt is when it was queued, or after it has ended, when the first of what it still tells was told.
	QueuedAt Time
	// Holder identifies the claim.
	Holder ID
	// Grown is how often the job had grown when it was claimed, or when PushContent read what is sent.
	Grown int
}

// KeptUntil returns until when a job is kept that was planned for a time; zero for one that was tried, whose time does not
// begin again.
func (j *Job) KeptUntil(at Time) Time {
	if !j.Planned || j.Attempts > 0 {
		return Time{}
	}
	return At(at.Add(j.Kind.Lifetime()))
}

// A Waiting is a notification that waits to be sent, as it is now.
type Waiting struct {
	Notification *Notification
	IsMuted      bool // all of its records that its person sees, by them
	// IsOver is set once all conflicts of which it tells were resolved.
	IsOver bool
}

// isWanted reports whether the notification still has something that its person has yet to read and wants on a channel now.
func (w Waiting) isWanted(preferences *NotificationPreferences, channel NotificationChannel, now Time) bool {
	n := w.Notification
	return n.ReadAt == nil && !n.IsSnoozed(now) && !n.isErased() && !w.IsOver && slices.Contains(preferences.ChannelsFor(n.Kind, w.IsMuted), channel)
}

// A JobClaim asks for jobs.
type JobClaim struct {
	Kind   JobKind
	Now    Time
	Until  Time // when the jobs are due again
	Holder ID   // identifies the claim
	// Busy are hosts of which no jobs are claimed, and Tried those of which one is. Full are people of whom none are.
	Busy, Tried []string
	Full        []ID
	// Limit bounds the jobs, and PerPerson those of one person; 0 for as many as Limit.
	Limit, PerPerson int
}

// MostOfPerson is how many jobs of one person are claimed at most.
func (c JobClaim) MostOfPerson() int {
	if c.PerPerson == 0 {
		return c.Limit
	}
	return c.PerPerson
}

// JobStats describe the jobs of one kind that are due.
type JobStats struct {
	Waiting int
	// Oldest is since when the oldest of them has been due; zero if there is none.
	Oldest Time
}

// Recipients are the people of notifications: one user for each id.
type Recipients struct {
	IDs, UserIDs []ID
	Urgent       []bool
}

// Pushed returns the notifications that are sent to the browsers of their people.
func Pushed(notifications []*Notification) Recipients {
	return recipients(notifications, func(n *Notification) bool { return slices.Contains(n.Channels, ChannelPush) })
}

// Mailed returns the notifications of which their people's next digests tell.
func Mailed(notifications []*Notification) Recipients {
	return recipients(notifications, func(n *Notification) bool { return slices.Contains(n.Channels, ChannelEmail) })
}

// Lapsed returns the notifications that grew and are not pushed for it. A push that waits for one of them, for the end of its snooze or
// of its rest, is not sent. After a batch the other records of the notification may not be muted, so what sends the push decides.
func Lapsed(notifications []*Notification) Recipients {
	return recipients(notifications, func(n *Notification) bool {
		isPartly := n.IsMuted && n.RecordCount() > 1
		return n.Replaces > 0 && !slices.Contains(n.Channels, ChannelPush) && !isPartly
	})
}

func recipients(notifications []*Notification, which func(*Notification) bool) (r Recipients) {
	for _, n := range notifications {
		if which(n) {
			r.IDs, r.UserIDs, r.Urgent = append(r.IDs, n.ID), append(r.UserIDs, n.UserID), append(r.Urgent, n.IsUrgent())
		}
	}
	return r
}
