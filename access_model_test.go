package main

import (
	crand "crypto/rand"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tandem/internal/collab"
)

// What people follow while their access changes at random is what a plain model
// says that they may see: of each change, a person who sees the entity before and after
// it. Whose role changes is up to date then: to one who is behind, what came before
// is told by the role that they have when they come to it.
func TestStreamsFollowAccess(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("two instances, seed ", seed), func(t *testing.T) {
			t.Parallel()
			settings := shared(t)
			playAccess(t, seed, start(t, settings), start(t, settings))
		})
		t.Run(fmt.Sprint("one instance, seed ", seed), func(t *testing.T) {
			t.Parallel()
			at, broadcasts := wired(t)
			playAccess(t, seed, at, at)
			if stats := broadcasts.Stats(); stats.Deliveries < 2*stats.Executions {
				t.Errorf("%d deliveries of %d executions: little was shared, so this shows little", stats.Deliveries, stats.Executions)
			}
		})
	}
}

// A modelEntity is a customer, as far as access is concerned.
type modelEntity struct {
	id, creator string
	owner       string // "" for none
	restricted  bool
	deleted     bool
	grants      map[string]bool
	version     int
}

// sees reports whether a person of a role sees the entity.
func (e modelEntity) sees(user string, role collab.Role) bool {
	return !e.restricted || role == collab.RoleAdmin || user == e.creator || user == e.owner || e.grants[user]
}

// An accessModel says who is to be told of what.
type accessModel struct {
	roles    map[string]collab.Role // of those who are not removed
	entities []*modelEntity
	told     map[string][]string // by person: entity and version
}

// made notes that a change made a version of an entity, which was as before says.
func (m *accessModel) made(before *modelEntity, e *modelEntity, version int) {
	if version == e.version {
		return // it changed nothing
	}
	e.version = version
	for user, role := range m.roles {
		if e.sees(user, role) && (before == nil || before.sees(user, role)) {
			m.told[user] = append(m.told[user], fmt.Sprint(e.id, " ", version))
		}
	}
}

// A player does at random what alters access, and tells the model.
type player struct {
	*accessModel
	t       *testing.T
	random  *rand.Rand
	ada     *person            // who does what only an admin may
	members map[string]*person // everybody but her
	names   []string
	// followers are those of each person.
	followers map[string][]*accessFollower
}

func playAccess(t *testing.T, seed uint64, one, two *instance) {
	org := crand.Text()
	p := &player{
		accessModel: &accessModel{roles: map[string]collab.Role{"ada": collab.RoleAdmin}, told: map[string][]string{}},
		t:           t, random: rand.New(rand.NewPCG(seed, 1)), members: map[string]*person{},
		ada: join(t, one, org, "ada", collab.RoleAdmin), followers: map[string][]*accessFollower{},
	}
	begin := p.ada.create(object{"name": "begin"})["cursor"]
	for name, role := range map[string]collab.Role{"bea": collab.RoleAdmin, "ben": collab.RoleMember, "cem": collab.RoleMember, "vic": collab.RoleViewer, "wil": collab.RoleViewer} {
		p.members[name], p.roles[name] = join(t, []*instance{one, two}[len(p.members)%2], org, name, role), role
		p.members[name].ask(`{ viewer { role } }`, nil)
		p.names = append(p.names, name)
	}
	slices.Sort(p.names)
	for _, at := range []*instance{one, two} {
		for _, name := range append([]string{"ada"}, p.names...) {
			who := p.ada
			if name != "ada" {
				who = p.members[name]
			}
			p.followers[name] = append(p.followers[name], who.on(at).followAccess(name, begin))
		}
	}
	for range 120 {
		p.play()
	}
	p.create("ada", p.ada, false) // everybody who is left sees it
	for name, followers := range p.followers {
		for _, f := range followers {
			f.want(p.told[name], p.roles[name] != "")
		}
	}
}

// catchUp waits until a person's followers are up to date, which a last change that
// everybody sees shows.
func (p *player) catchUp(user string) {
	p.t.Helper()
	p.create("ada", p.ada, false)
	for _, f := range p.followers[user] {
		f.read(len(p.told[user]))
	}
}

