package metrics

import "sync"

// Other is the label of all names beyond the bound of Names.
const Other = "other"

// Names bound the values of a label that clients choose. The first names have labels of their own, and
// all later ones share Other.
type Names struct {
	mu    sync.RWMutex // guards known; innermost
	known map[string]bool
	most  int
}

// NewNames returns names of which most have labels of their own.
func NewNames(most int) *Names { return &Names{known: make(map[string]bool, most), most: most} }

// Label returns the label of a name.
func (n *Names) Label(name string) string {
	n.mu.RLock()
	known, full := n.known[name], len(n.known) >= n.most
	n.mu.RUnlock()
	switch {
	case known:
		return name
	case full:
		return Other
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.known[name] && len(n.known) >= n.most {
		return Other
	}
	n.known[name] = true
	return name
}
