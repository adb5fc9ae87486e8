package collab

import "context"

const (
	// scannedAtOnce is how many changes of the log are read at once for a page that a view makes.
	scannedAtOnce = 256
	// mostScanned bounds the changes that are looked at for one page. A page ends there, however few it has.
	mostScanned = 8 * scannedAtOnce
)

// shownChanges returns a page of the changes that a view shows a person, up to the head of the log. It has all of those
// of the position at which it ends.
func (s *Service) shownChanges(ctx context.Context, v *ListView, userID ID, from Cursor, head Head, size int) (*LogPage, error) {
	page := &LogPage{End: from}
	for scanned := 0; scanned < mostScanned && len(page.Changes) < max(size, 1) && page.End.Position < head.Position; {
		changes, err := s.store.Changes(ctx, v.Scope.OrgID, page.End.Position, scannedAtOnce)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 || changes[0].Cursor.Position != page.End.Position+1 {
			return nil, s.unreachable(ctx, v.Scope, page.End)
		}
		scanned += len(changes)
		began := page.End
		if err := s.addShown(ctx, v, userID, page, changes, head.Position, size); err != nil {
			return nil, err
		}
		if page.End == began { // a page of no changes ends before the first that it would show
			break
		}
	}
	page.HasMore = page.End.Position < head.Position
	return page, nil
}

// addShown adds what a view shows of changes to a page, until it is full, and moves its end on.
func (s *Service) addShown(ctx context.Context, v *ListView, userID ID, page *LogPage, changes []*Change, head int64, size int) error {
	var shown []*Change
	end := page.End
	for _, c := range changes {
		if c.Cursor.Position > head || len(page.Changes)+len(shown) >= max(size, 1) {
			break
		}
		var group []*Change
		if v.Concerns(c, userID) {
			var err error
			if group, err = s.Gained(ctx, v, c, userID); err != nil {
				return err
			}
		}
		if one := v.Show(c); one != nil {
			group = append(group, one)
		}
		if size > 0 || len(group) == 0 {
			shown, end = append(shown, InTurn(group)...), c.Cursor
			continue
		}
		break
	}
	var about []ID
	for _, c := range shown {
		about = append(about, c.About())
	}
	hidden, err := s.store.Hidden(ctx, v.Scope, about)
	if err != nil {
		return err
	}
	for _, c := range shown {
		switch {
		case !hidden[c.About()]:
			page.Changes = append(page.Changes, c)
		case c.Leaves():
			page.Changes = append(page.Changes, c.AsLost())
		}
	}
	page.End = end
	return nil
}

// unreachable returns why the log has nothing after a cursor although its head is further.
func (s *Service) unreachable(ctx context.Context, scope Scope, after Cursor) error {
	head, err := s.Head(ctx, scope)
	if err != nil {
		return err
	}
	if err := head.Check(after); err != nil {
		return err
	}
	return Errorf(Unavailable, "the log can't be read at the moment")
}
