package collab

import (
	"strings"
	"time"
)

// learnPause is the time that must pass after a profile was learned before a token without an issue
// time can change it. It also bounds how far ahead of this clock a token's issue time may be.
const learnPause = 5 * time.Minute

// maxClaim bounds a name or an address of a picture in a token, in bytes.
const maxClaim = 1000

// Clean makes the claims that other people see fit for display. A name is cut, and loses what a line
// must not have; an e-mail address or the address of a picture that does not follow its rule is left
// out, because a part of it would be another one.
func (c *Claims) Clean() {
	c.Name = CleanLine(c.Name)
	if len(c.Name) > maxClaim {
		c.Name = CleanLine(strings.ToValidUTF8(c.Name[:maxClaim], ""))
	}
	if len(c.Email) > maxEmail || !isEmail(c.Email) {
		c.Email = ""
	}
	if len(c.Picture) > maxClaim || formWord.wrong(c.Picture) != "" {
		c.Picture = ""
	}
}

// Join returns the write that stores what the claims say: it creates the organization, the person
// and the member if they do not exist yet, and updates name, e-mail and picture where the claims have
// them and are newer. An existing member keeps their role, and stays removed if they were. Nothing
// is written if the claims say nothing new.
func (c Claims) Join(now Time) (Intent, Decide) {
	intent := Intent{OrgID: c.OrganizationID, ActorID: c.UserID, Founds: true}
	return intent, func(st *State) (*Decision, error) {
		profile, news := c.learn(st.Actor, now)
		if !news {
			return &Decision{}, nil
		}
		return &Decision{Change: &Change{Type: ChangeMember, ActorID: c.UserID, OccurredAt: now}, Profile: profile}, nil
	}
}

// learn returns the profile of a person updated from their claims, and whether anything in it is
// new. known is nil the first time. If two tokens disagree, the one that was issued later wins, in
// whatever order they are used. The profile of somebody who was removed is never updated.
func (c Claims) learn(known *Member, now Time) (profile *Profile, news bool) {
	issued := c.issued(now)
	if known == nil {
		user := &User{ID: c.UserID, Name: string(c.UserID)}
		c.fill(user)
		return &Profile{User: user, LearnedAt: issued, Role: c.Role}, true
	}
	user := new(*known.User)
	if known.Removed || !c.newer(issued, known.LearnedAt, now) || !c.fill(user) {
		return nil, false
	}
	if issued == nil {
		issued = &now
	}
	return &Profile{User: user, LearnedAt: issued, Role: c.Role}, true
}

// issued returns when the token was issued, or nil if it has no issue time, or an impossible one.
func (c Claims) issued(now Time) *Time {
	if c.IssuedAt.Unix() <= 0 || c.IssuedAt.After(now.Add(learnPause)) {
		return nil
	}
	return &c.IssuedAt
}

// newer reports whether a token is newer than the token that the profile was learned from.
func (Claims) newer(issued, learnedAt *Time, now Time) bool {
	switch {
	case learnedAt == nil:
		return true
	case issued == nil:
		return !now.Before(learnedAt.Add(learnPause))
	}
	return issued.After(learnedAt.Time)
}

// fill sets what the claims say in a profile, and reports whether anything is new.
func (c Claims) fill(user *User) (news bool) {
	set := func(claim string, kept **string) {
		if claim != "" && (*kept == nil || **kept != claim) {
			*kept, news = &claim, true
		}
	}
	name := &user.Name
	set(c.Name, &name)
	set(c.Email, &user.Email)
	set(c.Picture, &user.Avatar)
	user.Name = *name
	return news
}
