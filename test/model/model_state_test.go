package model

import (
	"maps"
	"slices"
	"time"
)

// The roles of people in the model. A person who was removed, or erased, has one too: nothing is let through by it.
const (
	viewer  = "VIEWER"
	member  = "MEMBER"
	admin   = "ADMIN"
	removed = "REMOVED"
)

// atLeast reports whether a role includes another one.
func atLeast(role, other string) bool {
	order := []string{removed, viewer, member, admin}
	return slices.Index(order, role) >= slices.Index(order, other)
}

// A person is a member of the organization, past or present.
type person struct {
	id, token string
	roles     []roleAt // oldest first
	erased    bool
	hidden    bool // from rooms
}

type roleAt struct {
	position int
	role     string
}

// role returns the person's role after the change at a position.
func (p *person) role(position int) string {
	for _, r := range slices.Backward(p.roles) {
		if r.position <= position {
			return r.role
		}
	}
	return p.roles[0].role
}

// now returns the person's role after all that happened.
func (p *person) now() string { return p.roles[len(p.roles)-1].role }

// An access says who may see an entity, and what they may do, from a position on.
type access struct {
	position   int
	creator    string
	owner      any // an id, or nil
	restricted bool
	grants     map[string]string // levels, by person
}

// sees reports whether a person may see the entity in a role. 19.1
func (a access) sees(p *person, role string) bool {
	switch {
	case role == removed:
		return false
	case role == admin || !a.restricted:
		return true
	}
	return p.id == a.creator || p.id == a.owner || a.grants[p.id] != ""
}

// manages reports whether a person may delete, restore and grant the entity, and set its owner and its visibility.
func (a access) manages(p *person, role string) bool {
	return role == admin || role == member && (p.id == a.creator || p.id == a.owner)
}

// edits reports whether a person who sees the entity may change it and comment on it.
func (a access) edits(p *person, role string) bool {
	if !atLeast(role, member) {
		return false
	}
	return a.manages(p, role) || !a.restricted || a.grants[p.id] == "WRITE"
}

// An entity is what the model knows of a customer, a call, a meeting or a deal.
type entity struct {
	*noun
	id       string
	label    string // a short name for reports
	accesses []access
	versions []*event        // the events that made versions: that of version 1 first
	viewed   map[string]bool // by whom, as a VIEW is told once in five minutes
}

func (e *entity) version() int    { return len(e.versions) }
func (e *entity) at(v int) fields { return e.versions[v-1].state }
func (e *entity) state() fields   { return e.at(e.version()) }
func (e *entity) deleted() bool   { return e.versions[len(e.versions)-1].kind == deleted }
func (e *entity) current() access { return e.accesses[len(e.accesses)-1] }
func (e *entity) newest() *event  { return e.versions[len(e.versions)-1] }

// access returns who may see the entity after the change at a position; before it was made, who could see it at once.
func (e *entity) access(position int) access {
	for _, a := range slices.Backward(e.accesses) {
		if a.position <= position {
			return a
		}
	}
	return e.accesses[0]
}

// The kinds of events, as activity has them.
const (
	created   = "CREATE"
	updated   = "UPDATE"
	deleted   = "DELETE"
	restored  = "RESTORE"
	viewed    = "VIEW"
	commented = "COMMENT"
)

// changeKinds are the kinds of events that make versions, as changes have them.
var changeKinds = map[string]string{created: "CREATED", updated: "UPDATED", deleted: "DELETED", restored: "RESTORED"}

// An event is one thing that happened to an entity, at its place in the log.
type event struct {
	position int
	index    int       // in the model's events
	at       time.Time // when it was answered
	cursor   string
	kind     string
	entity   *entity
	version  int // that it made, or saw
	actor    *person
	authors  map[string]*person // who made the edit of a field, where a resolution kept it; else actor
	mutation any                // the clientMutationId, or nil
	before   fields
	state    fields
	body     string // of a comment
	comment  string // its id
	// was and is are the entity's access before and after: told are those who see it in both. 19.3
	was, is access
}

// changesEntity reports whether the event made a version.
func (v *event) changesEntity() bool { return v.kind != viewed && v.kind != commented }

// mayBeTold reports whether the event may be told to a person in a role.
func (v *event) mayBeTold(p *person, role string) bool {
	return v.is.sees(p, role) && (v.kind == created || v.was.sees(p, role))
}

// A conflict is an edit that was not applied, and is kept.
type conflict struct {
	id           string
	entity       *entity
	actor        *person
	base, remote int
	bases        bases              // base among them
	fields       []string           // in conflict
	local        fields             // the edit that is kept
	authors      map[string]*person // who chose a value of it, where that is somebody else
	made         []int              // the positions at which it was met and moved on
	resolution   string             // "" while it is open
}

// A model is what must have happened in one organization.
type model struct {
	people    []*person
	entities  []*entity
	conflicts []*conflict
	events    []*event // in the order of the log
	position  int      // of the newest change, of entities or of access
	// shifts are the changes of access, oldest first.
	shifts []shift
}

// A shift is a change of a person's access: another instance may take a moment to learn of it. 19.7
type shift struct {
	position       int
	instance       int
	sent, answered time.Time
}

// shifted notes a change of access that was just answered, and is at the newest position.
func (m *model) shifted(instance int, sent time.Time) {
	m.shifts = append(m.shifts, shift{m.position, instance, sent, time.Now()})
}

// append adds an event at a new position. The entity's access must be set after it, if it changes.
func (m *model) append(v *event) *event {
	m.position++
	v.position, v.at = m.position, time.Now()
	v.was = v.entity.access(v.position)
	v.is = v.was
	if v.changesEntity() {
		v.entity.versions = append(v.entity.versions, v)
		v.version = len(v.entity.versions)
	} else {
		v.version = v.entity.version()
	}
	v.index = len(m.events)
	m.events = append(m.events, v)
	return v
}

// readdress gives an entity another access from the newest position on.
func (m *model) readdress(e *entity, change func(*access)) access {
	next := e.current()
	next.position, next.grants = m.position, maps.Clone(next.grants)
	change(&next)
	e.accesses = append(e.accesses, next)
	return next
}

// eventAt returns the event of a cursor, or nil.
func (m *model) eventAt(cursor any) *event {
	for i := len(m.events) - 1; i >= 0; i-- {
		if m.events[i].cursor == cursor {
			return m.events[i]
		}
	}
	return nil
}
