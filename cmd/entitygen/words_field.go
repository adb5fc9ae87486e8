package main

import (
	"strings"

	"tandem/internal/english"
)

// Is reports whether a field has a tag.
func (f *field) Is(tag string) bool {
	_, is := f.tags[tag]
	return is
}

// Tag returns the value of a tag.
func (f *field) Tag(tag string) string { return f.tags[tag] }

// Required reports whether a document always has a value.
func (f *field) Required() bool { return !strings.ContainsAny(f.Type[:1], "*[") }

// Scalar is the type of the field in an input.
func (f *field) Scalar() string {
	of := strings.TrimLeft(f.Type, "*[]")
	scalar := map[string]string{"string": "String", "int": "Int", "Time": "DateTime"}[of]
	if scalar == "" {
		scalar = of
	}
	if strings.HasPrefix(f.Type, "[]") {
		return "[" + scalar + "!] @most(items: 1000)"
	}
	return scalar
}

// Output is the field in an object: its name and type. Those of an interface have none.
func (f *field) Output() string {
	name := strings.TrimSuffix(f.JSON, "Id")
	switch {
	case f.Is("visibility"):
		return ""
	case f.Is("owner"):
		return name + ": User"
	case f.Is("customer"):
		return name + ": Customer"
	case f.Is("people"):
		return english.Plural(strings.TrimSuffix(f.JSON, "Ids")) + ": [User!]!"
	case strings.HasPrefix(f.Type, "[]"):
		return f.JSON + ": " + strings.TrimSuffix(f.Scalar(), " @most(items: 1000)") + "!"
	}
	output := f.JSON + ": " + f.Scalar()
	if f.Required() {
		output += "!"
	}
	if f.Is("text") {
		output += " @long"
	}
	return output
}

// Input is the field in the input that creates an entity.
func (f *field) Input() string {
	if f.Required() && !f.Is("default") {
		return f.JSON + ": " + f.Scalar() + "!"
	}
	return f.JSON + ": " + f.Scalar()
}

// Meaning is what the values of the field stand for, as a constant of internal/collab; "" for values that are
// shown to people as they are.
func (f *field) Meaning() string {
	switch {
	case f.Is("owner"):
		return "meansPerson"
	case f.Is("people"):
		return "meansPeople"
	case f.Is("customer"):
		return "meansEntity"
	case f.Is("amount") && f.of.With("currency") != nil:
		return "meansAmount"
	case strings.HasPrefix(f.Type, "[]"):
		return "meansList"
	case f.enum != nil:
		return "meansWord"
	}
	return ""
}

// People is the name of the method that resolves people.
func (f *field) People() string { return english.Plural(strings.TrimSuffix(f.Name, "IDs")) }

// Model is the name of the field in the models that gqlgen generates, as for attendeeIds.
func (f *field) Model() string { return strings.ToUpper(f.JSON[:1]) + f.JSON[1:] }

// From and Before are the names of the two ends of a filter by time.
func (f *field) From() string {
	return strings.TrimSuffix(strings.TrimSuffix(f.JSON, "At"), "Date") + "After"
}
func (f *field) Before() string { return strings.TrimSuffix(f.From(), "After") + "Before" }
func (f *field) GoFrom() string { return strings.ToUpper(f.From()[:1]) + f.From()[1:] }
func (f *field) GoBefore() string {
	return strings.ToUpper(f.Before()[:1]) + f.Before()[1:]
}

// bounds describes the values that a field may have, by its tags.
func (f *field) bounds(input bool) string {
	switch {
	case f.Is("title") && input:
		return " One line of 1 to 200 characters, not only blanks."
	case f.Is("title"):
		return " One line of 1 to 200 characters, also the `displayName`."
	case f.Is("line"):
		return " One line of at most 200 characters."
	case f.Is("text") && input:
		return " At most 20,000 characters; line breaks and tabs are allowed, other control characters are not."
	case f.Is("text"):
		return " At most 20,000 characters; may have several lines."
	case f.Is("email") && input:
		return " An address like ada@example.com, of at most 254 characters, without a display name; an empty text is refused."
	case f.Is("email"):
		return " An address like ada@example.com, of at most 254 characters."
	case f.Is("currency"):
		return " Three capital letters, as in ISO 4217."
	case f.Is("tags"):
		return " At most 50, of 1 to 50 characters each, none twice."
	case f.Is("people") && input:
		return " At most " + f.Tag("most") + " members of the organization, none twice. Each is notified."
	case f.Is("people"):
		return " At most " + f.Tag("most") + ". People about whom nothing is kept are left out."
	case f.Is("most"):
		return " From 0 to " + thousands(f.Tag("most")) + "."
	case f.Is("owner") && input:
		return " A member of the organization, who is notified. Null: nobody."
	case f.Is("owner"):
		return " Null if there is nobody, or once nothing is kept about that person."
	case f.Is("customer") && input:
		return " A customer of the organization. Null: none."
	case f.Is("customer"):
		return " Null if there is none, or if the customer was deleted or is not visible to you."
	}
	return ""
}

// doc is the comment with the bounds, which come before what a null means.
func (f *field) doc(input bool) string {
	doc, null, _ := strings.Cut(f.Doc, "Null:")
	doc = strings.TrimSpace(doc) + f.bounds(input)
	if null != "" {
		doc += " Null:" + null
	}
	return strings.TrimSpace(doc)
}

// OutputDoc describes the field in an object.
func (f *field) OutputDoc() string { return f.doc(false) }

// InputDoc describes the field in the input that creates an entity.
func (f *field) InputDoc() string {
	doc := f.doc(true)
	if f.Is("default") {
		doc += " " + f.Tag("default") + " if it is left out."
	}
	return doc
}

// PatchDoc describes the field in a patch.
func (f *field) PatchDoc() string {
	doc := f.doc(true)
	switch {
	case strings.HasPrefix(f.Type, "[]"):
		doc += " Null means none."
	case f.Required():
		doc += " Null is InvalidInput."
	}
	doc += f.merging()
	if f.Is("owner") || f.Is("visibility") {
		doc += " Only the creator, the owner and admins may set it."
	}
	return doc
}

// merging describes how two edits of the field are merged.
func (f *field) merging() string {
	switch {
	case f.Tag("merge") == "set":
		return " Merged as a set: what both sides added and removed since is applied to the current ones."
	case f.Tag("merge") == "text":
		return " Merged as a text: edits of different lines or words are both applied."
	case !f.Is("together"):
		return " Merged as a value: two different ones conflict."
	}
	var names []string
	for _, g := range f.of.Groups() {
		if g.Check == f.Tag("together") {
			for _, member := range g.Fields {
				names = append(names, "`"+member.JSON+"`")
			}
		}
	}
	return " Merged as a group: " + enumerate(names, "and") + " are applied together, or conflict together."
}

func thousands(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Enum is the enum that the field is of, or nil.
func (f *field) Enum() *enum { return f.enum }
