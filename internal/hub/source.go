package hub

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// A source yields the changes of a feed after a position in the log.
type source interface {
	// next waits for the next change, whether it matches or not.
	next(ctx context.Context) (*collab.Change, error)
	// ready returns the next change if it is in memory, or nil.
	ready() *collab.Change
	// ahead returns changes that ready will return, the next one first.
	ahead() []*collab.Change
	// reached returns a cursor up to which all matching changes were yielded.
	reached() collab.Cursor
	// since returns how long ago this instance learned of a change that was yielded; 0 if that is
	// unknown, or the source delayed the change on purpose.
	since(change *collab.Change) time.Duration
	close()
}

// openSource returns the source of a feed after a cursor, or from the head of the log for nil.
func (h *Hub) openSource(ctx context.Context, feed *ChangeFeed, after *collab.Cursor) (source, error) {
	changes, err := h.Subscribe(ctx, feed.OrgID, after)
	switch {
	case err != nil:
		return nil, err
	case feed.MaxPerSecond == nil:
		if feed.EntityID != "" {
			if reader := h.openEntityReader(ctx, changes, feed.EntityID); reader != nil {
				return reader, nil
			}
		}
		return logReader{changes}, nil
	}
	throttle, err := newThrottle(changes, *feed.MaxPerSecond, feed.show)
	if err != nil {
		changes.Close()
		return nil, err
	}
	return throttledReader{throttle}, nil
}

// openShared returns the source of a broadcast. It begins after the first member's cursor if the changes
// since then are in the ring, or are few changes of one entity. Otherwise it begins at the ring's head:
// later members must not wait until the first one has caught up, nor fail because of its cursor.
func (h *Hub) openShared(ctx context.Context, feed *ChangeFeed, after *collab.Cursor) (source, error) {
	if after != nil && h.covers(feed.OrgID, *after) {
		return h.openSource(ctx, feed, after)
	}
	if after != nil && feed.EntityID != "" && feed.MaxPerSecond == nil {
		s, err := h.openSource(ctx, feed, after)
		if _, is := s.(*entityReader); is {
			return s, nil
		}
		if err == nil {
			s.close()
		}
	}
	return h.openSource(ctx, feed, h.ringCursor(feed.OrgID))
}

// logReader is a subscription as a source.
type logReader struct{ *Subscription }

func (p logReader) next(ctx context.Context) (*collab.Change, error) { return p.Next(ctx) }
func (p logReader) ready() *collab.Change                            { return p.Ready() }
func (p logReader) ahead() []*collab.Change                          { return p.Ahead() }
func (p logReader) reached() collab.Cursor                           { return p.Cursor() }
func (p logReader) close()                                           { p.Close() }

// throttledReader is a subscription at a bounded rate.
type throttledReader struct{ *Throttle }

func (f throttledReader) next(ctx context.Context) (*collab.Change, error) { return f.Next(ctx) }
func (f throttledReader) ready() *collab.Change                            { return f.Ready() }
func (f throttledReader) ahead() []*collab.Change                          { return f.Ahead() }
func (f throttledReader) reached() collab.Cursor                           { return f.Reached() }
func (f throttledReader) close()                                           { f.Close() }
