package collab

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// compareInboxes is how often the marks of the inboxes that are followed here are compared with the database. It
// bounds the delay of a mark that was made on another instance and whose announcement was lost.
const compareInboxes = time.Second

// inboxWakes are the followers of inboxes on this instance.
type inboxWakes struct {
	mu        sync.Mutex // guards what follows; held while followers are woken, which do not block
	followers map[personKey]map[*inboxFollower]bool
}

// An inboxFollower is woken when something may have happened to an inbox.
type inboxFollower struct{ wake func() }

// FollowInbox calls wake when something may have happened to a person's inbox, until stop is called: a change that
// notifies them, or a mark, on any instance. It does not call it for changes of access, nor when a snooze ends. wake
// must not block.
func (s *Service) FollowInbox(orgID, userID ID, wake func()) (stop func()) {
	key, f := personKey{orgID, userID}, &inboxFollower{wake}
	w := &s.inboxes
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.followers == nil {
		w.followers = make(map[personKey]map[*inboxFollower]bool)
	}
	if w.followers[key] == nil {
		w.followers[key] = make(map[*inboxFollower]bool)
	}
	w.followers[key][f] = true
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.followers[key], f)
		if len(w.followers[key]) == 0 {
			delete(w.followers, key)
		}
	}
}

// marked announces that the viewer's inbox was marked, as far as that is known: a mark that failed may be committed.
func (s *Service) marked(ctx context.Context, v *Viewer, changed int, err error) {
	if changed == 0 && err == nil {
		return
	}
	inbox := InboxMarked{OrgID: v.Organization.ID, UserID: v.User.ID}
	if err := s.bus.AnnounceMarks(context.WithoutCancel(ctx), inbox); err != nil {
		s.log.Warn("announcement of a mark lost, the other instances compare inboxes", "org", inbox.OrgID, "error", err)
	}
}

// WakeInbox wakes the followers of an inbox that was marked. It does not block.
func (s *Service) WakeInbox(inbox InboxMarked) { s.inboxes.wake(inbox.OrgID, inbox.UserID) }

// wake wakes the followers of a person's inbox.
func (w *inboxWakes) wake(orgID, userID ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for f := range w.followers[personKey{orgID, userID}] {
		f.wake()
	}
}

// people are those whose inboxes are followed, by organization.
func (w *inboxWakes) people() map[ID][]ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	followed := make(map[ID][]ID)
	for key := range w.followers {
		followed[key.orgID] = append(followed[key.orgID], key.userID)
	}
	return followed
}

// CompareInboxes wakes the followers of inboxes that were marked on other instances, in case an announcement was lost, until
// ctx ends.
func (s *Service) CompareInboxes(ctx context.Context) {
	tick := time.NewTicker(compareInboxes)
	defer tick.Stop()
	known := make(map[personKey]InboxMark)
	for {
		select {
		case <-tick.C:
			known = s.compareInboxes(ctx, known)
		case <-ctx.Done():
			return
		}
	}
}

// compareInboxes wakes the followers of inboxes whose marks are not those that are known, and returns the new ones. An
// organization that can't be read keeps its old ones: the next comparison finds what was missed.
func (s *Service) compareInboxes(ctx context.Context, known map[personKey]InboxMark) map[personKey]InboxMark {
	now := make(map[personKey]InboxMark)
	followed := s.inboxes.people()
	for _, orgID := range slices.Sorted(maps.Keys(followed)) {
		marks, err := s.store.InboxMarks(ctx, orgID, followed[orgID])
		for _, userID := range followed[orgID] {
			key := personKey{orgID, userID}
			before, was := known[key]
			switch {
			case err == nil && was && marks[userID] == before:
				now[key] = before
			case err == nil:
				now[key] = marks[userID]
				s.inboxes.wake(orgID, userID) // also the first time: it may have changed since it was read
			case was:
				now[key] = before
			}
		}
	}
	return now
}
