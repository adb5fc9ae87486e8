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
	e, err := s.newEntity(v, in)
	if err != nil {
		return nil, err
	}
	document, err := fieldsOf(e)
	if err != nil {
		return nil, err
	}
	said, err := said(in.Type, document)
	if err != nil {
		return nil, err
	}
	key, err := newKey(in.ClientMutationID, ChangeCreate, in.Type, said)
	if err != nil {
		return nil, err
	}
	op := &creation{orgID: v.Organization.ID, in: in, key: key, entity: e}
	intent := Intent{OrgID: v.Organization.ID, ActorID: v.User.ID, ClientMutationID: in.ClientMutationID}
	intent.refer(e.Belongings())
	change, err := s.write(ctx, intent, op.decide)
	if err != nil {
		return nil, err
	}
	return s.saved(ctx, v, change, op.earlier, nil)
}

func (s *Service) newEntity(v *Viewer, in Create) (Entity, error) {
	document := maps.Clone(defaults[in.Type])
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
		ID: NewID(in.Type.prefix(), now.Time), Type: in.Type, Version: 1,
		CreatedBy: v.User.ID, UpdatedBy: v.User.ID, CreatedAt: now, UpdatedAt: now,
	}
	return e, setFields(e, document)
}

// defaults are the fields that a new entity has when nothing is said of them.
var defaults = map[EntityType]Fields{
	TypeCustomer: {"status": []byte(`"LEAD"`), "visibility": []byte(`"ORGANIZATION"`)},
	TypeCall:     {"status": []byte(`"SCHEDULED"`), "visibility": []byte(`"ORGANIZATION"`)},
	TypeMeeting:  {"status": []byte(`"SCHEDULED"`), "visibility": []byte(`"ORGANIZATION"`)},
}

// said returns the fields of a document that are not as if nothing was said of them.
// An instance that knows more fields than another then has the same fingerprint for
// what was sent to both.
func said(t EntityType, document Fields) (Fields, error) {
	empty := newEntity(t)
	if err := setFields(empty, defaults[t]); err != nil {
		return nil, err
	}
	unsaid, err := fieldsOf(empty)
	if err != nil {
		return nil, err
	}
	return changed(document, unsaid), nil
}

// creation is one Create on its way.
type creation struct {
	orgID   ID
	in      Create
	key     mutationKey
	entity  Entity
	earlier *Change
}

func (op *creation) decide(st *State) (*Decision, error) {
	actor, err := st.actor()
	if err != nil {
		return nil, err
	}
	if st.Earlier != nil {
		op.earlier = st.Earlier
		return &Decision{}, op.key.check(st.Earlier, expected{change: ChangeCreate, entityType: op.in.Type})
	}
	if !actor.Role.AtLeast(RoleMember) {
		return nil, &AccessDenied{Message: "Your role lets you read, not create.", EntityID: op.orgID, ReadOnlyFields: []string{}}
	}
	if err := st.check(actor, op.entity, nil); err != nil {
		return nil, err
	}
	after, err := fieldsOf(op.entity)
	if err != nil {
		return nil, err
	}
	change := st.change(ChangeCreate, actor, nil, op.entity, op.key, op.entity.Common().CreatedAt)
	change.Fields = diff(Fields{}, after)
	change.Snapshot = op.entity
	change.notifyAssigned(actor, Belongings{}, op.entity)
	return &Decision{Change: change}, nil
}
