package hub

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/fair"
)

// A catchUp is an execution for one member, from its cursor until it meets the kept events of the broadcast.
type catchUp struct {
	feed      *ChangeFeed
	execution Execution
	source    source
	grant     *fair.Grant    // to read the log
	held      *collab.Change // read, and not rendered yet
	// own are events for the member alone, not rendered yet.
	own []*collab.Change
}

func (c *catchUp) open(ctx context.Context, m *Member) (err error) {
	catchUps := m.b.all.catchUps
	if m.b.feed.MaxPerSecond != nil {
		catchUps = m.b.all.throttledCatchUps
	}
	if c.grant, err = catchUps.Acquire(ctx, m.b.all.personOf(ctx), 1); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			c.grant.Release()
		}
	}()
	var feed Feed
	execution, err := m.b.start(&feed)
	if err != nil {
		return err
	}
	after := collab.Cursor{Epoch: m.b.epoch, Position: m.safe}
	source, err := m.b.all.hub.openSource(ctx, feed.changes, &after)
	for retry := (backoff{}); err != nil && collab.CodeOf(err) != collab.ResyncRequired; { // while the database is unavailable
		if !sleep(ctx, retry.next()) {
			err = ctx.Err()
			break
		}
		source, err = m.b.all.hub.openSource(ctx, feed.changes, &after)
	}
	if err != nil {
		execution.Close()
		return err
	}
	c.feed, c.execution, c.source = feed.changes, execution, source
	c.feed.source = source
	return nil
}

// next returns the next events, or none when the member has met the broadcast.
//
// The position at which they meet is exact: the broadcast keeps every event after its floor, and this source
// has yielded every event up to the position that it reached.
func (c *catchUp) next(ctx context.Context, m *Member) ([]Event, error) {
	if c.source == nil {
		if err := c.open(ctx, m); err != nil {
			return nil, err
		}
	}
	for {
		if len(c.own) > 0 {
			if batch, err := c.renderOwn(ctx, m); err != nil || len(batch) > 0 {
				return batch, err
			}
			continue
		}
		change := c.held
		if c.held = nil; change == nil {
			if met := m.advanceTo(c.source.reached().Position); met {
				m.endCatchUp()
				return nil, nil
			}
			var err error
			if change, err = c.source.next(ctx); err != nil {
				return nil, err
			}
		}
		if m.affectedBy(change) {
			c.held = change // if the member stays
			m.advanceTo(leavesAt(change, c.source))
			return nil, ErrScopeChanged
		}
		if c.feed.concerns(change, m.user) {
			if err := c.gain(ctx, m, change); err != nil {
				return nil, err
			}
			continue
		}
		if batch, err := c.gather(ctx, m, change); err != nil || len(batch) > 0 {
			return batch, err
		}
	}
}

// gather renders the events of a change and of further changes that are ready, up to a change of the member's
// access.
func (c *catchUp) gather(ctx context.Context, m *Member, change *collab.Change) (batch []Event, err error) {
	var grant *fair.Grant
	defer func() { grant.Release() }()
	for bytes := 0; change != nil; change = c.source.ready() {
		if m.affectedBy(change) || c.feed.concerns(change, m.user) {
			c.held = change
			break
		}
		event := c.feed.event(change)
		if event == nil {
			continue
		}
		if grant != nil && !m.past.knows(position(event), c.feed.about(event)) {
			c.held = change // never wait for the database, which may be unavailable, while holding a grant to render
			break
		}
		if event, err = c.shown(ctx, m, event); err != nil {
			return nil, err
		}
		if event == nil {
			continue
		}
		if grant == nil {
			if grant, err = c.awaitRender(ctx, m); err != nil {
				return nil, err
			}
		}
		rendered, is := render(ctx, c.feed, c.execution, event)
		if !is {
			continue
		}
		batch = append(batch, rendered)
		if bytes += len(rendered.Payload); len(batch) == maxBatch || bytes > maxBatchBytes {
			break
		}
	}
	m.b.all.caughtUp.Add(int64(len(batch)))
	return batch, nil
}

// gain reads the events that a change of access has for the member alone. A throttle bounds their rate like that of all
// others.
func (c *catchUp) gain(ctx context.Context, m *Member, change *collab.Change) error {
	var gained []*collab.Change
	err := Retry(ctx, mayRetry, func() (err error) {
		gained, err = c.feed.Gained(ctx, change, m.user)
		return err
	})
	if err != nil {
		return err
	}
	if throttled, is := c.source.(throttledReader); is {
		throttled.offer(gained)
		return nil
	}
	if event := c.feed.event(change); event != nil {
		gained = append(gained, event)
	}
	c.own = collab.InTurn(gained)
	return nil
}

// renderOwn renders events for the member alone, those that the person may see.
func (c *catchUp) renderOwn(ctx context.Context, m *Member) (batch []Event, err error) {
	var shown []*collab.Change
	for len(c.own) > 0 && len(shown) < maxBatch {
		event, err := c.shown(ctx, m, c.own[0])
		if err != nil {
			return nil, err
		}
		if c.own = c.own[1:]; event != nil {
			shown = append(shown, event)
		}
	}
	if len(shown) == 0 {
		return nil, nil
	}
	grant, err := c.awaitRender(ctx, m)
	if err != nil {
		return nil, err
	}
	defer grant.Release()
	for _, event := range shown {
		if rendered, is := render(ctx, c.feed, c.execution, event); is {
			batch = append(batch, rendered)
		}
	}
	m.b.all.caughtUp.Add(int64(len(batch)))
	return batch, nil
}

// shown returns a change as the member may see it, or nil. If it has to look that up, it does so for all changes in
// memory.
func (c *catchUp) shown(ctx context.Context, m *Member, change *collab.Change) (*collab.Change, error) {
	if !m.past.knows(position(change), c.feed.about(change)) {
		ids := m.past.ask(nil, position(change), c.feed.about(change))
		for _, event := range append(c.feed.eventsAhead(), c.own...) {
			if len(ids) < catchUpPage {
				ids = m.past.ask(ids, position(event), c.feed.about(event))
			}
		}
		if err := m.resolveHidden(ctx, ids); err != nil {
			return nil, err
		}
	}
	switch {
	case m.past.shows(position(change), c.feed.about(change)):
		return change, nil
	case change.Leaves():
		return change.AsLost(), nil
	}
	return nil, nil
}

// awaitRender waits until there is memory for the member's next events, and then for a grant to render them.
func (c *catchUp) awaitRender(ctx context.Context, m *Member) (*fair.Grant, error) {
	if room := m.b.all.options.Room; room != nil {
		if err := room(ctx); err != nil {
			return nil, err
		}
	}
	return m.b.all.renders.Acquire(ctx, fair.Key{Org: string(c.feed.OrgID), Person: string(m.user)}, 1)
}

func (c *catchUp) close() {
	c.grant.Release()
	if c.source != nil {
		c.source.close()
		c.execution.Close()
	}
}
