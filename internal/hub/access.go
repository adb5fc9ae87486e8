package hub

import (
	"context"
	"slices"

	"tandem/internal/collab"
)

// noEntity is what a route follows that is only told of what alters access.
const noEntity = collab.ID("")

// An accessWatch follows one organization's changes of access, for all who have to
// know of them at once and follow nothing else of the log.
type accessWatch struct {
	route    *route
	stop     context.CancelFunc
	watchers []*accessWatcher // guarded by Broadcasts.mu
}

type accessWatcher struct {
	user collab.ID
	told func(*collab.Change)
}

// WatchAccess has told called with each change, from now on, that alters what a
// person may see or do, in the order of the log, until unwatch is called; with nil
// when changes may have been missed, since the log was replaced, and then no more.
// told must not block.
func (all *Broadcasts) WatchAccess(ctx context.Context, orgID, userID collab.ID, told func(*collab.Change)) (unwatch func(), err error) {
	watcher := &accessWatcher{userID, told}
	if all.joinWatch(orgID, watcher) {
		return func() { all.unwatch(orgID, watcher) }, nil
	}
	route, err := all.hub.followAccess(ctx, orgID)
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(context.Background())
	w := &accessWatch{route: route, stop: stop, watchers: []*accessWatcher{watcher}}
	all.mu.Lock()
	if other := all.watches[orgID]; other != nil { // somebody was faster
		other.watchers = append(other.watchers, watcher)
		all.mu.Unlock()
		stop()
		w.route.close()
	} else {
		all.watches[orgID] = w
		all.mu.Unlock()
		go all.watch(running, orgID, w)
	}
	return func() { all.unwatch(orgID, watcher) }, nil
}

// followAccess opens a route to an organization's changes of access, from where the
// instance is now.
func (h *Hub) followAccess(ctx context.Context, orgID collab.ID) (*route, error) {
	ring, err := h.follow(ctx, orgID, nil)
	if err != nil {
		return nil, err
	}
	here, _ := ring.reach()
	changes := newSubscription(h, ring, here)
	route := h.openRoute(ctx, changes, noEntity)
	if route == nil { // the ring ended just now
		changes.Close()
		return nil, collab.Errorf(collab.Unavailable, "the log was replaced; try again")
	}
	return route, nil
}

// joinWatch adds a watcher to an organization's watch, if there is one.
func (all *Broadcasts) joinWatch(orgID collab.ID, watcher *accessWatcher) bool {
	all.mu.Lock()
	defer all.mu.Unlock()
	w := all.watches[orgID]
	if w != nil {
		w.watchers = append(w.watchers, watcher)
	}
	return w != nil
}

// watch tells the watchers until nobody watches any more.
func (all *Broadcasts) watch(ctx context.Context, orgID collab.ID, w *accessWatch) {
	defer w.route.close()
	for {
		change, err := w.route.next(ctx)
		if err != nil {
			all.endWatch(orgID, w)
			return
		}
		if change.Regards != nil {
			for _, watcher := range all.watchersOf(w) {
				if change.EffectOn(watcher.user, "") != "" {
					watcher.told(change)
				}
			}
		}
	}
}

func (all *Broadcasts) watchersOf(w *accessWatch) []*accessWatcher {
	all.mu.Lock()
	defer all.mu.Unlock()
	return slices.Clone(w.watchers)
}

// endWatch lets go of those who still watch when the log was replaced.
func (all *Broadcasts) endWatch(orgID collab.ID, w *accessWatch) {
	all.mu.Lock()
	left := w.watchers
	w.watchers = nil
	if all.watches[orgID] == w {
		delete(all.watches, orgID)
	}
	all.mu.Unlock()
	for _, watcher := range left {
		watcher.told(nil)
	}
}

// unwatch ends what WatchAccess began. The watch ends with the last watcher.
func (all *Broadcasts) unwatch(orgID collab.ID, watcher *accessWatcher) {
	all.mu.Lock()
	defer all.mu.Unlock()
	w := all.watches[orgID]
	if w == nil {
		return
	}
	w.watchers = slices.DeleteFunc(w.watchers, func(other *accessWatcher) bool { return other == watcher })
	if len(w.watchers) == 0 {
		delete(all.watches, orgID)
		w.stop()
	}
}
