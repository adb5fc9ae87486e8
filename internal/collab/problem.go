package collab

import "strings"

// A Problem is why a mutation was not applied. It is an answer that a client
// is shown, and it travels as an error so that whatever was begun is undone.
type Problem interface {
	error
	IsProblem()
}

// EntityGone answers that the entity was deleted, or never was, or is not
// visible: the same to the letter unless the viewer could see it before.
type EntityGone struct {
	EntityID    ID
	DeletedAt   *Time
	DeletedByID *ID
}

// Message says it to a person.
func (g *EntityGone) Message() string {
	if g.DeletedAt != nil {
		return "This was deleted in the meantime."
	}
	return "There is nothing with this id."
}

// AccessDenied answers that the viewer may see the entity, but not do this.
type AccessDenied struct {
	Message        string
	EntityID       ID // the organization's where there is no entity yet
	ReadOnlyFields []string
}

// InvalidInput answers which fields are wrong, and why.
type InvalidInput struct {
	Fields []*FieldError
}

// A FieldError is what is wrong with one field of an input.
type FieldError struct {
	Field   string
	Message string
}

// Message joins what is wrong into one sentence for a person.
func (i *InvalidInput) Message() string {
	parts := make([]string, len(i.Fields))
	for n, f := range i.Fields {
		parts[n] = f.Field + " " + f.Message
	}
	return strings.Join(parts, "; ") + "."
}

// invalid returns an InvalidInput about one field.
func invalid(field, message string) *InvalidInput {
	return &InvalidInput{Fields: []*FieldError{{Field: field, Message: message}}}
}

func (g *EntityGone) Error() string   { return g.Message() }
func (a *AccessDenied) Error() string { return a.Message }
func (i *InvalidInput) Error() string { return i.Message() }

// IsProblem marks a Problem.
func (*EntityGone) IsProblem() {}

// IsProblem marks a Problem.
func (*AccessDenied) IsProblem() {}

// IsProblem marks a Problem.
func (*InvalidInput) IsProblem() {}

// An Answer is what a mutation answers: what it did, or a Problem.
type Answer any