// play does one thing.
func (p *player) play() {
	if len(p.entities) < 3 {
		p.anybodyCreates()
		return
	}
	e, user := p.entities[p.random.IntN(len(p.entities))], p.names[p.random.IntN(len(p.names))]
	active := p.roles[user] != ""
	switch dice := p.random.IntN(20); {
	case dice < 2:
		p.anybodyCreates()
	case dice < 6:
		p.edit(e, object{"notes": crand.Text()}, func(*modelEntity) {})
	case dice < 9:
		restricted := p.random.IntN(3) > 0
		visibility := map[bool]string{true: "RESTRICTED", false: "ORGANIZATION"}[restricted]
		p.edit(e, object{"visibility": visibility}, func(e *modelEntity) { e.restricted = restricted })
	case dice < 11 && active:
		p.edit(e, object{"ownerId": user}, func(e *modelEntity) { e.owner = user })
	case dice < 14 && active && !e.deleted:
		p.ada.grant(object{"id": e.id}, user, []string{"READ", "WRITE"}[p.random.IntN(2)])
		e.grants[user] = true
	case dice < 16 && !e.deleted:
		p.ada.revoke(object{"id": e.id}, user)
		delete(e.grants, user)
	case dice < 18:
		p.deleteOrRestore(e)
	case dice == 18 && active:
		p.catchUp(user)
		role := []collab.Role{collab.RoleViewer, collab.RoleMember, collab.RoleAdmin}[p.random.IntN(3)]
		p.ada.ask(`mutation ($id: ID!, $role: Role!) { setMemberRole(userId: $id, role: $role) { role } }`, object{"id": user, "role": role})
		p.roles[user] = role
	case dice == 19 && active && len(p.roles) > 4:
		p.catchUp(user)
		p.ada.ask(`mutation ($id: ID!) { removeMember(userId: $id) }`, object{"id": user})
		delete(p.roles, user)
	}
}

// anybodyCreates has somebody create a customer who may.
func (p *player) anybodyCreates() {
	name, who := "ada", p.ada
	if other := p.names[p.random.IntN(len(p.names))]; p.roles[other].AtLeast(collab.RoleMember) {
		name, who = other, p.members[other]
	}
	p.create(name, who, p.random.IntN(2) == 0)
}

func (p *player) create(name string, who *person, restricted bool) {
	p.t.Helper()
	visibility := map[bool]string{true: "RESTRICTED", false: "ORGANIZATION"}[restricted]
	made := who.create(object{"name": "x", "visibility": visibility})
	e := &modelEntity{id: made["id"].(string), creator: name, restricted: restricted, grants: map[string]bool{}}
	p.entities = append(p.entities, e)
	p.made(nil, e, 1)
}

// edit has ada change an entity, and the model with it.
func (p *player) edit(e *modelEntity, patch object, change func(*modelEntity)) {
	p.t.Helper()
	if e.deleted {
		return
	}
	before := *e
	saved := p.ada.update(object{"id": e.id}, e.version, patch)
	change(e)
	p.made(&before, e, int(saved["customer"].(object)["version"].(float64)))
}

func (p *player) deleteOrRestore(e *modelEntity) {
	p.t.Helper()
	if e.deleted {
		p.ada.ask(`mutation ($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, object{"id": e.id})
	} else {
		p.ada.ask(`mutation ($id: ID!, $v: Int!) { deleteEntity(input: {id: $id, baseVersion: $v}) { __typename } }`, object{"id": e.id, "v": e.version})
	}
	e.deleted = !e.deleted
	p.made(e, e, e.version+1)
}

// An accessFollower reads all changes that a person is told of, until a last one.
type accessFollower struct {
	t     *testing.T
	name  string
	conn  *hearing
	got   []string
	ended string // the errors that the subscription ended with
}

func (p *person) followAccess(name string, after any) *accessFollower {
	p.t.Helper()
	s := p.connect()
	s.subscribe("1", `subscription ($after: Cursor) { entityChanged(after: $after) { entityId version } }`, object{"after": after})
	return &accessFollower{t: p.t, name: name, conn: s.conn}
}

// read reads until the follower was told of so many changes, or its end.
func (f *accessFollower) read(n int) {
	f.t.Helper()
	for len(f.got) < n && f.ended == "" {
		encoded, err := f.conn.next(patience)
		if err != nil {
			f.t.Fatalf("%s: %v after %d of %d", f.name, err, len(f.got), n)
		}
		var m struct {
			Type    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(encoded, &m); err != nil {
			f.t.Fatal(err)
		}
		if m.Type == "error" {
			f.ended = string(m.Payload)
			return
		}
		var payload struct {
			Data struct {
				EntityChanged struct {
					EntityID string
					Version  int
				}
			}
		}
		if err := json.Unmarshal(m.Payload, &payload); err != nil || m.Type != "next" {
			f.t.Fatalf("%s: %s", f.name, encoded)
		}
		change := payload.Data.EntityChanged
		f.got = append(f.got, fmt.Sprint(change.EntityID, " ", change.Version))
	}
}

// want reads until the last change that the person is to be told of, or until the
// end of the subscription of somebody who was removed.
func (f *accessFollower) want(told []string, stays bool) {
	f.t.Helper()
	if f.read(len(told)); !stays {
		f.read(len(told) + 1)
	}
	if stays != (f.ended == "") {
		f.t.Errorf("%s: it ended with %q", f.name, f.ended)
	}
	if !slices.Equal(f.got, told) {
		f.t.Errorf("%s was told\n%v, want\n%v", f.name, f.got, told)
	}
}
