package collab

import (
	"slices"
	"unicode/utf8"
)

// Bounds of the texts that a client can show, in characters.
const (
	maxPageLength  = 500
	maxFieldLength = 100
)

// Names of the fields that a patch sets.
const (
	fieldStatus       = "status"
	fieldCurrentPage  = "currentPage"
	fieldEditingField = "editingField"
)

// byPresence are the statuses, from most to least present.
var byPresence = []PresenceStatus{StatusOnline, StatusBusy, StatusAway}

// Check rejects values that no client may show, with a BadInput error that names the field.
func (p PresencePatch) Check() error {
	values := p.Values()
	if status := values[fieldStatus]; status != nil && !slices.Contains(byPresence, PresenceStatus(*status)) {
		return Errorf(BadInput, "%s must be ONLINE, BUSY or AWAY", fieldStatus)
	}
	if err := checkShown(fieldCurrentPage, values[fieldCurrentPage], maxPageLength); err != nil {
		return err
	}
	return checkShown(fieldEditingField, values[fieldEditingField], maxFieldLength)
}

func checkShown(field string, text *string, most int) error {
	switch {
	case text == nil:
		return nil
	case utf8.RuneCountInString(*text) > most:
		return Errorf(BadInput, "%s must have at most %d characters", field, most)
	}
	if wrong := formLine.wrong(*text); wrong != "" {
		return Errorf(BadInput, "%s %s", field, wrong)
	}
	return nil
}

// Over returns the state with the patch applied. Without a status, it is StatusOnline.
func (p PresencePatch) Over(s PresenceState) PresenceState {
	values := p.Values()
	if status := values[fieldStatus]; status != nil {
		s.Status = PresenceStatus(*status)
	}
	if s.Status == "" {
		s.Status = StatusOnline
	}
	if page, named := values[fieldCurrentPage]; named {
		s.CurrentPage = page
	}
	if field, named := values[fieldEditingField]; named {
		s.EditingField = field
	}
	return s
}

// Values returns the fields that the patch sets, without any unknown keys. Nil clears a field, and
// so does an empty text; a status that is cleared becomes StatusOnline.
func (p PresencePatch) Values() map[string]*string {
	values := make(map[string]*string, len(p))
	for _, field := range []string{fieldStatus, fieldCurrentPage, fieldEditingField} {
		value, named := p[field]
		if !named {
			continue
		}
		text := textOf(value)
		if text != nil && *text == "" {
			text = nil
		}
		if text == nil && field == fieldStatus {
			text = (*string)(ptr(StatusOnline))
		}
		values[field] = text
	}
	return values
}

// textOf reads a value of a patch: a pointer, as GraphQL gives it, or plain. Anything else is nil.
func textOf(value any) *string {
	switch v := value.(type) {
	case *string:
		return v
	case string:
		return &v
	case *PresenceStatus:
		return (*string)(v)
	case PresenceStatus:
		return (*string)(&v)
	}
	return nil
}
