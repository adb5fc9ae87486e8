package delivery

import (
	"context"
	"maps"
	"slices"

	"tandem/internal/collab"
)

// claim claims as many jobs of an organization as have room. They count as under way. An organization has at most as many as
// there are free slots then, so that however many organizations hang, the next one finds room.
func (w *Worker) claim(ctx context.Context, orgID collab.ID) ([]*collab.Job, error) {
	bounds := w.bounds(orgID)
	if bounds.Limit <= 0 {
		return nil, nil
	}
	now := w.now()
	bounds.Kind, bounds.Now, bounds.Until, bounds.Holder = w.spec.Kind, collab.At(now), collab.At(now.Add(leaseTime)), collab.NewID("clm", now)
	jobs, expired, err := w.queue.ClaimJobs(ctx, orgID, bounds)
	for _, kind := range expired {
		w.counts.Failed(string(kind), reasonExpired)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, job := range jobs {
		w.all++
		w.orgs[orgID]++
		w.hosts[job.Host]++
		w.people[person{orgID, job.UserID}]++
	}
	if len(jobs) > 0 {
		select {
		case <-w.ended: // before these jobs began; they say when few are left
		default:
		}
	}
	more := w.turns.took(orgID, jobs, bounds)
	if !more && len(jobs) < bounds.Limit && w.orgs[orgID] < fewPerOrg {
		more = w.turns.end(orgID)
	}
	if more && err == nil || len(expired) > 0 {
		w.goOn() // more of them may be left, or of other people
	}
	return jobs, err
}

// bounds returns a claim within the room that an organization has.
func (w *Worker) bounds(orgID collab.ID) collab.JobClaim {
	limited := map[string]int{}
	if w.spec.Limited != nil {
		limited = w.spec.Limited()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	free := w.spec.Slots - w.all
	claim := collab.JobClaim{Limit: min(batch, mostPerOrg-w.orgs[orgID], (free-w.orgs[orgID]+1)/2), PerPerson: perPerson}
	for host, most := range limited {
		if w.hosts[host] >= most {
			claim.Busy = append(claim.Busy, host)
		} else {
			claim.Tried = append(claim.Tried, host)
		}
	}
	for host, underWay := range w.hosts {
		if _, isLimited := limited[host]; !isLimited && underWay >= mostPerHost {
			claim.Busy = append(claim.Busy, host)
		}
	}
	if claim.Full = w.waiting(orgID); w.orgs[orgID] >= fewPerOrg {
		claim.PerPerson = 1
	}
	return claim
}

// waiting returns the people of an organization whose jobs wait for those of others: who has as many under way as one person may have, or any
// once few places are left, or had their turn, unless the organization has only one person's jobs under way. The caller holds mu.
func (w *Worker) waiting(orgID collab.ID) []collab.ID {
	most := mostPerPerson - perPerson
	if w.orgs[orgID] >= fewPerOrg {
		most = 0
	}
	waiting, people := make(map[collab.ID]bool), 0
	for who, underWay := range w.people {
		if who.orgID != orgID {
			continue
		}
		people++
		if underWay > most {
			waiting[who.userID] = true
		}
	}
	if people != 1 {
		maps.Copy(waiting, w.turns[orgID])
	}
	return slices.Collect(maps.Keys(waiting))
}

// leave counts a job as ended.
func (w *Worker) leave(job *collab.Job) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all--
	if w.orgs[job.OrgID]--; w.orgs[job.OrgID] == 0 {
		delete(w.orgs, job.OrgID)
	}
	if w.hosts[job.Host]--; w.hosts[job.Host] == 0 {
		delete(w.hosts, job.Host)
	}
	who := person{job.OrgID, job.UserID}
	if w.people[who]--; w.people[who] == 0 {
		delete(w.people, who)
	}
	if w.hosts[job.Host] <= fewPerHost {
		w.goOn()
	}
}

// goOn begins the next round at once.
func (w *Worker) goOn() {
	select {
	case w.ended <- struct{}{}:
	default:
	}
}

// ownerOf tells the people of all organizations apart, for services that may fail for some of them.
func ownerOf(job *collab.Job) string { return string(job.OrgID) + "\x00" + string(job.UserID) }
