package hub

// Waiting is how many folds a folder holds.
func (f *Folder) Waiting() int { return len(f.waiting) + len(f.flushed) }
