package collab

// collide keeps an edit as a conflict, and tells both sides. An edit that
// resolves a conflict and meets a newer change moves that conflict on, so that
// there is one to resolve, not two.
func (op *edit) collide(st *State, actor *Member, base, patch Fields, fields []*FieldConflict) (*Decision, error) {
	conflict := &Conflict{
		ID: NewID(prefixConflict, op.now.Time), EntityType: op.entityType, EntityID: op.entityID,
		BaseVersion: op.baseVersion, RemoteVersion: st.Entity.Common().Version,
		Fields: fields, Patch: patch, DetectedAt: op.now, DetectedForID: actor.User.ID,
		Audience: st.audience(st.Entity), BaseAudience: st.baseAudience(), Entity: st.Entity,
	}
	op.resolving.moveOn(st, conflict)
	conflict.keepUndone(base)
	op.conflict = conflict
	change := st.change(ChangeConflict, actor, st.Entity, st.Entity, op.key, op.now)
	change.ConflictID = &conflict.ID
	change.notifyConflict(actor, st.Entity, conflict, st.Since)
	change.untold(st.Unread)
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

// kept returns what a conflict keeps of a patch: the fields in conflict, and those
// that would have been applied. The rest is as the editor wants it, or was not edited.
func kept(patch, apply Fields, conflicts []string) Fields {
	edit := make(Fields, len(apply)+len(conflicts))
	for name := range apply {
		edit[name] = patch[name]
	}
	for _, name := range conflicts {
		edit[name] = patch[name]
	}
	return edit
}
