package httpd

import "sync"

// places counts how many of something each person has. The zero value is ready.
type places struct {
	mu    sync.Mutex // guards taken
	taken map[string]int
}

// take takes a place for a person until leave is called. It takes none, and ok is
// false, if they have as many as they may.
func (p *places) take(person string, most int) (leave func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[person] >= most {
		return nil, false
	}
	if p.taken == nil {
		p.taken = make(map[string]int)
	}
	p.taken[person]++
	return func() { p.leave(person) }, true
}

func (p *places) leave(person string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.taken[person]--; p.taken[person] == 0 {
		delete(p.taken, person)
	}
}
