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

// shownChanges are changes of fields as they may be shown: the id of a customer
// that the scope does not see is null, as the customer itself is.
func shownChanges(ctx context.Context, fields []*collab.FieldChange) ([]*collab.FieldChange, error) {
	i := slices.IndexFunc(fields, func(f *collab.FieldChange) bool { return f.Field == customerField })
	if i < 0 {
		return fields, nil
	}
	values, err := shownReferences(ctx, fields[i].OldValue, fields[i].NewValue)
	if err != nil {
		return nil, err
	}
	shown := slices.Clone(fields)
	shown[i] = &collab.FieldChange{Field: customerField, OldValue: values[0], NewValue: values[1]}
	return shown, nil
}

// shownConflicts is shownChanges for the fields of a conflict.
func shownConflicts(ctx context.Context, fields []*collab.FieldConflict) ([]*collab.FieldConflict, error) {
	i := slices.IndexFunc(fields, func(f *collab.FieldConflict) bool { return f.Field == customerField })
	if i < 0 {
		return fields, nil
	}
	values, err := shownReferences(ctx, fields[i].Base, fields[i].Local, fields[i].Remote)
	if err != nil {
		return nil, err
	}
	shown, field := slices.Clone(fields), *fields[i]
	field.Base, field.Local, field.Remote = values[0], values[1], values[2]
	shown[i] = &field
	return shown, nil
}

// shownReferences returns values that are ids or null, with null for the ids of
// what is hidden.
func shownReferences(ctx context.Context, values ...collab.JSON) ([]collab.JSON, error) {
	ids := make([]collab.ID, len(values))
	for i, value := range values {
		_ = json.Unmarshal(value, &ids[i]) // what is no id is that of nothing
	}
	hidden, err := dataloaders.From(ctx).Hidden(ctx, ids)
	if err != nil {
		return nil, err
	}
	shown := slices.Clone(values)
	for i := range shown {
		if hidden[i] {
			shown[i] = collab.JSON("null")
		}
	}
	return shown, nil
}
