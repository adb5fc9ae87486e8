package hub

import (
	"context"
	"maps"
	"slices"
	"sync"

	"tandem/internal/collab"
)

// A heads asks how far logs reach. A caller that asks while a read is under way is
// answered by the next one, together with all others who do: thousands who
// return at once cost a few reads, and no answer is older than its question.
type heads struct {
	log Log

	mu     sync.Mutex
	next   *headRead // not yet begun; nil if nobody asked
	asking bool      // a goroutine reads, and will look for the next
}

// A headRead is one read of heads. Its result may be used once done is closed.
type headRead struct {
	orgIDs map[collab.ID]bool
	done   chan struct{}
	heads  map[collab.ID]collab.Head
	err    error
}

// of returns the head of one log, as it was at some moment after the call, and
// whether there is such a log.
func (h *heads) of(ctx context.Context, orgID collab.ID) (collab.Head, bool, error) {
	read := h.ask(orgID)
	select {
	case <-read.done:
	case <-ctx.Done():
		return collab.Head{}, false, ctx.Err()
	}
	head, found := read.heads[orgID]
	return head, found, read.err
}

func (h *heads) ask(orgID collab.ID) *headRead {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.next == nil {
		h.next = &headRead{orgIDs: make(map[collab.ID]bool), done: make(chan struct{})}
	}
	read := h.next
	read.orgIDs[orgID] = true
	if !h.asking {
		h.asking = true
		go h.readAll()
	}
	return read
}

// readAll reads until nobody asks any more.
func (h *heads) readAll() {
	for {
		h.mu.Lock()
		read := h.next
		h.next = nil
		h.asking = read != nil
		h.mu.Unlock()
		if read == nil {
			return
		}
		h.read(read)
	}
}

// read is nobody's alone, so it does not end with the request of any of them.
func (h *heads) read(read *headRead) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	read.heads, read.err = h.log.Heads(ctx, slices.Collect(maps.Keys(read.orgIDs)))
	close(read.done)
}
