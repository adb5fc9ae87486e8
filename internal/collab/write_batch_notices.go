package collab

import (
	"maps"
	"slices"
)

// batchNotices make one notification of all that a batch tells a person for one reason. It is about the first of these entities in the
// newest transaction, and counts the others. nil is for a write outside of a batch.
type batchNotices struct {
	// step are the notifications of the transaction under way, ids those of the committed ones.
	step map[notified]*notice
	ids  map[notified]ID
	// rows are those of ids that were unread when the transaction began.
	rows []*Notification
}

// notified is a person who is told, the reason, and whether that is told in the inbox.
type notified struct {
	userID      ID
	kind        NotificationKind
	side        act // of a conflict; actGivenRole for a role
	isElsewhere bool
}

// A notice is a notification that is not recorded yet, and its words.
type notice struct {
	*Notification
	words wording
	by    *Member
}

func newBatchNotices() *batchNotices { return &batchNotices{ids: map[notified]ID{}} }

// begin begins a transaction, or the next attempt at it.
func (b *batchNotices) begin(rows []*Notification) { b.step, b.rows = map[notified]*notice{}, rows }

// commit keeps the ids of the notifications of the transaction.
func (b *batchNotices) commit() {
	for key, n := range b.step {
		b.ids[key] = n.ID
	}
	b.step, b.rows = nil, nil
}

// committed are the ids of the notifications of committed transactions.
func (b *batchNotices) committed() []ID { return slices.Sorted(maps.Values(b.ids)) }

// merge adds n, of an entity of the batch, to an earlier notification of the transaction, and reports whether there is one. by is whom
// the words name.
func (b *batchNotices) merge(n *Notification, entityID ID, words wording, by *Member) bool {
	if b == nil {
		return false
	}
	did := &Burst{}
	if n.Burst != nil {
		*did = *n.Burst // which the change's other notifications share
	}
	did.Records = []ID{entityID}
	n.Burst = did
	key := n.key()
	first := b.step[key]
	if first == nil {
		b.step[key] = &notice{n, words, by}
		return false
	}
	first.Count++
	first.Burst = n.Burst.follow(first.Burst)
	first.Channels, first.IsMuted = union(first.Channels, n.Channels), first.IsMuted && n.IsMuted
	first.addActors(n.ActorIDs)
	first.say(first.words, first.by)
	return true
}

// row returns the unread notification of committed transactions that n makes larger, or nil.
func (b *batchNotices) row(n *Notification) *Notification {
	if b == nil {
		return nil
	}
	id := b.ids[n.key()]
	if i := slices.IndexFunc(b.rows, func(row *Notification) bool { return row.ID == id }); i >= 0 {
		return b.rows[i]
	}
	return nil
}

// key is what the changes of a batch, or of one entity, tell the person in one notification.
func (n *Notification) key() notified {
	key := notified{userID: n.UserID, kind: n.Kind, isElsewhere: n.IsElsewhere}
	if n.Burst != nil && (n.Kind == NotifyConflict || n.Burst.Act == actGivenRole) {
		key.side = n.Burst.Act
	}
	return key
}
