package collab

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of texts, in characters.
const (
	maxLineLength = 200
	maxTextLength = 20_000
	maxEmail      = 254
	maxTags       = 50
	maxTagLength  = 50
)

// violations collects what is wrong with an input.
type violations struct{ fields []*FieldError }

func (v *violations) add(field, format string, args ...any) {
	v.fields = append(v.fields, &FieldError{Field: field, Message: fmt.Sprintf(format, args...)})
}

// problem returns what was collected, or nil when nothing was.
func (v *violations) problem() error {
	if len(v.fields) == 0 {
		return nil
	}
	return &InvalidInput{Fields: v.fields}
}

// line checks a text of one line. Nil is absent, which is fine unless least is above 0.
func (v *violations) line(field string, s *string, least, most int) {
	if s == nil || *s == "" {
		if least > 0 {
			v.add(field, "must not be empty")
		}
		return
	}
	v.length(field, *s, most)
	if least > 0 && isBlank(*s) {
		v.add(field, "must not be blank")
	}
	v.form(field, *s, formLine)
}

// text checks a text that may have several lines.
func (v *violations) text(field string, s *string) {
	if s == nil {
		return
	}
	v.length(field, *s, maxTextLength)
	v.form(field, *s, formBlock)
}

// form checks what a text consists of.
func (v *violations) form(field, s string, f textForm) {
	if wrong := f.wrong(s); wrong != "" {
		v.add(field, "%s", wrong)
	}
}

func (v *violations) length(field, s string, most int) {
	if n := utf8.RuneCountInString(s); n > most {
		v.add(field, "must have at most %d characters, not %d", most, n)
	}
}

// email checks an address as people type it: local@domain, no display name.
func (v *violations) email(field string, s *string) {
	if s == nil {
		return
	}
	v.length(field, *s, maxEmail)
	parsed, err := mail.ParseAddress(*s)
	if err != nil || parsed.Address != *s || formWord.wrong(*s) != "" {
		v.add(field, "must be an e-mail address, like ada@example.com; null for none")
	}
}

// oneOf checks an enum, which a patch can have set to null.
func (v *violations) oneOf(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.add(field, "must be one of %s", strings.Join(allowed, ", "))
	}
}

func (v *violations) tags(field string, tags []string) {
	if len(tags) > maxTags {
		v.add(field, "must be at most %d", maxTags)
	}
	for _, tag := range tags {
		if isBlank(tag) || utf8.RuneCountInString(tag) > maxTagLength || formLine.wrong(tag) != "" {
			v.add(field, "must each have 1 to %d characters, and no control or invisible characters", maxTagLength)
			break
		}
	}
	if len(slices.Compact(slices.Sorted(slices.Values(tags)))) != len(tags) {
		v.add(field, "must not contain a tag twice")
	}
}

func (v *violations) distinct(field string, ids []ID) {
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		v.add(field, "must not contain anybody twice")
	}
}
