package httpd

import "sync"

// A quota counts the things that each person has. The zero value is ready.
type quota struct {
	mu    sync.Mutex // guards inUse; innermost
	inUse map[string]int
}

// reserve counts one more for a person until release is called. It reports false, and counts
// nothing, if the person has most of them already.
func (q *quota) reserve(person string, most int) (release func(), ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.inUse[person] >= most {
		return nil, false
	}
	if q.inUse == nil {
		q.inUse = make(map[string]int)
	}
	q.inUse[person]++
	return func() { q.release(person) }, true
}

func (q *quota) release(person string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.inUse[person]--; q.inUse[person] == 0 {
		delete(q.inUse, person)
	}
}
