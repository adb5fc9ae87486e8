package collab

import (
	"context"
	"maps"
)

// A Create asks for a new entity. Document is what the client sent of it;
// fields left out get their default.
type Create struct {
	Type             EntityType
	ClientMutationID *ID
	Document         Patch
}

// Create makes an entity. The error may be a Problem: InvalidInput or AccessDenied.
func (s *Service) Create(ctx context.Context, v *Viewer, in Create) (*Saved, error) {
	planned, err := s.planCreate(v, in)
	if err != nil {
		return nil, err
	}
	return s.run(ctx, v, planned)
}

func (s *Service) planCreate(v *Viewer, in Create) (Planned, error) {
	e, err := s.newEntity(v, in)
	if err != nil {
		return Planned{}, err
	}
	document, err := fieldsOf(e)
	if err != nil {
		return Planned{}, err
	}
	chosen, err := nonDefaults(in.Type, document)
	if err != nil {
		return Planned{}, err
	}
	key, err := newKey(in.ClientMutationID, ChangeCreate, in.Type, chosen)
	if err != nil {
		return Planned{}, err
	}
	op := &creation{orgID: v.Organization.ID, in: in, key: key, draft: e}
	intent := Intent{OrgID: v.Organization.ID, ActorID: v.User.ID, ClientMutationID: in.ClientMutationID}
	intent.refer(e.Indexed())
	intent.notifies(e.Common().CreatedAt)
	return Planned{intent, op.decide}, nil
}

func (s *Service) newEntity(v *Viewer, in Create) (Entity, error) {
	document := maps.Clone(in.Type.noun().Defaults)
	sent, err := in.Document.Fields()
	if err != nil {
		return nil, err
	}
	for name, value := range sent {
		if _, hasDefault := document[name]; !hasDefault || !isNull(value) {
			document[name] = value
		}
	}
	now := At(s.now())
	e := newEntity(in.Type)
	*e.Common() = Record{
		ID: NewID(in.Type.noun().Prefix, now.Time), Type: in.Type, Version: 1,
		CreatedBy: v.User.ID, UpdatedBy: v.User.ID, CreatedAt: now, UpdatedAt: now,
	}
	return e, setFields(e, document)
}

// nonDefaults returns the fields of a document that differ from their defaults. So an instance that
// knows more fields than another computes the same fingerprint for the same input.
func nonDefaults(t EntityType, document Fields) (Fields, error) {
	empty := newEntity(t)
	if err := setFields(empty, t.noun().Defaults); err != nil {
		return nil, err
	}
	defaults, err := fieldsOf(empty)
	if err != nil {
		return nil, err
	}
	return changed(document, defaults), nil
}

// creation is one Create in progress.
type creation struct {
	orgID ID
	in    Create
	key   mutationKey
	draft Entity
}

func (op *creation) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		return &Decision{Earlier: st.Earlier}, op.key.check(st.Earlier, expected{change: ChangeCreate, entityType: op.in.Type})
	}
	if !actor.Role.AtLeast(RoleMember) {
		return nil, &AccessDenied{Message: "Your role lets you read, not create.", EntityID: op.orgID, ReadOnlyFields: []string{}}
	}
	if err := st.check(actor, op.draft, nil, always); err != nil {
		return nil, err
	}
	entity, err := overlay(op.draft, nil)
	if err != nil {
		return nil, err
	}
	after, err := fieldsOf(entity)
	if err != nil {
		return nil, err
	}
	change := st.created(entity, authorship{actor, entity.Common().CreatedAt, op.key})
	change.Fields = diff(Fields{}, after)
	st.notify(change, assigned(Indexed{}, entity))
	return &Decision{Change: change}, nil
}
