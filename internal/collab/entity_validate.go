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

// problem returns the collected violations as an error, or nil if there are none.
func (v *violations) problem() error {
	if len(v.fields) == 0 {
		return nil
	}
	return &InvalidInput{Fields: v.fields}
}

// line checks a text of one line. Nil means absent, which is allowed unless least is above 0.
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

// form checks the characters of a text.
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

// email checks an e-mail address as people type it: local@domain, without a display name.
func (v *violations) email(field string, s *string) {
	if s == nil {
		return
	}
	v.length(field, *s, maxEmail)
	if !isEmail(*s) {
		v.add(field, "must be an e-mail address, like ada@example.com; null for none")
	}
}

func isEmail(s string) bool {
	parsed, err := mail.ParseAddress(s)
	return err == nil && parsed.Address == s && formWord.wrong(s) == ""
}

// oneOf checks an enum, which a patch may have set to null.
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

func (v *violations) people(field string, ids []ID, most int) {
	if len(ids) > most {
		v.add(field, "must be at most %d people", most)
	}
	v.distinct(field, ids)
}

func (v *violations) distinct(field string, ids []ID) {
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		v.add(field, "must not contain anybody twice")
	}
}

// currency checks an ISO 4217 code. Nil means absent.
func (v *violations) currency(field string, s *string) {
	if s != nil && (len(*s) != 3 || strings.Trim(*s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		v.add(field, "must be three capital letters, like EUR")
	}
}

// checkNumber checks that a number is not negative, and not above a bound. Nil means absent.
func checkNumber[N int | SafeInt](v *violations, field string, n *N, most N) {
	if n != nil && (*n < 0 || *n > most) {
		v.add(field, "must be from 0 to %d", most)
	}
}

// given checks a time, which a patch may have set to null.
func (v *violations) given(field string, t Time) {
	if t.IsZero() {
		v.add(field, "must be given")
	}
}
