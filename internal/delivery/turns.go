package delivery

import (
	"maps"
	"slices"

	"tandem/internal/collab"
)

// mostTurns bounds the people of one organization who are kept: a claim reads all that is due of them before it finds other people's jobs.
const mostTurns = 64

// turns are the people of each organization of whom a claim took as many jobs as it may. They wait until claims found the others, since
// what is due first is due of those with the longest queues.
type turns map[collab.ID]map[collab.ID]bool

// took notes what a claim took, and reports whether it took as much of somebody as it may, so that another one may find jobs of others.
func (t turns) took(orgID collab.ID, jobs []*collab.Job, claim collab.JobClaim) (more bool) {
	of := make(map[collab.ID]int)
	for _, job := range jobs {
		if of[job.UserID]++; of[job.UserID] < min(claim.PerPerson, claim.Limit) {
			continue
		}
		if len(t[orgID]) >= mostTurns || t[orgID] == nil {
			t[orgID] = make(map[collab.ID]bool)
		}
		t[orgID][job.UserID], more = true, true
	}
	return more
}

// end begins the next turn of all, and reports whether somebody waited for it. A claim that finds nobody else ends a turn, unless it left out
// people because of what is under way.
func (t turns) end(orgID collab.ID) (waited bool) {
	waited = len(t[orgID]) > 0
	delete(t, orgID)
	return waited
}

// keepTurns forgets the turns of organizations of which nothing is due.
func (w *Worker) keepTurns(due []collab.ID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.turns, func(orgID collab.ID, _ map[collab.ID]bool) bool { return !slices.Contains(due, orgID) })
}
