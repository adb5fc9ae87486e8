package hub

// Waiting returns the number of coalesced changes that a throttle holds.
func (f *Throttle) Waiting() int { return len(f.waiting) + len(f.flushed) }

// Options returns the options of broadcasts, which a test may change before it uses them.
func (all *Broadcasts) Options() *BroadcastOptions { return &all.options }
