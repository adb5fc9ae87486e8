package access_test

import (
	crand "crypto/rand"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// While access changes at random, subscriptions deliver what a plain model predicts: each change of an entity that
// the person may see both before and after it. A person is up to date when their role changes, because a person
// who is behind receives the earlier changes under the role that they have when they reach them.
func TestStreamsFollowAccess(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint("TwoInstances/Seed", seed), func(t *testing.T) {
			t.Parallel()
			settings := servertest.Shared(t)
			playAccess(t, seed, servertest.Start(t, settings), servertest.Start(t, settings))
		})
		t.Run(fmt.Sprint("OneInstance/Seed", seed), func(t *testing.T) {
			t.Parallel()
			at := servertest.Start(t, servertest.Embedded(t))
			broadcasts := at.Server.Broadcasts
			playAccess(t, seed, at, at)
			if stats := broadcasts.Stats(); stats.Deliveries < 2*stats.Executions {
				t.Errorf("%d deliveries of %d executions: little was shared, so this shows little", stats.Deliveries, stats.Executions)
			}
		})
	}
}

// A modelEntity is a customer, as far as access to it is concerned.
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

// An accessModel predicts which person receives which change.
type accessModel struct {
	roles    map[string]collab.Role // of people who are not removed
	entities []*modelEntity
	told     map[string][]string // by person: entity and version
}

// made records that a change made a version of an entity; before is the entity as it was.
func (m *accessModel) made(before *modelEntity, e *modelEntity, version int) {
	if version == e.version {
		return // nothing changed
	}
	e.version = version
	for user, role := range m.roles {
		if e.sees(user, role) && (before == nil || before.sees(user, role)) {
			m.told[user] = append(m.told[user], fmt.Sprint(e.id, " ", version))
		}
	}
}

// A player changes access at random, and updates the model.
type player struct {
	*accessModel
	t       *testing.T
	random  *rand.Rand
	ada     *servertest.Person            // does what only an admin may
	members map[string]*servertest.Person // everybody except her
	names   []string
	// followers are the followers of each person.
	followers map[string][]*servertest.AccessFollower
}

func playAccess(t *testing.T, seed uint64, one, two *servertest.Instance) {
	org := crand.Text()
	p := &player{
		accessModel: &accessModel{roles: map[string]collab.Role{"ada": collab.RoleAdmin}, told: map[string][]string{}},
		t:           t, random: rand.New(rand.NewPCG(seed, 1)), members: map[string]*servertest.Person{},
		ada: servertest.Join(t, one, org, "ada", collab.RoleAdmin), followers: map[string][]*servertest.AccessFollower{},
	}
	begin := p.ada.Create(servertest.Object{"name": "begin"})["cursor"]
	for i, member := range []struct {
		name string
		role collab.Role
	}{{"bea", collab.RoleAdmin}, {"ben", collab.RoleMember}, {"cem", collab.RoleMember}, {"vic", collab.RoleViewer}, {"wil", collab.RoleViewer}} {
		p.members[member.name] = servertest.Join(t, []*servertest.Instance{one, two}[i%2], org, member.name, member.role)
		p.members[member.name].Ask(`{ viewer { role } }`, nil)
		p.roles[member.name], p.names = member.role, append(p.names, member.name)
	}
	for _, at := range []*servertest.Instance{one, two} {
		for _, name := range append([]string{"ada"}, p.names...) {
			who := p.ada
			if name != "ada" {
				who = p.members[name]
			}
			p.followers[name] = append(p.followers[name], who.On(at).FollowAccess(name, begin))
		}
	}
	for range 120 {
		p.play()
	}
	p.create("ada", p.ada, false) // everybody who remains sees it
	for name, followers := range p.followers {
		for _, f := range followers {
			f.Want(p.told[name], p.roles[name] != "")
		}
	}
}

// catchUp waits until a person's followers are up to date, which they are when they receive a last change that
// everybody sees.
func (p *player) catchUp(user string) {
	p.t.Helper()
	p.create("ada", p.ada, false)
	for _, f := range p.followers[user] {
		f.Read(len(p.told[user]))
	}
}

// play makes one random change.
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
		p.edit(e, servertest.Object{"notes": strconv.FormatUint(p.random.Uint64(), 36)}, func(*modelEntity) {})
	case dice < 9:
		restricted := p.random.IntN(3) > 0
		visibility := map[bool]string{true: "RESTRICTED", false: "ORGANIZATION"}[restricted]
		p.edit(e, servertest.Object{"visibility": visibility}, func(e *modelEntity) { e.restricted = restricted })
	case dice < 11 && active:
		p.edit(e, servertest.Object{"ownerId": user}, func(e *modelEntity) { e.owner = user })
	case dice < 14 && active && !e.deleted:
		p.ada.Grant(servertest.Object{"id": e.id}, user, []string{"READ", "WRITE"}[p.random.IntN(2)])
		e.grants[user] = true
	case dice < 16 && !e.deleted:
		p.ada.Revoke(servertest.Object{"id": e.id}, user)
		delete(e.grants, user)
	case dice < 18:
		p.deleteOrRestore(e)
	case dice == 18 && active:
		p.catchUp(user)
		role := []collab.Role{collab.RoleViewer, collab.RoleMember, collab.RoleAdmin}[p.random.IntN(3)]
		p.ada.Ask(`mutation ($id: ID!, $role: Role!) { setMemberRole(userId: $id, role: $role) { role } }`, servertest.Object{"id": user, "role": role})
		p.roles[user] = role
	case dice == 19 && active && len(p.roles) > 4:
		p.catchUp(user)
		p.ada.Ask(`mutation ($id: ID!) { removeMember(userId: $id) }`, servertest.Object{"id": user})
		delete(p.roles, user)
	}
}

// anybodyCreates has a random person who may create a customer do so.
func (p *player) anybodyCreates() {
	name, who := "ada", p.ada
	if other := p.names[p.random.IntN(len(p.names))]; p.roles[other].AtLeast(collab.RoleMember) {
		name, who = other, p.members[other]
	}
	p.create(name, who, p.random.IntN(2) == 0)
}

func (p *player) create(name string, who *servertest.Person, restricted bool) {
	p.t.Helper()
	visibility := map[bool]string{true: "RESTRICTED", false: "ORGANIZATION"}[restricted]
	made := who.Create(servertest.Object{"name": "x", "visibility": visibility})
	e := &modelEntity{id: made["id"].(string), creator: name, restricted: restricted, grants: map[string]bool{}}
	p.entities = append(p.entities, e)
	p.made(nil, e, 1)
}

// edit has ada change an entity, and updates the model.
func (p *player) edit(e *modelEntity, patch servertest.Object, change func(*modelEntity)) {
	p.t.Helper()
	if e.deleted {
		return
	}
	before := *e
	saved := p.ada.Update(servertest.Object{"id": e.id}, e.version, patch)
	change(e)
	p.made(&before, e, int(saved.Number("customer.version")))
}

func (p *player) deleteOrRestore(e *modelEntity) {
	p.t.Helper()
	if e.deleted {
		p.ada.Ask(`mutation ($id: ID!) { restoreEntity(input: {id: $id}) { __typename } }`, servertest.Object{"id": e.id})
	} else {
		p.ada.Ask(`mutation ($id: ID!, $v: Int!) { deleteEntity(input: {id: $id, baseVersion: $v}) { __typename } }`, servertest.Object{"id": e.id, "v": e.version})
	}
	e.deleted = !e.deleted
	p.made(e, e, e.version+1)
}
