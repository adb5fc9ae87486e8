package live_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	random "math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/seeded"
	"tandem/internal/servertest"
)

// A list that was read once, and then kept by the transitions of a subscription, is the list read again: for every type
// of entities, people of different access, random filters, and clients that come back on the other
// instance, after their last event or after an earlier one.
func TestListsAreKeptByTheirSubscriptions(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	one := servertest.Start(t, settings)
	m := &listModel{
		t: t, random: seeded.New(t).Rand(0), org: rand.Text(), instances: []*servertest.Instance{one, servertest.Start(t, settings)},
		people: map[string]*servertest.Person{}, seen: map[string]int{},
	}
	for user, role := range map[string]collab.Role{"ada": collab.RoleAdmin, "ben": collab.RoleMember, "cyd": collab.RoleMember, "dan": collab.RoleViewer} {
		m.people[user] = servertest.Join(t, one, m.org, user, role)
		m.people[user].Ask(`{ customers { totalCount } }`, nil)
	}
	for range 20 {
		m.create()
	}
	for _, e := range servertest.EntityTypes() {
		for _, user := range slices.Sorted(maps.Keys(m.people)) {
			for range 3 {
				m.follow(e, user)
			}
		}
	}
	for round := range 6 {
		for range 60 {
			m.act()
			if m.random.IntN(8) == 0 {
				oneOf(m.random, m.mirrors).resume(m)
			}
		}
		m.compare(round)
	}
	for range 30 {
		oneOf(m.random, m.mirrors).again(m)
	}
	for _, kind := range []string{"ACCESS_GAINED ENTERED", "ACCESS_LOST LEFT", "CREATED ENTERED", "DELETED LEFT", "UPDATED STAYED"} {
		if m.seen[kind] == 0 {
			t.Errorf("nothing was %s", kind)
		}
	}
}

func oneOf[T any](random *random.Rand, all []T) T { return all[random.IntN(len(all))] }

// A listModel changes an organization at random, and has mirrors of lists.
type listModel struct {
	t         *testing.T
	random    *random.Rand
	org       string
	instances []*servertest.Instance
	people    map[string]*servertest.Person
	made      []madeEntity
	customers []string
	mirrors   []*listMirror
	seen      map[string]int // kinds and transitions
}

type madeEntity struct {
	e  servertest.EntityType
	id string
}

var listUsers = []string{"ada", "ben", "cyd", "dan"}

func (m *listModel) now(percent int) bool { return m.random.IntN(100) < percent }

// anyone returns a person at one of the instances.
func (m *listModel) anyone(users ...string) *servertest.Person {
	return m.people[oneOf(m.random, users)].On(oneOf(m.random, m.instances))
}

// fields are random values of a type: few of each, so that filters often match.
func (m *listModel) fields(e servertest.EntityType) servertest.Object {
	fields := servertest.Object{}
	if m.now(60) {
		fields["ownerId"] = oneOf(m.random, []any{nil, "ada", "ben", "cyd"})
	}
	if m.now(40) {
		fields["visibility"] = oneOf(m.random, []string{"ORGANIZATION", "RESTRICTED"})
	}
	if m.now(60) {
		fields[map[string]string{"Customer": "name", "Call": "subject"}[e.Name]] = oneOf(m.random, []string{"Amber", "Birch", "Cedar amber"})
		if title, is := fields[""]; is {
			fields["title"] = title
			delete(fields, "")
		}
	}
	if e.HasCustomer && len(m.customers) > 0 && m.now(50) {
		fields["customerId"] = oneOf(m.random, m.customers)
	}
	switch e.Name {
	case "Customer":
		fields["tags"], fields["status"] = oneOf(m.random, [][]string{{}, {"vip"}, {"vip", "new"}, {"old"}}), oneOf(m.random, []string{"LEAD", "ACTIVE"})
	case "Call":
		fields["scheduledAt"] = oneOf(m.random, []any{nil, "2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z"})
	case "Meeting":
		fields["attendeeIds"] = oneOf(m.random, [][]string{{}, {"ben"}, {"ben", "ada"}})
	case "Deal":
		fields["stage"], fields["expectedCloseDate"] = oneOf(m.random, []string{"OPEN", "WON"}), oneOf(m.random, []any{nil, "2027-01-01", "2027-02-01"})
	}
	return fields
}

func (m *listModel) create() {
	m.t.Helper()
	e := oneOf(m.random, servertest.EntityTypes())
	by := oneOf(m.random, []string{"ada", "ben", "cyd"})
	made, is := m.people[by].On(oneOf(m.random, m.instances)).Send(e.Creation(), servertest.Object{"input": e.Input("Amber", m.fields(e))}).Data().At("it").Value().(servertest.Object)["it"]
	if !is {
		return // a customer that its author does not see
	}
	id := fmt.Sprint(made.(servertest.Object)["id"])
	m.made = append(m.made, madeEntity{e, id})
	if e.Name == "Customer" {
		m.customers = append(m.customers, id)
	}
}

