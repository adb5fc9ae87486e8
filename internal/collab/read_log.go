package collab

import "context"

// Head returns the head of an organization's log.
func (s *Service) Head(ctx context.Context, scope Scope) (Head, error) {
	heads, err := s.store.Heads(ctx, []ID{scope.OrgID})
	return heads[scope.OrgID], err
}

// A LogPage is one page of a log. Its places are the cursors of its changes.
type LogPage struct {
	Changes []*Change
	// End is where the next page starts. It is given even when the page is empty.
	End     Cursor
	HasMore bool
}

// A ChangesQuery asks for changes of entities.
type ChangesQuery struct {
	Query ChangeQuery
	// Filter is nil for none. With one, or with Access, the changes of access are included.
	Filter *EntityQuery
	Access bool
}

// EntityChanges returns the changes of entities after a cursor, oldest first;
// nil is the beginning of what is kept. The error is ResyncRequired when the log
// can't be read after the cursor.
func (s *Service) EntityChanges(ctx context.Context, viewer *Viewer, after *Cursor, query ChangesQuery, first *int) (*LogPage, error) {
	size, err := PageSize(first)
	if err != nil {
		return nil, err
	}
	// The head is read first: changes that commit after it are left to the next page.
	head, scope, err := s.atHead(ctx, viewer.Scope())
	if err != nil {
		return nil, err
	}
	from := Cursor{Epoch: head.Epoch, Position: head.Oldest - 1}
	if after != nil {
		if err := head.Check(*after); err != nil {
			return nil, err
		}
		from = *after
	}
	view, err := s.View(ctx, scope, query.Query, query.Filter, query.Access)
	if err != nil {
		return nil, err
	}
	if view.TellsAccess() {
		return s.shownChanges(ctx, view, viewer.User.ID, from, head, size)
	}
	changes, err := s.store.EntityChanges(ctx, scope, from.Position, query.Query, size+1)
	if err == nil && after != nil {
		err = s.stillReaches(ctx, scope, *after, head, changes)
	}
	if err != nil {
		return nil, err
	}
	page := logPage(changes, size, from, head.Cursor)
	shown := page.Changes[:0]
	for _, c := range page.Changes {
		if c = view.Show(c); c != nil {
			shown = append(shown, c)
		}
	}
	page.Changes = shown
	return page, nil
}

// stillReaches returns a ResyncRequired error if the log was pruned after its head was read, so
// that changes after the cursor may be missing. Nothing is missing if there was nothing after the
// cursor, or if the very next change was read.
func (s *Service) stillReaches(ctx context.Context, scope Scope, after Cursor, head Head, read []*Change) error {
	next := after.Position + 1
	if next > head.Position || len(read) > 0 && read[0].Cursor.Position == next {
		return nil
	}
	now, err := s.Head(ctx, scope)
	if err != nil {
		return err
	}
	return now.Check(after)
}

// logPage makes a page of changes, of which one more than size was requested. A page that reaches
// the head of the log ends there, so that a client makes progress even if its filter matches
// nothing. It leaves out what committed after the head, where the scope that the changes were read
// in may already be another.
func logPage(changes []*Change, size int, from, head Cursor) *LogPage {
	for len(changes) > 0 && changes[len(changes)-1].Cursor.Position > head.Position {
		changes = changes[:len(changes)-1]
	}
	page := &LogPage{Changes: changes, End: head}
	if len(changes) > size {
		page.Changes, page.HasMore, page.End = changes[:size], true, from
	}
	if n := len(page.Changes); n > 0 && page.HasMore {
		page.End = page.Changes[n-1].Cursor
	}
	return page
}
