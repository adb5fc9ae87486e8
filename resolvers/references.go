package resolvers

import (
	"context"
	"encoding/json"
	"slices"

	"tandem/dataloaders"
	"tandem/internal/collab"
)

// customerField is the one field of a document whose value is the id of an entity.
const customerField = "customerId"

// shownChanges returns the fields of a change as the scope may see them.
func shownChanges(ctx context.Context, change *collab.Change) ([]*collab.ShownChange, error) {
	fields, err := visibleChanges(ctx, change.Fields)
	after := change.Snapshot
	if err == nil && after == nil && change.NeedsCurrency() {
		after, err = dataloaders.From(ctx).Version(ctx, collab.EntityVersion{ID: change.EntityID, Version: change.EntityVersion})
	}
	if err != nil {
		return nil, err
	}
	return change.Shown(fields, after), nil
}

// visibleChanges returns changes of fields as the scope may see them: the id of a customer
// that it does not see is null, as the customer itself is, and a change between two such customers
// is none.
func visibleChanges(ctx context.Context, fields []*collab.FieldChange) ([]*collab.FieldChange, error) {
	i := slices.IndexFunc(fields, func(f *collab.FieldChange) bool { return f.Field == customerField })
	if i < 0 {
		return fields, nil
	}
	values, err := shownReferences(ctx, fields[i].OldValue, fields[i].NewValue)
	if err != nil {
		return nil, err
	}
	visible := slices.Clone(fields)
	if string(values[0]) == string(values[1]) {
		return slices.Delete(visible, i, i+1), nil
	}
	visible[i] = &collab.FieldChange{Field: customerField, OldValue: values[0], NewValue: values[1]}
	return visible, nil
}

// visibleConflicts is visibleChanges for the fields of a conflict, which all stay.
func visibleConflicts(ctx context.Context, fields []*collab.FieldConflict) ([]*collab.FieldConflict, error) {
	i := slices.IndexFunc(fields, func(f *collab.FieldConflict) bool { return f.Field == customerField })
	if i < 0 {
		return fields, nil
	}
	values, err := shownReferences(ctx, fields[i].Base, fields[i].Local, fields[i].Remote)
	if err != nil {
		return nil, err
	}
	visible, field := slices.Clone(fields), *fields[i]
	field.Base, field.Local, field.Remote = values[0], values[1], values[2]
	visible[i] = &field
	return visible, nil
}

// shownReferences returns values that are ids or null, with null for ids of hidden
// entities.
func shownReferences(ctx context.Context, values ...collab.JSON) ([]collab.JSON, error) {
	ids := make([]collab.ID, len(values))
	for i, value := range values {
		_ = json.Unmarshal(value, &ids[i]) // a value that is not an id leaves an empty one, which names no entity
	}
	hidden, err := dataloaders.From(ctx).Hidden(ctx, ids)
	if err != nil {
		return nil, err
	}
	shown := slices.Clone(values)
	for i := range shown {
		if hidden[i] || len(shown[i]) == 0 { // the instance that creates an entity has no old value, and others have null
			shown[i] = collab.JSON("null")
		}
	}
	return shown, nil
}
