package hub

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// A source yields the changes of a feed, from a place in the log on.
type source interface {
	// next waits for the next change, whether it matches or not.
	next(ctx context.Context) (*collab.Change, error)
	// ready is next for a change that need not be waited for; nil if there is none.
	ready() *collab.Change
	// ahead returns changes that ready will return, the next one first.
	ahead() []*collab.Change
	// reached is a position such that all matching changes up to it were yielded.
	reached() collab.Cursor
	// since is how long ago this instance learned of a change that was yielded; 0
	// where that is not known, or the change was held back on purpose.
	since(change *collab.Change) time.Duration
	close()
}

// openSource returns the source of a feed after a place in the log; nil is the head.
func (h *Hub) openSource(ctx context.Context, feed *ChangeFeed, after *collab.Cursor) (source, error) {
	changes, err := h.Subscribe(ctx, feed.OrgID, after)
	switch {
	case err != nil:
		return nil, err
	case feed.MaxPerSecond == nil:
		if feed.EntityID != "" {
			if route := h.openRoute(ctx, changes, feed.EntityID); route != nil {
				return route, nil
			}
		}
		return plain{changes}, nil
	}
	folder, err := NewFolder(changes, *feed.MaxPerSecond, feed.Matches)
	if err != nil {
		changes.Close()
		return nil, err
	}
	return folded{folder}, nil
}

// openShared returns the source of a broadcast. It begins after a place in the
// log if what came since is at hand: in the ring, or little enough of one entity.
// Otherwise it begins at the ring's head, since others who join must not wait until one
// member has caught up, nor fail with a cursor that only one of them has.
func (h *Hub) openShared(ctx context.Context, feed *ChangeFeed, after *collab.Cursor) (source, error) {
	if after != nil && h.near(feed.OrgID, *after) {
		return h.openSource(ctx, feed, after)
	}
	if after != nil && feed.EntityID != "" && feed.MaxPerSecond == nil {
		s, err := h.openSource(ctx, feed, after)
		if _, is := s.(*route); is {
			return s, nil
		}
		if err == nil {
			s.close()
		}
	}
	return h.openSource(ctx, feed, h.ringCursor(feed.OrgID))
}

// plain is a subscription as it is.
type plain struct{ *Subscription }

func (p plain) next(ctx context.Context) (*collab.Change, error) { return p.Next(ctx) }
func (p plain) ready() *collab.Change                            { return p.Ready() }
func (p plain) ahead() []*collab.Change                          { return p.Ahead() }
func (p plain) reached() collab.Cursor                           { return p.Cursor() }
func (p plain) close()                                           { p.Close() }

// folded is a subscription at a bounded rate.
type folded struct{ *Folder }

func (f folded) next(ctx context.Context) (*collab.Change, error) { return f.Next(ctx) }
func (f folded) ready() *collab.Change                            { return f.Ready() }
func (f folded) ahead() []*collab.Change                          { return f.Ahead() }
func (f folded) reached() collab.Cursor                           { return f.Reached() }
func (f folded) close()                                           { f.Close() }
