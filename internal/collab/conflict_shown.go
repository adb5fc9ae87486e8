package collab

// ShownTo returns the conflict as a scope that now sees the entity may see it. Values from before
// the scope could see the entity are left out: those at the base version; and the edit, together
// with who changed the other side. Without the edit, the remote side is the entity as it is now.
func (c *Conflict) ShownTo(scope Scope) *Conflict {
	seesEdit, seesBase := scope.in(c.Audience), scope.in(c.BaseAudience)
	shown := *c
	var now Fields
	if !seesEdit {
		shown.Patch, shown.Authors = Fields{}, nil
		if c.Entity != nil {
			now, _ = fieldsOf(c.Entity) // a document that was decoded encodes
		}
	}
	shown.Fields = make([]*FieldConflict, len(c.Fields))
	for i, f := range c.Fields {
		field := *f
		switch {
		case seesEdit && seesBase:
			field.nature = c.EntityType.noun().nature(f.Field)
		case !seesEdit:
			field = FieldConflict{Field: f.Field, Base: f.Base, Remote: JSON(now[f.Field])}
		}
		if !seesBase {
			field.Base = nil
		}
		shown.Fields[i] = &field
	}
	return &shown
}

// shownTo is ShownTo for several conflicts.
func shownTo(scope Scope, conflicts []*Conflict) []*Conflict {
	for i, c := range conflicts {
		conflicts[i] = c.ShownTo(scope)
	}
	return conflicts
}
