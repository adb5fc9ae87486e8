package collab_test

import (
	"fmt"
	"slices"
	"testing"

	"tandem/internal/collab"
)

// A reach is an office with push and mail, where ben receives one kind of notification only.
type reach struct {
	*post
	quiet *quietOffice
	kind  collab.NotificationKind
}

func openReach(t *testing.T, kind collab.NotificationKind) *reach {
	t.Helper()
	r := &reach{post: openPost(t), kind: kind}
	r.quiet = &quietOffice{office: r.office, ada: r.ada, ben: r.ben}
	r.OfferPush(collab.Push{Check: func(string, string, string) (string, error) { return "push.example", nil }})
	if err := r.RegisterPush(r.ctx, r.ben, "https://push.example/1", "key", "auth"); err != nil {
		t.Fatal(err)
	}
	for _, each := range collab.NotificationKinds {
		r.prefer(r.ben, each, []collab.NotificationChannel{})
	}
	return r
}

// A cause makes a notification of a kind for ben. prepare makes what it is about; cause follows once ben has chosen.
type cause struct {
	prepare func(r *reach) *collab.Customer
	cause   func(r *reach, about *collab.Customer)
}

// theirs makes a customer of ada, and owned one of ben.
func theirs(r *reach) *collab.Customer { return r.customer(r.ada, collab.Patch{"name": "Aalto"}) }
func owned(r *reach) *collab.Customer {
	return r.customer(r.ada, collab.Patch{"name": "Aalto", "ownerId": "ben"})
}

// collide has ben meet a conflict with ada.
func (r *reach) collide(about *collab.Customer) *collab.Conflict {
	r.t.Helper()
	return r.conflict(r.ada, r.ben, about, collab.Patch{"name": "Local"})
}

var causes = map[collab.NotificationKind]cause{
	collab.NotifyMention: {theirs, func(r *reach, about *collab.Customer) { r.comment(r.ada, about, "look", "ben") }},
	collab.NotifyComment: {owned, func(r *reach, about *collab.Customer) { r.comment(r.ada, about, "look") }},
	collab.NotifyAssignment: {theirs, func(r *reach, about *collab.Customer) {
		r.mustUpdate(r.ada, about, 1, collab.Patch{"ownerId": "ben"})
	}},
	collab.NotifyConflict: {theirs, func(r *reach, about *collab.Customer) { r.collide(about) }},
	collab.NotifyConflictResolved: {theirs, func(r *reach, about *collab.Customer) {
		in := collab.Resolve{Type: collab.TypeCustomer, ConflictID: r.collide(about).ID, Resolution: collab.ResolveRemote}
		if _, err := r.Resolve(r.ctx, r.ada, in); err != nil {
			r.t.Fatal(err)
		}
	}},
	collab.NotifyEntityDeleted: {owned, func(r *reach, about *collab.Customer) {
		if _, err := r.Delete(r.ctx, r.ada, collab.Delete{ID: about.ID, BaseVersion: 1}); err != nil {
			r.t.Fatal(err)
		}
	}},
	collab.NotifyAccessChanged: {theirs, func(r *reach, about *collab.Customer) {
		r.mustUpdate(r.ada, about, 1, collab.Patch{"visibility": "RESTRICTED"})
		if _, err := r.GrantAccess(r.ctx, r.ada, about.ID, "ben", collab.AccessRead); err != nil {
			r.t.Fatal(err)
		}
	}},
	collab.NotifyWatched: {owned, func(r *reach, about *collab.Customer) {
		r.mustUpdate(r.ada, about, 1, collab.Patch{"phone": "1"})
	}},
}

// Every kind, with every choice of channels, muted and not: the inbox, the queue of pushes and the digest have what the rules in
// docs/notifications.md say, written here a second time as one condition for each channel.
func TestEveryKindReachesItsChannels(t *testing.T) {
	t.Parallel()
	for _, kind := range collab.NotificationKinds {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			r := openReach(t, kind)
			for _, chosen := range everyChoice() {
				for _, muted := range []bool{false, true} {
					in := chosen
					if chosen == nil {
						in = builtIn[kind]
					}
					toYou := kind == collab.NotifyMention || kind == collab.NotifyAssignment
					r.check(chosen, muted, reached{
						inApp:  !muted && slices.Contains(in, collab.ChannelInApp) || muted && toYou && len(in) > 0,
						pushed: !muted && slices.Contains(in, collab.ChannelPush),
						mailed: !muted && slices.Contains(in, collab.ChannelEmail),
					})
				}
			}
		})
	}
}

