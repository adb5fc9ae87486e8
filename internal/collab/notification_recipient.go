package collab

// A WatchState is what a person chose to be told about an entity.
type WatchState string

// The states.
const (
	WatchNone     WatchState = "NONE"     // what concerns the person
	WatchWatching WatchState = "WATCHING" // everything that happens to it
	WatchMuted    WatchState = "MUTED"    // mentions and assignments of the person
)

// A Recipient is a person who may have to be told about a change, with everything that the decision
// depends on. It is read in the transaction of the write.
type Recipient struct {
	UserID ID
	Name   string
	Role   Role
	// Removed is set once the person was taken out of the organization.
	Removed bool
	// Watches is the person's own choice: true to watch the entity, false not to watch it as its owner
	// either; nil if they chose neither.
	Watches *bool
	// Commented is set if the person commented on the entity and Intent.Commenters asked for that.
	Commented bool
	// Chosen and Defaults are the channels that the person and the organization chose.
	Chosen, Defaults ChannelChoices
	// Mute is the person's mute of the entity, if they have one; it may be over.
	Mute *Mute
}

// channels returns the channels on which a notification of a kind reaches the person at a time, and whether they have muted the entity.
func (r *Recipient) channels(kind NotificationKind, at Time) (channels []NotificationChannel, isMuted bool) {
	preferences := NotificationPreferences{Chosen: r.Chosen, Defaults: r.Defaults}
	isMuted = r.Mute.holds(at)
	return preferences.ChannelsFor(kind, isMuted), isMuted
}

// member returns the person, with what texts say of them.
func (r *Recipient) member() *Member { return &Member{User: &User{ID: r.UserID, Name: r.Name}} }

// WatchOf returns the watch state of an entity for a person who made a choice, or none (nil).
func WatchOf(userID ID, e Entity, choice *bool) WatchState {
	owner := e.Indexed().OwnerID
	if choice != nil && *choice || choice == nil && owner != nil && *owner == userID {
		return WatchWatching
	}
	return WatchNone
}
