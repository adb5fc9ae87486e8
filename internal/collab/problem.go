package collab

import "strings"

// A Problem is the reason why a mutation was not applied. It is an answer for clients, but is
// passed as an error, so that everything that was begun is rolled back.
type Problem interface {
	error
	IsProblem()
}

// EntityGone answers that the entity was deleted, never existed, or is not visible. The answers are
// identical unless the viewer could see the entity before.
type EntityGone struct {
	EntityID    ID
	DeletedAt   *Time
	DeletedByID *ID
}

// Message describes the problem to a person.
func (g *EntityGone) Message() string {
	if g.DeletedAt != nil {
		return "This was deleted in the meantime."
	}
	return "There is nothing with this id."
}

// AccessDenied answers that the viewer may see the entity, but may not do this.
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

// An Answer is the answer to a mutation: its result, or a Problem.
type Answer any
