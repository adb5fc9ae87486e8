package collab

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// compareInboxes is how often an instance asks whether inboxes that are followed here were marked. It
	// bounds the delay of a mark that was made on another instance and whose announcement was lost.
	compareInboxes = time.Second
	// mostCompared bounds the organizations, and the inboxes, of one question.
	mostCompared = 1000
	// compareTime bounds one question.
	compareTime = 5 * time.Second
)

// inboxWakes are the followers of inboxes on this instance.
type inboxWakes struct {
	mu        sync.Mutex                            // guards what follows; held while followers are woken, which do not block
	followers map[ID]map[ID]map[*inboxFollower]bool // by organization and person
}

// An inboxFollower is woken when something may have happened to an inbox.
type inboxFollower struct{ wake func() }

// FollowInbox calls wake when something may have happened to a person's inbox, until stop is called: a change that
// notifies them, or a mark, on any instance. It does not call it for changes of access, nor when a snooze ends. wake
// must not block.
func (s *Service) FollowInbox(orgID, userID ID, wake func()) (stop func()) {
	f, w := &inboxFollower{wake}, &s.inboxes
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.followers == nil {
		w.followers = make(map[ID]map[ID]map[*inboxFollower]bool)
	}
	if w.followers[orgID] == nil {
		w.followers[orgID] = make(map[ID]map[*inboxFollower]bool)
	}
	if w.followers[orgID][userID] == nil {
		w.followers[orgID][userID] = make(map[*inboxFollower]bool)
	}
	w.followers[orgID][userID][f] = true
	return func() { w.remove(orgID, userID, f) }
}

// remove ends the following of an inbox.
func (w *inboxWakes) remove(orgID, userID ID, f *inboxFollower) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.followers[orgID][userID], f)
	if len(w.followers[orgID][userID]) == 0 {
		delete(w.followers[orgID], userID)
	}
	if len(w.followers[orgID]) == 0 {
		delete(w.followers, orgID)
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
	for f := range w.followers[orgID][userID] {
		f.wake()
	}
}

// wakeAll wakes all followers of an organization.
func (w *inboxWakes) wakeAll(orgID ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, followers := range w.followers[orgID] {
		for f := range followers {
			f.wake()
		}
	}
}

// organizations are those whose inboxes are followed.
func (w *inboxWakes) organizations() []ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.followers))
}

// CompareInboxes wakes the followers of inboxes that were marked on other instances, in case an announcement was lost, and of those that
// an erasure changed, until ctx ends. While nothing is marked, it asks one question for all organizations.
func (s *Service) CompareInboxes(ctx context.Context) {
	tick := time.NewTicker(compareInboxes)
	defer tick.Stop()
	known := make(map[ID]int64)
	for {
		select {
		case <-tick.C:
			known = s.compareInboxes(ctx, known)
		case <-ctx.Done():
			return
		}
	}
}

// compareInboxes wakes the followers of inboxes that changed after the known sequences of their organizations, and returns the new ones. An
// organization that can't be read keeps its old one: the next comparison finds what was missed.
func (s *Service) compareInboxes(ctx context.Context, known map[ID]int64) map[ID]int64 {
	now := make(map[ID]int64)
	for orgIDs := range slices.Chunk(s.inboxes.organizations(), mostCompared) {
		sequences, err := s.inboxSequences(ctx, orgIDs)
		for _, orgID := range orgIDs {
			before, was := known[orgID]
			newest := sequences[orgID]
			switch {
			case err == nil && (!was || newest < before): // the first time, or after the restoration of a backup: any may have changed
				s.inboxes.wakeAll(orgID)
				now[orgID] = newest
			case err == nil && (newest == before || s.wakeChanged(ctx, orgID, before) == nil):
				now[orgID] = newest
			case was:
				now[orgID] = before
			}
		}
	}
	return now
}

func (s *Service) inboxSequences(ctx context.Context, orgIDs []ID) (map[ID]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, compareTime)
	defer cancel()
	return s.store.InboxSequences(ctx, orgIDs)
}

// wakeChanged wakes the followers of the inboxes of an organization that changed after a sequence.
func (s *Service) wakeChanged(ctx context.Context, orgID ID, sequence int64) error {
	for after := (InboxPlace{Sequence: sequence + 1}); ; {
		changed, err := s.changedInboxes(ctx, orgID, after)
		if err != nil {
			return err
		}
		for _, after = range changed {
			s.inboxes.wake(orgID, after.UserID)
		}
		if len(changed) < mostCompared {
			return nil
		}
	}
}

func (s *Service) changedInboxes(ctx context.Context, orgID ID, after InboxPlace) ([]InboxPlace, error) {
	ctx, cancel := context.WithTimeout(ctx, compareTime)
	defer cancel()
	return s.store.ChangedInboxes(ctx, orgID, after, mostCompared)
}
