package collab

// collide keeps an edit as a conflict, and notifies both sides. An edit that resolves a conflict
// and meets a newer change moves that conflict on, so that there is one to resolve, not two. So does an
// edit that its client made before it knew of a conflict that an earlier edit had met.
func (op *edit) collide(st *State, actor *Member, remote, patch Fields, fields []*FieldConflict) (*Decision, error) {
	conflict := &Conflict{
		ID: NewID(prefixConflict, op.now.Time), EntityType: op.entityType, EntityID: op.entityID,
		BaseVersion: op.bases.others, RemoteVersion: st.Entity.Common().Version,
		Fields: fields, Patch: patch, DetectedAt: op.now, DetectedForID: actor.User.ID,
		Audience: st.audience(st.Entity), BaseAudience: st.baseAudience(), Entity: st.Entity,
	}
	change := st.unrevised(ChangeConflict, st.Entity, op.by(actor))
	op.resolving.moveOn(st, conflict, change)
	if op.resolving == nil && st.QueuedConflict != nil {
		if err := st.continueConflict(conflict, change, remote); err != nil {
			return nil, err
		}
	}
	base, err := st.base(conflict.BaseVersion, remote)
	if err != nil {
		return nil, err
	}
	conflict.keepUndone(base)
	change.ConflictID = &conflict.ID
	st.notify(change, st.collided(actor, st.Entity, conflict))
	return &Decision{Change: change, Conflict: conflict}, nil
}

// keepUndone marks the fields that the edit sets back to what they were at the base version, after its
// author alone had changed them, as a part of it: they are named in Authors.
func (c *Conflict) keepUndone(base Fields) {
	for name, value := range c.Patch {
		if base == nil || !equalValues(value, base[name]) {
			continue
		}
		if c.Authors == nil {
			c.Authors = map[string]ID{}
		}
		c.Authors[name] = c.author(name)
	}
}

// kept returns the part of a patch that a conflict keeps: the fields in conflict, and those that
// would have been applied, merged with what is there. The other fields already have the editor's value, or were not edited.
func kept(patch, apply Fields, conflicts []string) Fields {
	edit := make(Fields, len(apply)+len(conflicts))
	for name := range apply {
		edit[name] = apply[name]
	}
	for _, name := range conflicts {
		edit[name] = patch[name]
	}
	return edit
}
