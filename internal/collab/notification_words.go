package collab

import (
	"fmt"
	"strings"

	"tandem/internal/english"
)

const (
	// excerptLength bounds how much of a comment a notification repeats, in characters.
	excerptLength = 200
	// nameLength bounds how much of the name of a person or an entity a notification repeats, in characters. A name has up to 1,000.
	nameLength = 80
	// mostListed bounds the fields that a notification lists. It counts those beyond.
	mostListed = 10
)

// by names the person who caused the newest change, and counts the others, at the beginning of a sentence.
func (n *Notification) by(actor *Member) string { return n.withOthers(actor.shortName()) }

// byWithin is by within a sentence.
func (n *Notification) byWithin(actor *Member) string {
	if actor == somebody {
		return n.withOthers("somebody")
	}
	return n.by(actor)
}

// withOthers adds the number of the other people to the name of one.
func (n *Notification) withOthers(name string) string {
	if others := len(n.ActorIDs) - 1; others > 0 {
		return name + " and " + english.Counted(others, "other")
	}
	return name
}

// RecordCount is the number of entities that the notification is about, from 1.
func (n *Notification) RecordCount() int {
	if n.Burst == nil {
		return 1
	}
	return max(1, len(n.Burst.Records))
}

// CommentCount is how many of the changes are comments.
func (n *Notification) CommentCount() int {
	switch did := n.Burst; {
	case n.Kind == NotifyMention, n.Kind == NotifyComment:
		return n.Count
	case did == nil:
		return 0
	case did.Act == actCommented: // rows of older releases do not count them
		return n.Count
	default:
		return did.Comments
	}
}

// things is what the notification is about, of which e is one: a customer, 20 customers.
func (n *Notification) things(e Entity) string {
	if number := n.RecordCount(); number > 1 {
		return english.Counted(number, typeOf(e).word())
	}
	return typeOf(e).one()
}

// names names e, and counts the others that the notification is about.
func (n *Notification) names(e Entity) string {
	if others := n.RecordCount() - 1; others > 0 {
		return shortNameOf(e) + " and " + english.Counted(others, "other")
	}
	return shortNameOf(e)
}

// commented says who wrote how many comments on e.
func (n *Notification) commented(actor *Member, e Entity) string {
	if n.Count > 1 {
		return fmt.Sprintf("%s wrote %d comments on %s", n.by(actor), n.Count, shortNameOf(e))
	}
	return actor.shortName() + " commented on " + shortNameOf(e)
}

// disputed names e and the fields of its conflicts, or the records of a batch.
func (n *Notification) disputed(e Entity) string {
	if n.RecordCount() > 1 {
		return n.names(e)
	}
	return shortNameOf(e) + ": " + listed(n.Burst.Fields)
}

// changes says who changed of, an entity or several, and how much of it.
func (n *Notification) changes(actor *Member, of string) string {
	switch did := n.Burst; {
	case did.Act == actMixed:
		return fmt.Sprintf("%s made %d changes to %s", n.by(actor), n.Count, of)
	case did.Act == actChanged && n.RecordCount() == 1:
		return fmt.Sprintf("%s changed %s of %s", n.by(actor), english.Counted(len(did.Fields), "field"), of)
	default:
		return fmt.Sprintf("%s %s %s", n.by(actor), did.Act, of)
	}
}

// summary lists the fields that were changed, and counts the comments. comment is the beginning of the comment that is the
// newest change, or empty.
func (b *Burst) summary(comment string) string {
	var parts []string
	if len(b.Fields) > 0 {
		parts = append(parts, listed(b.Fields))
	}
	if b.Comments > 0 {
		parts = append(parts, english.Counted(b.Comments, "comment"))
	}
	summary := strings.Join(parts, "; ")
	switch {
	case comment == "":
		return summary
	case b.Comments > 1:
		return summary + ", the newest: " + english.Isolated(comment)
	}
	return summary + ": " + english.Isolated(comment)
}

// listed lists fields, at most mostListed of them.
func listed(fields []string) string {
	if more := len(fields) - mostListed; more > 0 {
		fields = append(fields[:mostListed:mostListed], english.Counted(more, "other"))
	}
	return enumerateFields(fields)
}

// shortName is the person's name as a part of a sentence, without its end if it is long.
func (m *Member) shortName() string {
	return english.Isolated(english.Excerpt(m.User.Name, nameLength))
}

// wrote is the beginning of a comment of the person, or empty for none.
func (m *Member) wrote(comment string) string {
	if m.User.Erased && comment != "" {
		return ErasedText
	}
	return comment
}

// shortNameOf is the name of e as a part of a sentence, without its end if it is long.
func shortNameOf(e Entity) string {
	return english.Isolated(english.Excerpt(e.DisplayName(), nameLength))
}
