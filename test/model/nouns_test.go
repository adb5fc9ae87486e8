package model

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// fields are values by the names that a patch has for them, as JSON decodes them.
type fields = map[string]any

// A noun is a kind of entity, as schema.graphqls describes it.
type noun struct {
	name      string   // as the types of the schema have it
	title     string   // the field that must have a text
	texts     []string // fields that are texts of one line, or null
	long      []string // fields that are long texts, or null
	statuses  []string
	selection string // reads all fields
	begin     fields // what a new one has unless something else is said
	together  *together
}

// Fields that are valid only together: 9.9.
type together struct {
	names []string
	whole bool // they are one value
	valid func(fields) bool
}

// kind is the noun's EntityType.
func (n *noun) kind() string { return strings.ToUpper(n.name) }

// one is the noun as queries and changes name it.
func (n *noun) one() string { return strings.ToLower(n.name) }

const common = "id version visibility deletedAt owner { id } "

var nouns = []*noun{
	{name: "Customer", title: "name", texts: []string{"phone", "company"}, long: []string{"notes"}, statuses: []string{"LEAD", "PROSPECT", "ACTIVE", "CHURNED"},
		selection: common + "name email phone company customerStatus: status tags notes",
		begin:     fields{"email": nil, "phone": nil, "company": nil, "status": "LEAD", "ownerId": nil, "tags": []any{}, "notes": nil, "visibility": "ORGANIZATION"}},
	{name: "Call", title: "subject", long: []string{"outcome", "notes"}, statuses: []string{"SCHEDULED", "IN_PROGRESS", "COMPLETED", "MISSED"},
		selection: common + "subject direction callStatus: status durationSeconds outcome notes",
		begin:     fields{"direction": "INBOUND", "status": "SCHEDULED", "ownerId": nil, "durationSeconds": nil, "outcome": nil, "notes": nil, "visibility": "ORGANIZATION"}},
	{name: "Meeting", title: "title", texts: []string{"location"}, long: []string{"agenda", "notes"}, statuses: []string{"SCHEDULED", "IN_PROGRESS", "COMPLETED"},
		selection: common + "title meetingStatus: status startsAt endsAt location agenda notes attendees { id }",
		begin: fields{"status": "SCHEDULED", "ownerId": nil, "startsAt": "2027-01-01T10:00:00.000Z", "endsAt": "2027-01-01T11:00:00.000Z", "location": nil,
			"agenda": nil, "notes": nil, "attendeeIds": []any{}, "visibility": "ORGANIZATION"},
		together: &together{names: []string{"startsAt", "endsAt"}, valid: func(f fields) bool { return f["startsAt"].(string) <= f["endsAt"].(string) }}},
	// Amounts are never null here: whether an edit of one field is valid would depend on what its editor saw of the other.
	{name: "Deal", title: "title", long: []string{"notes"}, statuses: []string{"OPEN", "PROPOSAL", "NEGOTIATION", "WON", "LOST"},
		selection: common + "title amountMinor currency stage expectedCloseDate notes",
		begin:     fields{"amountMinor": 100.0, "currency": "EUR", "stage": "OPEN", "ownerId": nil, "expectedCloseDate": nil, "notes": nil, "visibility": "ORGANIZATION"},
		together:  &together{names: []string{"amountMinor", "currency"}, whole: true, valid: func(fields) bool { return true }}},
}

// fragment reads all fields of an entity.
func (n *noun) fragment() string {
	return fmt.Sprintf(" fragment %s on %s { %s }", n.name, n.name, n.selection)
}

// fragments are those of every noun.
func fragments() string {
	var b strings.Builder
	for _, n := range nouns {
		b.WriteString(n.fragment())
	}
	return b.String()
}

// everyChange reads changes of entities.
const everyChange = `__typename cursor kind entityId version fromVersion changes { field oldValue newValue } actor { id } clientMutationId
	... on CustomerChange { customer { ...Customer } } ... on CallChange { call { ...Call } } ... on MeetingChange { meeting { ...Meeting } } ... on DealChange { deal { ...Deal } }`

// read returns the fields of an entity that an answer holds.
func (n *noun) read(entity object) fields {
	f := fields{}
	for name := range n.begin {
		switch name {
		case "ownerId":
			f[name] = idOf(entity["owner"])
		case "attendeeIds":
			ids := []any{}
			people, _ := entity["attendees"].([]any)
			for _, person := range people {
				ids = append(ids, idOf(person))
			}
			f[name] = ids
		case "status":
			f[name] = entity[n.one()+"Status"]
		default:
			f[name] = entity[name]
		}
	}
	f[n.title] = entity[n.title]
	return f
}

// idOf returns the id of a node, or nil if it is null.
func idOf(node any) any {
	if o, ok := node.(object); ok {
		return o["id"]
	}
	return nil
}

// same reports whether two values of fields are equal.
func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// differing names the fields that differ, in order.
func differing(a, b fields) []string {
	var names []string
	for name := range a {
		if !same(a[name], b[name]) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// with returns the fields with others laid over them.
func with(f, over fields) fields {
	out := maps.Clone(f)
	maps.Copy(out, over)
	return out
}

// brief shows fields with their long texts cut.
func brief(f fields) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(f)) {
		parts = append(parts, fmt.Sprintf("%s: %.24v", name, f[name]))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}
