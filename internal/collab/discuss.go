package collab

import (
	"context"
	"slices"
	"time"
)

// Bounds of a comment.
const (
	maxCommentLength = 10_000
	maxMentions      = 50
)

// viewWindow is how long after a view another one of the same person and entity is no event.
const viewWindow = 5 * time.Minute

// An AddComment asks to comment on an entity.
type AddComment struct {
	EntityID         ID
	Body             string
	MentionIDs       []ID
	ClientMutationID *ID
}

// A Commented is the answer to an AddComment.
type Commented struct {
	Comment          *Comment
	Cursor           Cursor
	ClientMutationID *ID
}

// AddComment comments on an entity, and tells whom it mentions and who owns
// the entity. The error may be EntityGone, InvalidInput or AccessDenied.
func (s *Service) AddComment(ctx context.Context, v *Viewer, in AddComment) (*Commented, error) {
	key, err := newKey(in.ClientMutationID, ChangeComment, in.EntityID, in.Body, append([]ID{}, slices.Sorted(slices.Values(in.MentionIDs))...))
	if err != nil {
		return nil, err
	}
	now := At(s.now())
	op := &commenting{in: in, key: key, comment: &Comment{
		ID: NewID(prefixComment, now.Time), EntityID: in.EntityID, AuthorID: v.User.ID,
		Body: in.Body, MentionIDs: in.MentionIDs, CreatedAt: now,
	}}
	if err := op.check(); err != nil {
		return nil, err
	}
	change, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: in.EntityID,
		ClientMutationID: in.ClientMutationID, UserIDs: in.MentionIDs,
	}, op.decide)
	if err != nil {
		return nil, err
	}
	if change == nil {
		return s.commented(ctx, v.OwnScope(), op)
	}
	return &Commented{Comment: op.comment, Cursor: change.Cursor, ClientMutationID: in.ClientMutationID}, nil
}

// commented answers a repeated AddComment with the comment that it made. Where
// the entity was deleted since, comments of it are shown no more; then the answer
// is what the repetition says again.
func (s *Service) commented(ctx context.Context, scope Scope, op *commenting) (*Commented, error) {
	made := *op.earlier.CommentID
	found, err := s.store.Comments(ctx, scope, []ID{made})
	if err != nil {
		return nil, err
	}
	comment := found[made]
	if comment == nil {
		comment = op.comment
		comment.ID, comment.EntityType, comment.CreatedAt = made, op.earlier.EntityType, op.earlier.OccurredAt
	}
	return &Commented{Comment: comment, Cursor: op.earlier.Cursor, ClientMutationID: op.earlier.ClientMutationID}, nil
}

type commenting struct {
	in      AddComment
	key     mutationKey
	comment *Comment
	earlier *Change
}

func (op *commenting) check() error {
	var v violations
	if isBlank(op.in.Body) {
		v.add("body", "must not be empty")
	}
	v.length("body", op.in.Body, maxCommentLength)
	v.text("body", &op.in.Body)
	if len(op.in.MentionIDs) > maxMentions {
		v.add("mentionIds", "must be at most %d people", maxMentions)
	}
	v.distinct("mentionIds", op.in.MentionIDs)
	return v.problem()
}

func (op *commenting) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		op.earlier = st.Earlier
		return st.repeat(actor, op.key, expected{change: ChangeComment, entityID: op.in.EntityID})
	}
	entity, err := st.living(actor, op.in.EntityID, "")
	if err != nil {
		return nil, err
	}
	if err := st.mayEdit(actor, entity, nil); err != nil {
		return nil, err
	}
	if err := st.checkMentions(entity, op.in.MentionIDs); err != nil {
		return nil, err
	}
	op.comment.EntityType = entity.Common().Type
	change := st.change(ChangeComment, actor, entity, entity, op.key, op.comment.CreatedAt)
	change.CommentID = &op.comment.ID
	change.notifyComment(actor, entity, op.comment)
	return &Decision{Change: change, Comment: op.comment}, nil
}

// checkMentions refuses to mention anybody who can't read the comment.
func (st *State) checkMentions(e Entity, mentionIDs []ID) error {
	for _, id := range mentionIDs {
		switch m := st.member(id); {
		case m == nil:
			return invalid("mentionIds", "must be members of the organization; "+string(id)+" is none")
		case !st.sees(m, e):
			return invalid("mentionIds", "must be people who may see this; "+string(id)+" may not, so give them access first")
		}
	}
	return nil
}

// RecordView notes that the person has looked at the entity, at most once in
// five minutes. It reports whether it did; an entity that is not there is an
// EntityGone.
func (s *Service) RecordView(ctx context.Context, v *Viewer, entityID ID) (bool, error) {
	now := At(s.now())
	change, err := s.write(ctx, Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: entityID,
		ViewedSince: ptr(At(now.Add(-viewWindow))),
	}, func(st *State) (*Decision, error) {
		actor, err := st.actor()
		if err != nil {
			return nil, err
		}
		entity, err := st.living(actor, entityID, "")
		if err != nil || st.ViewedLately {
			return &Decision{}, err
		}
		return &Decision{Change: st.change(ChangeView, actor, entity, entity, mutationKey{}, now)}, nil
	})
	return change != nil, err
}
