package delivery

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"tandem/internal/collab"
)

const (
	// rosterAge is how long a room that was read is used, so that a message to a thousand people does not read it as often.
	rosterAge = time.Second
	// mostRosters bounds the rooms that are kept, and mostRooms those that are read for one person: a few for each of the
	// MaxClientsInRoom that may follow.
	mostRosters = 1000
	mostRooms   = 100
	// rosterTime bounds the reading of a room, which outlives the job that began it.
	rosterTime = 2 * time.Second
)

// Attention knows which people look at the application, by their presence.
type Attention struct {
	presences collab.Presences
	now       func() time.Time
	reads     singleflight.Group

	mu      sync.Mutex // guards rosters; innermost
	rosters map[collab.Room]roster
}

// A roster has the clients of a room by person, true for those that are online.
type roster struct {
	clients map[collab.ID]map[collab.ID]bool
	until   time.Time
}

// NewAttention returns an Attention.
func NewAttention(presences collab.Presences, now func() time.Time) *Attention {
	return &Attention{presences: presences, now: now, rosters: make(map[collab.Room]roster)}
}

// Shown reports whether a notification of the person has just been shown: one of their clients follows their inbox, and that
// client is online in a room. It has not if that can't be found out.
func (a *Attention) Shown(ctx context.Context, orgID, userID collab.ID) bool {
	inbox := collab.InboxRoom(orgID)
	people, err := a.roster(ctx, inbox)
	following := people[userID]
	if err != nil || len(following) == 0 {
		return false
	}
	rooms, err := a.presences.Rooms(ctx, orgID, userID, slices.Collect(maps.Keys(following))...)
	if err != nil {
		return false
	}
	for _, id := range rooms[:min(len(rooms), mostRooms)] {
		room := collab.Room{OrgID: orgID, ID: id}
		if room == inbox {
			continue
		}
		people, err := a.roster(ctx, room)
		if err != nil {
			continue
		}
		for client, online := range people[userID] {
			if _, follows := following[client]; follows && online {
				return true
			}
		}
	}
	return false
}

// roster returns the clients of a room by person, as they were at most rosterAge ago.
func (a *Attention) roster(ctx context.Context, room collab.Room) (map[collab.ID]map[collab.ID]bool, error) {
	a.mu.Lock()
	kept, ok := a.rosters[room]
	a.mu.Unlock()
	if ok && a.now().Before(kept.until) {
		return kept.clients, nil
	}
	read, err, _ := a.reads.Do(string(room.OrgID)+"\x00"+string(room.ID), func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rosterTime)
		defer cancel()
		return a.read(ctx, room)
	})
	if err != nil {
		return nil, err
	}
	return read.(map[collab.ID]map[collab.ID]bool), nil
}

// read reads the clients of a room by person, and keeps them.
func (a *Attention) read(ctx context.Context, room collab.Room) (map[collab.ID]map[collab.ID]bool, error) {
	present, err := a.presences.Present(ctx, room)
	if err != nil {
		return nil, err
	}
	clients := make(map[collab.ID]map[collab.ID]bool)
	for _, p := range present {
		if clients[p.UserID] == nil {
			clients[p.UserID] = make(map[collab.ID]bool)
		}
		clients[p.UserID][p.ClientID] = p.Status == collab.StatusOnline
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.rosters) >= mostRosters {
		clear(a.rosters)
	}
	a.rosters[room] = roster{clients, a.now().Add(rosterAge)}
	return clients, nil
}