// act makes one change, which may be refused.
func (m *listModel) act() {
	m.t.Helper()
	of := oneOf(m.random, m.made)
	entity := servertest.Object{"id": of.id}
	version := func() any {
		found := m.people["ada"].Ask(`query($id: ID!) { node(id: $id) { ... on Entity { version } } }`, entity).Value().(servertest.Object)["node"]
		if found == nil {
			return 1
		}
		return found.(servertest.Object)["version"]
	}
	switch n := m.random.IntN(20); {
	case n < 4:
		m.create()
	case n < 10:
		m.anyone("ada", "ben", "cyd").Send(fmt.Sprintf(`mutation($input: Update%[1]sInput!) { update%[1]s(input: $input) { __typename } }`, of.e.Name),
			servertest.Object{"input": servertest.Object{"id": of.id, "baseVersion": version(), "patch": m.fields(of.e)}})
	case n < 12:
		m.anyone("ada", "ben").Send(`mutation($input: DeleteEntityInput!) { deleteEntity(input: $input) { __typename } }`,
			servertest.Object{"input": servertest.Object{"id": of.id, "baseVersion": version()}})
	case n < 14:
		m.anyone("ada").Send(`mutation($input: RestoreEntityInput!) { restoreEntity(input: $input) { __typename } }`, servertest.Object{"input": entity})
	case n < 17:
		m.anyone("ada").Send(`mutation($id: ID!, $user: ID!, $level: AccessLevel!) { grantAccess(entityId: $id, userId: $user, level: $level) }`,
			servertest.Object{"id": of.id, "user": oneOf(m.random, listUsers), "level": oneOf(m.random, []string{"READ", "WRITE"})})
	case n < 19:
		m.anyone("ada").Send(`mutation($id: ID!, $user: ID!) { revokeAccess(entityId: $id, userId: $user) }`, servertest.Object{"id": of.id, "user": oneOf(m.random, listUsers)})
	default:
		m.anyone("ada").Send(`mutation($user: ID!, $role: Role!) { setMemberRole(userId: $user, role: $role) { id } }`,
			servertest.Object{"user": oneOf(m.random, []string{"cyd", "dan"}), "role": oneOf(m.random, []string{"ADMIN", "MEMBER", "VIEWER"})})
	}
}

// filter is a random filter of a type.
func (m *listModel) filter(e servertest.EntityType) servertest.Object {
	filter := servertest.Object{}
	add := func(percent int, name string, values ...any) {
		if m.now(percent) {
			filter[name] = oneOf(m.random, values)
		}
	}
	add(8, "search", "amber", "birch")
	add(12, "ownerIds", []string{"ada", "ben"}, []string{"cyd"}, []string{})
	add(12, "unowned", true)
	add(8, "deleted", true)
	add(8, "updatedAfter", time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano))
	add(6, "createdBefore", time.Now().Add(time.Second).UTC().Format(time.RFC3339Nano))
	if m.now(8) {
		var ids []string
		for range 6 {
			ids = append(ids, oneOf(m.random, m.made).id)
		}
		filter["ids"] = ids
	}
	if e.HasCustomer && len(m.customers) > 0 && m.now(15) {
		filter["customerId"] = oneOf(m.random, m.customers)
	}
	switch e.Name {
	case "Customer":
		add(15, "tags", []string{"vip", "old"})
		add(15, "status", []string{"ACTIVE"})
	case "Call":
		add(15, "scheduledAfter", "2027-01-15T00:00:00Z")
	case "Meeting":
		add(15, "attendeeIds", []string{"ben"})
	case "Deal":
		add(15, "stage", []string{"WON"})
	}
	return filter
}

// compare waits until every mirror has what its list has when it is read again.
func (m *listModel) compare(round int) {
	m.t.Helper()
	for _, mirror := range m.mirrors {
		m.await(fmt.Sprint("round ", round), mirror)
	}
}

// await waits until a mirror has what its list has when it is read again.
func (m *listModel) await(when string, mirror *listMirror) {
	m.t.Helper()
	want, _ := m.read(mirror)
	what := fmt.Sprintf("%s: %s of %s with %v are those of the list", when, mirror.e.List, mirror.user, mirror.filter)
	defer func() {
		if !maps.Equal(mirror.has, want) {
			m.t.Logf("%s: has %v, want %v, by\n%s", what, mirror.has, want, strings.Join(mirror.log, "\n"))
		}
	}()
	if m.t.Failed() {
		m.t.FailNow()
	}
	eventually.True(m.t, what, func() bool {
		mirror.drain(m)
		return maps.Equal(mirror.has, want)
	})
}
