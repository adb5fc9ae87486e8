package hub

import (
	"context"
	"slices"
	"sync"

	"tandem/internal/collab"
)

// noEntity is the entity of a reader of changes of access only.
const noEntity = collab.ID("")

// accessWatches report changes of access to feeds that read nothing else from the log. All feeds of an
// organization share one reader.
type accessWatches struct {
	hub *Hub

	mu    sync.Mutex // guards byOrg, and the watchers of each; innermost
	byOrg map[collab.ID]*accessWatch
}

// An accessWatch reads one organization's changes of access for its watchers.
type accessWatch struct {
	reader   *entityReader
	stop     context.CancelFunc
	watchers []*accessWatcher // guarded by accessWatches.mu
}

type accessWatcher struct {
	user   collab.ID
	notify func(*collab.Change)
}

// FollowAccess calls notify with each later change of what a person may see or do, in the order of the log,
// until unwatch is called. If the log is replaced it calls notify with nil, for the last time: changes may
// have been missed. notify must not block.
func (all *Broadcasts) FollowAccess(ctx context.Context, orgID, userID collab.ID, notify func(*collab.Change)) (unwatch func(), err error) {
	return all.hub.access.watch(ctx, orgID, userID, notify)
}

// WatchFeed reports changes of access to a personal feed until unwatch is called.
func (all *Broadcasts) WatchFeed(ctx context.Context, feed PersonalFeed) (unwatch func(), err error) {
	orgID, userID := feed.Person()
	return all.FollowAccess(ctx, orgID, userID, feed.AccessChanged)
}

func (all *accessWatches) watch(ctx context.Context, orgID, userID collab.ID, notify func(*collab.Change)) (unwatch func(), err error) {
	watcher := &accessWatcher{userID, notify}
	if all.join(orgID, watcher) {
		return func() { all.unwatch(orgID, watcher) }, nil
	}
	reader, err := all.hub.followAccess(ctx, orgID)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.Background())
	w := &accessWatch{reader: reader, stop: stop, watchers: []*accessWatcher{watcher}}
	if all.add(orgID, w) {
		go all.run(running, orgID, w)
	} else {
		stop()
		w.reader.close()
	}
	return func() { all.unwatch(orgID, watcher) }, nil
}

// join adds a watcher to an organization's watch, if there is one.
func (all *accessWatches) join(orgID collab.ID, watcher *accessWatcher) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	w := all.byOrg[orgID]
	if w != nil {
		w.watchers = append(w.watchers, watcher)
	}
	return w != nil
}

// add makes a watch the organization's. If the organization has one already, add moves the watchers to it and
// reports false.
func (all *accessWatches) add(orgID collab.ID, w *accessWatch) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	if other := all.byOrg[orgID]; other != nil {
		other.watchers = append(other.watchers, w.watchers...)
		return false
	}
	all.byOrg[orgID] = w
	return true
}

// run notifies the watchers until the last one is removed, or the log is replaced.
func (all *accessWatches) run(ctx context.Context, orgID collab.ID, w *accessWatch) {
	defer w.reader.close()
	for {
		change, err := w.reader.next(ctx)
		if err != nil {
			all.end(orgID, w)
			return
		}
		if change.AccessEffects != nil {
			for _, watcher := range all.watchersOf(w) {
				if change.EffectOn(watcher.user, "") != "" {
					watcher.notify(change)
				}
			}
		}
	}
}

func (all *accessWatches) watchersOf(w *accessWatch) []*accessWatcher {
	all.mu.Lock()
	defer all.mu.Unlock()
	return slices.Clone(w.watchers)
}

// end notifies the remaining watchers that changes may have been missed.
func (all *accessWatches) end(orgID collab.ID, w *accessWatch) {
	all.mu.Lock()
	left := w.watchers
	w.watchers = nil
	if all.byOrg[orgID] == w {
		delete(all.byOrg, orgID)
	}
	all.mu.Unlock()
	for _, watcher := range left {
		watcher.notify(nil)
	}
}

// unwatch removes a watcher. The watch ends with its last one.
func (all *accessWatches) unwatch(orgID collab.ID, watcher *accessWatcher) {
	all.mu.Lock()
	defer all.mu.Unlock()
	w := all.byOrg[orgID]
	if w == nil {
		return
	}
	w.watchers = slices.DeleteFunc(w.watchers, func(other *accessWatcher) bool { return other == watcher })
	if len(w.watchers) == 0 {
		delete(all.byOrg, orgID)
		w.stop()
	}
}

// followAccess opens a reader of an organization's changes of access after the ring's head.
func (h *Hub) followAccess(ctx context.Context, orgID collab.ID) (*entityReader, error) {
	ring, err := h.follow(ctx, orgID, nil)
	if err != nil {
		return nil, err
	}
	here, _ := ring.positions()
	changes := newSubscription(h, ring, here)
	reader := h.openEntityReader(ctx, changes, noEntity)
	if reader == nil { // the ring has ended
		changes.Close()
		return nil, collab.Errorf(collab.Unavailable, "the log was replaced; try again")
	}
	return reader, nil
}
