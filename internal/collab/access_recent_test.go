package collab

import (
	"testing"
	"time"
)

// A value that was being read when its key was forgotten may be stale, and is not kept.
func TestRecentDropsReadsThatWereInvalidated(t *testing.T) {
	t.Parallel()
	var c recent[string, int]
	now := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	kept := func(key string) bool { _, ok := c.get(key, now); return ok }
	for name, forget := range map[string]func(){
		"forgotten":     func() { c.forget("a") },
		"all forgotten": func() { c.forgetAll(func(string) bool { return true }) },
	} {
		mark := c.mark("a")
		forget()
		c.put("a", 1, now, mark)
		if kept("a") {
			t.Errorf("%s while it was read, it is kept", name)
		}
	}
	c.put("a", 1, now, c.mark("a"))
	c.put("b", 2, now, c.mark("b"))
	c.forgetAll(func(key string) bool { return key == "a" })
	if kept("a") || !kept("b") {
		t.Errorf("kept are a: %v, b: %v", kept("a"), kept("b"))
	}
}
