package demo

import (
	"context"
	"time"

	"tandem/internal/collab"
)

// confidential plans work that not everybody sees: Ada talks with a rival about its sale, Jonas
// gets access, and Chloé may read along.
func (p *plan) confidential() {
	const secret = "Strictly between us until it is signed."
	rival := p.create(p.ago(57), ada, collab.TypeCustomer, nil, collab.Patch{
		"name": "Project Kingfisher", "company": "Clearwell Filtration", "status": collab.CustomerProspect, "ownerId": ada,
		"tags": []string{"confidential"}, "notes": secret, "visibility": collab.VisibleRestricted,
	})
	p.grant(p.ago(56), ada, rival, jonas, collab.AccessWrite)
	p.grant(p.ago(54), ada, rival, chloe, collab.AccessRead)
	starts := p.workday(2).Add(8 * time.Hour)
	p.create(p.ago(51), jonas, collab.TypeMeeting, rival, collab.Patch{
		"title": "Project Kingfisher: the books", "ownerId": ada, "startsAt": starts, "endsAt": starts.Add(2 * time.Hour),
		"location": "Not in the office", "attendeeIds": []collab.ID{ada, jonas}, "visibility": collab.VisibleRestricted,
	})
	p.change(p.ago(44), jonas, rival, collab.Patch{"notes": secret + " Their lease runs out in March, so they are in a hurry."})
	p.say(p.ago(37), jonas, rival, "@Ada two of their five installers would stay with us.", ada)
}

// grant plans that somebody is given access.
func (p *plan) grant(at time.Time, by collab.ID, r *record, to collab.ID, level collab.AccessLevel) {
	p.add(at, by, func(w *writer, ctx context.Context, s *step) error {
		_, err := w.service.GrantAccess(ctx, w.viewers[s.by], s.on.id, to, level)
		return err
	}, r)
}
