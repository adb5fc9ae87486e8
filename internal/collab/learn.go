package collab

import "time"

// learnPause is how long after a profile was learned a token that does not say when
// it was issued can change it. It also bounds how far ahead of this clock a token
// may have been issued.
const learnPause = 5 * time.Minute

// Learn returns the profile of a person as their claims leave it, when the token was
// issued that it is learned from, and whether that is news. known is nil at first
// sight. Of two tokens that say different things, the one that was issued later
// counts, however they take turns. Nothing is learned of somebody who was removed.
func (c Claims) Learn(known *Member, now Time) (user *User, learnedAt *Time, news bool) {
	issued := c.issued(now)
	if known == nil {
		user = &User{ID: c.UserID, Name: string(c.UserID)}
		c.fill(user)
		return user, issued, true
	}
	user = new(*known.User)
	if known.Removed || !c.newer(issued, known.LearnedAt, now) || !c.fill(user) {
		return user, known.LearnedAt, false
	}
	if issued == nil {
		issued = &now
	}
	return user, issued, true
}

// tellNews reports whether Learn would learn anything of a member who is there.
func (c Claims) tellNews(known *Member, now Time) bool {
	_, _, news := c.Learn(known, now)
	return news
}

// issued returns when the token was issued, or nil if it does not say so, or says a
// time that can't be.
func (c Claims) issued(now Time) *Time {
	if c.IssuedAt.Unix() <= 0 || c.IssuedAt.After(now.Add(learnPause)) {
		return nil
	}
	return &c.IssuedAt
}

// newer reports whether a token is newer than the one that the profile was learned from.
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
