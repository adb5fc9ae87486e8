package httpd

import (
	"tandem/internal/collab"
	"tandem/internal/variables"
)

// scalars are those of the schema that do not take every text. They are checked
// before an operation runs, so that none runs in part.
var scalars = map[string]variables.Scalar{
	"ID":       {Check: check[collab.ID], Code: string(collab.BadInput)},
	"DateTime": {Check: check[collab.Time]},
	"Cursor":   {Check: check[collab.Cursor], Code: string(collab.BadInput)},
}

// check returns why a value can't be read as a T.
func check[T any, P interface {
	*T
	UnmarshalGQL(value any) error
}](value any) error {
	var read T
	return P(&read).UnmarshalGQL(value)
}
