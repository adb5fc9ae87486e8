package collab

// ShownTo returns the conflict as a scope may see it, which sees the entity now. What
// is from before it could is left out: the values at the base version; the edit, and
// with it who changed the other side. The remote side is then as the entity is now.
func (c *Conflict) ShownTo(scope Scope) *Conflict {
	seesEdit, seesBase := scope.in(c.Audience), scope.in(c.BaseAudience)
	if seesEdit && seesBase {
		return c
	}
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
		if !seesBase {
			field.Base = nil
		}
		if !seesEdit {
			field = FieldConflict{Field: f.Field, Base: field.Base, Remote: JSON(now[f.Field])}
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
