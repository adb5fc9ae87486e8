package delivery

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"tandem/internal/collab"
)

const (
	// rosterAge is how long a room that was read is used, so that a message to a thousand people does not read it as often.
	rosterAge = time.Second
	// mostRosters bounds the rooms that are kept, and mostRooms those that are read for one person.
	mostRosters = 1000
	mostRooms   = 10
)

// Attention knows which people look at the application, by their presence.
type Attention struct {
	presences collab.Presences
	now       func() time.Time
	reads     singleflight.Group

	mu      sync.Mutex // guards rosters; innermost
	rosters map[collab.Room]roster
}

// A roster is the people of a room, true for those of whom a client is online.
type roster struct {
	online map[collab.ID]bool
	until  time.Time
}

// NewAttention returns an Attention.
func NewAttention(presences collab.Presences, now func() time.Time) *Attention {
	return &Attention{presences: presences, now: now, rosters: make(map[collab.Room]roster)}
}

// Shown reports whether a notification of the person has just been shown: one of their clients follows their inbox, and one
// is online. It has not if that can't be found out.
func (a *Attention) Shown(ctx context.Context, orgID, userID collab.ID) bool {
	inbox := collab.InboxRoom(orgID)
	following, err := a.roster(ctx, inbox)
	if _, open := following[userID]; err != nil || !open {
		return false
	}
	rooms, err := a.presences.Rooms(ctx, orgID, userID)
	if err != nil {
		return false
	}
	for _, id := range rooms[:min(len(rooms), mostRooms)] {
		room := collab.Room{OrgID: orgID, ID: id}
		if room == inbox {
			continue
		}
		if online, err := a.roster(ctx, room); err == nil && online[userID] {
			return true
		}
	}
	return false
}

// roster returns the people of a room, as they were at most rosterAge ago.
func (a *Attention) roster(ctx context.Context, room collab.Room) (map[collab.ID]bool, error) {
	a.mu.Lock()
	kept, ok := a.rosters[room]
	a.mu.Unlock()
	if ok && a.now().Before(kept.until) {
		return kept.online, nil
	}
	read, err, _ := a.reads.Do(string(room.OrgID)+"\x00"+string(room.ID), func() (any, error) {
		present, err := a.presences.Present(ctx, room)
		if err != nil {
			return nil, err
		}
		online := make(map[collab.ID]bool, len(present))
		for _, p := range present {
			online[p.UserID] = online[p.UserID] || p.Status == collab.StatusOnline
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if len(a.rosters) >= mostRosters {
			clear(a.rosters)
		}
		a.rosters[room] = roster{online, a.now().Add(rosterAge)}
		return online, nil
	})
	if err != nil {
		return nil, err
	}
	return read.(map[collab.ID]bool), nil
}
