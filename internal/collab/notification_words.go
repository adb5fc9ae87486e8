package collab

import (
	"fmt"
	"strings"
)

const (
	// excerptLength bounds how much of a comment a notification repeats, in characters.
	excerptLength = 200
	// mostListed bounds the fields that a notification lists. It counts those beyond.
	mostListed = 10
)

// by names the person who caused the newest change, and counts the others.
func (n *Notification) by(actor *Member) string {
	if others := len(n.ActorIDs) - 1; others > 0 {
		return actor.User.Name + " and " + counted(others, "other")
	}
	return actor.User.Name
}

// records is the number of entities that the notification is about, from 1.
func (n *Notification) records() int {
	if n.Burst == nil {
		return 1
	}
	return max(1, len(n.Burst.Records))
}

// things is what the notification is about, of which e is one: a customer, 20 customers.
func (n *Notification) things(e Entity) string {
	if number := n.records(); number > 1 {
		return counted(number, typeOf(e).word())
	}
	return typeOf(e).one()
}

// names names e, and counts the others that the notification is about.
func (n *Notification) names(e Entity) string {
	if others := n.records() - 1; others > 0 {
		return e.DisplayName() + " and " + counted(others, "other")
	}
	return e.DisplayName()
}

// comments says who wrote how many comments on e.
func (n *Notification) comments(actor *Member, e Entity) string {
	if n.Count > 1 {
		return fmt.Sprintf("%s wrote %d comments on %s", n.by(actor), n.Count, e.DisplayName())
	}
	return actor.User.Name + " commented on " + e.DisplayName()
}

// changes says who changed of, an entity or several, and how much of it.
func (n *Notification) changes(actor *Member, of string) string {
	switch did := n.Burst; {
	case did.Act == actMixed:
		return fmt.Sprintf("%s made %d changes to %s", n.by(actor), n.Count, of)
	case did.Act == actChanged && n.records() == 1:
		return fmt.Sprintf("%s changed %s of %s", n.by(actor), counted(len(did.Fields), "field"), of)
	default:
		return fmt.Sprintf("%s %s %s", n.by(actor), did.Act, of)
	}
}

// summary lists the fields that were changed, and counts the comments. newest is the beginning of the newest change's comment;
// empty if that change is no comment.
func (b *Burst) summary(newest string) string {
	var parts []string
	if len(b.Fields) > 0 {
		parts = append(parts, listed(b.Fields))
	}
	if b.Comments > 0 {
		parts = append(parts, counted(b.Comments, "comment"))
	}
	summary := strings.Join(parts, "; ")
	switch {
	case newest == "":
		return summary
	case b.Comments > 1:
		return summary + ", the newest: " + newest
	}
	return summary + ": " + newest
}

// counted is a number of things in words: 1 field, 2 fields.
func counted(number int, one string) string {
	if number == 1 {
		return "1 " + one
	}
	return fmt.Sprint(number, " ", plural(one))
}

// plural is the plural of a noun that forms it by the rules of English spelling, as the names of types do.
func plural(noun string) string {
	for _, sibilant := range []string{"s", "x", "z", "ch", "sh"} {
		if strings.HasSuffix(noun, sibilant) {
			return noun + "es"
		}
	}
	if stem, isY := strings.CutSuffix(noun, "y"); isY && !strings.ContainsAny(stem[max(0, len(stem)-1):], "aeiou") {
		return stem + "ies"
	}
	return noun + "s"
}

// listed lists fields, at most mostListed of them.
func listed(fields []string) string {
	if more := len(fields) - mostListed; more > 0 {
		fields = append(fields[:mostListed:mostListed], counted(more, "other"))
	}
	return enumerateFields(fields)
}

// excerpt returns the beginning of a text.
func excerpt(text string) string {
	if runes := []rune(text); len(runes) > excerptLength {
		return string(runes[:excerptLength]) + "…"
	}
	return text
}
