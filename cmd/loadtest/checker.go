package main

// A checker sees the versions that one client receives, and counts the faults: each
// version has to arrive once, in order, from the first one on.
type checker struct {
	next int // the version that should come
	// missing are versions before next that have not arrived; nil while there are none.
	missing map[int]struct{}
	faults
}

// faults counts what no delivery should have.
type faults struct {
	Lost, Doubled, Reordered int
}

func (f *faults) add(g faults) {
	f.Lost += g.Lost
	f.Doubled += g.Doubled
	f.Reordered += g.Reordered
}

// see records a version, and reports whether it is the first time.
func (c *checker) see(version int) bool {
	if version >= c.next {
		for ; c.next < version; c.next++ {
			if c.missing == nil {
				c.missing = make(map[int]struct{})
			}
			c.missing[c.next] = struct{}{}
		}
		c.next++
		return true
	}
	if _, late := c.missing[version]; late {
		delete(c.missing, version)
		c.Reordered++
		return true
	}
	c.Doubled++
	return false
}

// finish counts missing versions as lost, up to the last version that was
// published, and returns all faults.
func (c *checker) finish(last int) faults {
	all := c.faults
	all.Lost += len(c.missing) + max(0, last+1-c.next)
	return all
}
