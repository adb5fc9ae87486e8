package hub

import (
	"context"
	"maps"
	"slices"
	"sync"

	"tandem/internal/collab"
)

// heads reads the heads of logs. Calls during a read share the next one: thousands of clients that return
// at once cost a few reads, and no result is older than its call.
type heads struct {
	log Log

	mu     sync.Mutex // guards what follows; innermost
	next   *headRead  // the read that will begin next; nil if nobody waits for one
	asking bool       // a goroutine reads, and then begins next
}

// A headRead is one read of heads. Its result may be used once done is closed.
type headRead struct {
	orgIDs map[collab.ID]bool
	done   chan struct{}
	heads  map[collab.ID]collab.Head
	err    error
}

// of returns the head of one log at some moment after the call, and whether the log exists.
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

// readAll reads until nobody waits for another read.
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

// read reads the heads of several callers, so it does not depend on the context of one of them.
func (h *heads) read(read *headRead) {
	ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
	defer cancel()
	read.heads, read.err = h.log.Heads(ctx, slices.Collect(maps.Keys(read.orgIDs)))
	close(read.done)
}
