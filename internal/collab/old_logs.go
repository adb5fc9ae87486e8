package collab

import "sync"

// OldLogs are the organizations whose logs begin with changes to prune, as a store found them last, so that it does not look at
// all organizations for each of them. They may be out of date: then nothing of the first is pruned, and the store looks again.
type OldLogs struct {
	mu  sync.Mutex // guards ids, and is held while one is pruned
	ids []ID
}

// Prune prunes the first of them. find looks for them; prune deletes at most limit changes of one, and returns how many.
func (l *OldLogs) Prune(limit int, find func() ([]ID, error), prune func(ID) (int, error)) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if pruned, err := l.pruneFirst(limit, prune); pruned > 0 || err != nil {
		return pruned, err
	}
	found, err := find()
	if err != nil {
		return 0, err
	}
	l.ids = found
	return l.pruneFirst(limit, prune)
}

// pruneFirst prunes the first one, and removes it if nothing is left to prune there.
func (l *OldLogs) pruneFirst(limit int, prune func(ID) (int, error)) (int, error) {
	if len(l.ids) == 0 {
		return 0, nil
	}
	pruned, err := prune(l.ids[0])
	if err == nil && pruned < limit {
		l.ids = l.ids[1:]
	}
	return pruned, err
}
