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

// viewWindow is the time after a view in which another view by the same person of the same entity
// is not recorded.
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

// AddComment comments on an entity, and notifies the people whom it mentions, who own, created or
// watch the entity, and who commented on it. The error may be EntityGone, InvalidInput or AccessDenied.
func (s *Service) AddComment(ctx context.Context, v *Viewer, in AddComment) (*Commented, error) {
	key, err := newKey(in.ClientMutationID, ChangeComment, in.EntityID, in.Body, append([]ID{}, slices.Sorted(slices.Values(in.MentionIDs))...))
	if err != nil {
		return nil, err
	}
	now := At(s.now())
	op := &commenting{in: in, key: key, draft: Comment{
		ID: NewID(prefixComment, now.Time), EntityID: in.EntityID, AuthorID: v.User.ID,
		Body: in.Body, MentionIDs: in.MentionIDs, CreatedAt: now,
	}}
	if err := op.check(); err != nil {
		return nil, err
	}
	intent := Intent{
		OrgID: v.Organization.ID, ActorID: v.User.ID, EntityID: in.EntityID,
		ClientMutationID: in.ClientMutationID, UserIDs: in.MentionIDs, Commenters: true,
	}
	intent.notifies(now)
	written, err := s.write(ctx, intent, op.decide)
	if err != nil {
		return nil, err
	}
	if written.Earlier != nil {
		return s.commentedBefore(ctx, v.OwnScope(), written.Earlier, op.draft)
	}
	return &Commented{Comment: written.Comment, Cursor: written.Change.Cursor, ClientMutationID: in.ClientMutationID}, nil
}

// commentedBefore answers a repeated AddComment with the comment that it made. If the entity was
// deleted since, its comments are no longer shown; then the answer has the content of the draft.
func (s *Service) commentedBefore(ctx context.Context, scope Scope, earlier *Change, draft Comment) (*Commented, error) {
	made := *earlier.CommentID
	found, err := s.store.Comments(ctx, scope, []ID{made})
	if err != nil {
		return nil, err
	}
	comment := found[made]
	if comment == nil {
		comment = &draft
		comment.ID, comment.EntityType, comment.CreatedAt = made, earlier.EntityType, earlier.OccurredAt
	}
	return &Commented{Comment: comment, Cursor: earlier.Cursor, ClientMutationID: earlier.ClientMutationID}, nil
}

type commenting struct {
	in    AddComment
	key   mutationKey
	draft Comment // without a type of entity
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
	comment := op.draft
	comment.EntityType = entity.Common().Type
	change := st.unrevised(ChangeComment, entity, authorship{actor, comment.CreatedAt, op.key})
	change.CommentID = &comment.ID
	st.notify(change, st.commented(entity, &comment))
	return &Decision{Change: change, Comment: &comment}, nil
}

// checkMentions rejects mentions of people who can't read the comment.
func (st *State) checkMentions(e Entity, mentionIDs []ID) error {
	for _, id := range mentionIDs {
		switch m := st.member(id); {
		case m == nil:
			return invalid("mentionIds", "must be members of the organization; "+string(id)+" is not one")
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
	written, err := s.write(ctx, Intent{
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
		return &Decision{Change: st.unrevised(ChangeView, entity, authorship{actor: actor, at: now})}, nil
	})
	return written.changed(), err
}