// reached is where a notification came.
type reached struct{ inApp, pushed, mailed bool }

// check has ben choose channels, and a notification happen, about a customer that ben may have muted.
func (r *reach) check(chosen []collab.NotificationChannel, muted bool, want reached) {
	r.t.Helper()
	about := causes[r.kind].prepare(r)
	r.prefer(r.ben, r.kind, chosen)
	if muted {
		r.mute(r.ben, about, nil)
	}
	causes[r.kind].cause(r, about)
	r.ben = r.joinAt("ben", "ben@example.com") // with the access that ben has now
	got := reached{
		inApp: slices.ContainsFunc(r.notifications(r.ben), func(n *collab.Notification) bool {
			return n.Kind == r.kind && *n.EntityID == about.ID
		}),
		pushed: r.pushes(about),
	}
	r.next()
	got.mailed = r.mails(about)
	equal(r.t, fmt.Sprintf("%s, %v, muted: %t", r.kind, chosen, muted), got, want)
	r.prefer(r.ben, r.kind, []collab.NotificationChannel{})
}

// pushes reports whether the one push of the queue, if there is one, tells ben of a customer.
func (r *reach) pushes(about *collab.Customer) bool {
	r.t.Helper()
	jobs := r.quiet.claimPushes()
	for _, job := range jobs {
		content, err := r.PushContent(r.ctx, job)
		if err != nil || content == nil || *content.Notification.EntityID != about.ID || len(jobs) > 1 {
			r.t.Errorf("a push of %d has %+v: %v", len(jobs), content, err)
		}
		if err := r.store.FinishJob(r.ctx, job, collab.At(r.clock())); err != nil {
			r.t.Fatal(err)
		}
	}
	return len(jobs) > 0
}

// mails reports whether ben's digest, if one is due, tells of a customer and nothing else.
func (r *reach) mails(about *collab.Customer) bool {
	r.t.Helper()
	job := r.claim()
	if job == nil {
		return false
	}
	content := r.content(r.Service, job)
	if content == nil || content.Count != 1 || *content.Notifications[0].EntityID != about.ID {
		r.t.Fatalf("a digest has %+v", content)
	}
	if err := r.store.EndDigest(r.ctx, "acme", "ben", content.ID); err != nil {
		r.t.Fatal(err)
	}
	if err := r.store.FinishJob(r.ctx, job, collab.At(r.clock())); err != nil {
		r.t.Fatal(err)
	}
	return true
}

// builtIn is what the contract promises to people who chose nothing.
var builtIn = map[collab.NotificationKind][]collab.NotificationChannel{
	collab.NotifyMention:          {collab.ChannelInApp, collab.ChannelPush},
	collab.NotifyComment:          {collab.ChannelInApp},
	collab.NotifyAssignment:       {collab.ChannelInApp, collab.ChannelPush},
	collab.NotifyConflict:         {collab.ChannelInApp, collab.ChannelPush},
	collab.NotifyConflictResolved: {collab.ChannelInApp, collab.ChannelPush},
	collab.NotifyEntityDeleted:    {collab.ChannelInApp},
	collab.NotifyAccessChanged:    {collab.ChannelInApp, collab.ChannelPush},
	collab.NotifyWatched:          {collab.ChannelInApp},
}

// everyChoice returns all sets of channels, and nil for no choice.
func everyChoice() [][]collab.NotificationChannel {
	channels := []collab.NotificationChannel{collab.ChannelInApp, collab.ChannelPush, collab.ChannelEmail}
	choices := [][]collab.NotificationChannel{nil}
	for set := range 1 << len(channels) {
		chosen := []collab.NotificationChannel{}
		for i, channel := range channels {
			if set&(1<<i) != 0 {
				chosen = append(chosen, channel)
			}
		}
		choices = append(choices, chosen)
	}
	return choices
}
