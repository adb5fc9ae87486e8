package collab

import (
	"context"
	"sync"
	"time"
)

const (
	// maxInboxesAtOnce bounds the inboxes of one read, whose results are in memory together.
	maxInboxesAtOnce = 250
	// inboxReadTime bounds a read, on which several callers depend.
	inboxReadTime = 10 * time.Second
)

// inboxReads are the calls of InboxOf that wait. Calls during a read of the same organization share the next one: a change
// that notifies a thousand people whose inboxes are followed costs a few reads, and no result is older than its call.
type inboxReads struct {
	mu      sync.Mutex          // guards waiting; innermost
	waiting map[ID][]*inboxCall // an organization is in it while a goroutine reads its inboxes
}

// An inboxCall is one call of InboxOf. Its result may be used once done is closed.
type inboxCall struct {
	query InboxQuery
	done  chan struct{}
	inbox *Inbox
	err   error
}

// InboxOf returns a person's inbox, as they may see it now; the service sets query.All. The error is Forbidden for somebody
// who is not a member.
func (s *Service) InboxOf(ctx context.Context, orgID ID, query InboxQuery) (*Inbox, error) {
	call := &inboxCall{query: query, done: make(chan struct{})}
	if s.reads.add(orgID, call) {
		go s.readInboxes(context.WithoutCancel(ctx), orgID)
	}
	select {
	case <-call.done:
		return call.inbox, call.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// add adds a call, and reports whether nobody reads the inboxes of its organization yet.
func (r *inboxReads) add(orgID ID, call *inboxCall) (begin bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.waiting == nil {
		r.waiting = make(map[ID][]*inboxCall)
	}
	calls, reading := r.waiting[orgID]
	r.waiting[orgID] = append(calls, call)
	return !reading
}

// next takes the calls of the next read. After the last call the organization is no longer read.
func (r *inboxReads) next(orgID ID) []*inboxCall {
	r.mu.Lock()
	defer r.mu.Unlock()
	calls := r.waiting[orgID]
	if len(calls) == 0 {
		delete(r.waiting, orgID)
		return nil
	}
	n := min(len(calls), maxInboxesAtOnce)
	r.waiting[orgID] = calls[n:]
	return calls[:n]
}

// readInboxes answers the calls of an organization until none waits. Each read is for several callers, so ctx must not end with
// one of them.
func (s *Service) readInboxes(ctx context.Context, orgID ID) {
	for {
		calls := s.reads.next(orgID)
		if calls == nil {
			return
		}
		read, cancel := context.WithTimeout(ctx, inboxReadTime)
		if err := s.answerInboxes(read, orgID, calls); err != nil {
			for _, call := range calls {
				call.err = err
			}
		}
		cancel()
		for _, call := range calls {
			close(call.done)
		}
	}
}

// answerInboxes answers calls by one read of the members, and one of their inboxes.
func (s *Service) answerInboxes(ctx context.Context, orgID ID, calls []*inboxCall) error {
	ids := make([]ID, len(calls))
	for i, call := range calls {
		ids[i] = call.query.UserID
	}
	org, members, err := s.store.MembersByID(ctx, orgID, ids)
	if err != nil {
		return err
	}
	var allowed []*inboxCall
	var queries []InboxQuery
	for _, call := range calls {
		member := members[call.query.UserID]
		if org == nil || member == nil || member.Removed {
			call.err = errNotAMember()
			continue
		}
		v := &Viewer{User: member.User, Organization: org, Role: member.Role, HasRestrictedAccess: member.HasRestrictedAccess}
		call.query.All = v.Scope().All
		allowed, queries = append(allowed, call), append(queries, call.query)
	}
	inboxes, err := s.store.Inboxes(ctx, orgID, queries, At(s.now()), maxInboxChanges+1)
	for i := range inboxes {
		allowed[i].inbox = inboxes[i]
	}
	return err
}
