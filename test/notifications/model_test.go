package notifications_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/seeded"
	"tandem/internal/servertest"
)

// seed is fixed, so that every run takes the same steps, unless TEST_SEED is set.
const seed seeded.Seed = 2027

// steps is how many random steps a run takes.
const steps = 120

// A row identifies unread notifications of the model.
type row struct{ person, kind, record string }

// A record is what the model knows of a customer: its owner, and what each person chose about it.
type record struct {
	customer  servertest.Object
	version   int
	owner     string
	commented map[string]bool
	watching  map[string]bool // a choice, if there is one
	muted     map[string]bool

	restricted bool
	granted    map[string]bool
}

// A told is the plain model of inboxes: how many changes the unread notifications in them stand for.
type told struct {
	t       *testing.T
	rand    *mathrand.Rand
	org     string
	people  map[string]*servertest.Person // on either instance
	removed map[string]bool
	records map[string]*record
	chosen  map[string]map[string][]string // channels by person and kind
	inbox   map[row]int
	unread  map[unread]*entry
	entries []*entry
	// removals counts how often a person was removed, which deletes their pushes, and the rest of those that were sent.
	removals map[string]int
	// pass lets a step's pushes arrive, or go on; nil where nothing is pushed. kill kills an instance, as a step, or returns "".
	pass func(m *told)
	kill func(m *told, actor, id string) string
	// returned is told who returns, whose page registers their browsers again; nil where nothing is pushed.
	returned func(person string)
	turn     int
	done     []string
}

func pick[T any](r *mathrand.Rand, of []T) T { return of[r.IntN(len(of))] }

// somebody is a member who sees a record.
func (m *told) somebody(id string) string {
	for {
		if name := pick(m.rand, slices.Sorted(maps.Keys(m.people))); !m.removed[name] && m.sees(name, id) {
			return name
		}
	}
}

// step takes a random step, in the program and in the model.
func (m *told) step() string {
	m.t.Helper()
	id := pick(m.rand, slices.Sorted(maps.Keys(m.records)))
	actor := m.somebody(id)
	p, r := m.people[actor], m.records[id]
	if m.turn++; m.kill != nil {
		if done := m.kill(m, actor, id); done != "" {
			return done
		}
	}
	switch n := m.rand.IntN(30); {
	case n < 6:
		return m.comment(actor, id)
	case n < 10:
		p.Update(r.customer, r.version, servertest.Object{"phone": fmt.Sprint(r.version)}).At("__typename").Is(`"CustomerSaved"`)
		r.version++
		m.notify(actor, id, m.watchers(id))
		return actor + " edits"
	case n < 12:
		return m.handOver(id)
	case n < 14:
		return m.choose(actor, pick(m.rand, kinds), pick(m.rand, [][]string{{}, {"IN_APP"}, {"PUSH"}, {"IN_APP", "PUSH"}, {"IN_APP", "EMAIL"}}))
	case n < 18:
		return m.watchOrMute(actor, id, n)
	case n < 19:
		return m.read(actor)
	case n < 23:
		return m.grantOrRevoke()
	case n < 26:
		return m.collide(actor, id)
	case n < 29:
		return m.deleteAndRestore(id)
	}
	return m.removeOrReturn(pick(m.rand, []string{"ben", "cem"}))
}

// choose has somebody choose the channels of a kind.
func (m *told) choose(actor, kind string, channels []string) string {
	m.t.Helper()
	prefer(m.people[actor], servertest.Object{"channels": []any{servertest.Object{"kind": kind, "channels": channels}}}).At("__typename").Is(`"NotificationPreferencesSaved"`)
	m.chosen[actor][kind] = channels
	if !slices.Contains(channels, "PUSH") {
		m.suppress(func(u unread) bool { return u.person == actor && u.kind == kind })
	}
	return fmt.Sprint(actor, " chooses ", channels, " for ", kind)
}

// read has somebody read all that their inbox shows.
func (m *told) read(actor string) string {
	m.t.Helper()
	p := m.people[actor]
	p.Ask(`mutation($up: Cursor) { markNotificationsRead(upTo: $up) }`, servertest.Object{"up": p.Ask(`{ customers { asOf } }`, nil).Get("customers.asOf")})
	shown := func(u unread) bool { return u.person == actor && m.sees(actor, u.record) && !u.elsewhere }
	maps.DeleteFunc(m.inbox, func(r row, _ int) bool { return shown(unread{row: r}) })
	maps.DeleteFunc(m.unread, func(u unread, _ *entry) bool { return shown(u) })
	m.suppress(shown)
	return actor + " reads"
}

func (m *told) comment(actor, id string) string {
	m.t.Helper()
	mentioned := m.somebody(id)
	m.people[actor].Comment(m.records[id].customer["id"], "hello", mentioned)
	m.commented(actor, id, mentioned)
	return actor + " comments, and mentions " + mentioned
}

// commented notes a comment in the model; nobody is mentioned for "".
func (m *told) commented(actor, id, mentioned string) {
	r := m.records[id]
	reasons := [][2]string{{"MENTION", mentioned}}
	for person := range r.commented {
		reasons = append(reasons, [2]string{"COMMENT", person})
	}
	reasons = append(reasons, [2]string{"COMMENT", r.owner}, [2]string{"COMMENT", "ada"})
	m.notify(actor, id, append(reasons, m.watchers(id)...))
	r.commented[actor] = true
}

// handOver has ada, who is an admin, choose an owner.
func (m *told) handOver(id string) string {
	m.t.Helper()
	r, owner := m.records[id], m.somebody(id)
	if owner == r.owner || r.restricted { // owners of restricted records see them, which is not modeled
		return "nothing"
	}
	m.people["ada"].Update(r.customer, r.version, servertest.Object{"ownerId": owner}).At("__typename").Is(`"CustomerSaved"`)
	r.version++
	r.owner = owner
	m.notify("ada", id, append([][2]string{{"ASSIGNMENT", owner}}, m.watchers(id)...))
	return "ada hands over to " + owner
}

// watchOrMute takes the step 14, 15, 16 or 17.
func (m *told) watchOrMute(actor, id string, n int) string {
	m.t.Helper()
	p, r := m.people[actor], m.records[id]
	variables := servertest.Object{"id": r.customer["id"]}
	switch n {
	case 14:
		p.Ask(mute, variables)
		r.muted[actor] = true
		m.suppress(func(u unread) bool { return u.person == actor && u.record == id })
		return actor + " mutes"
	case 15:
		p.Ask(unmute, variables)
		delete(r.muted, actor)
		return actor + " unmutes"
	case 16:
		p.Ask(`mutation($id: ID!) { watch(entityId: $id) }`, variables)
		r.watching[actor] = true
		delete(r.muted, actor)
		return actor + " watches"
	}
	p.Ask(`mutation($id: ID!) { unwatch(entityId: $id) }`, variables)
	switch {
	case r.owner == actor:
		r.watching[actor] = false
	case r.watching[actor]:
		delete(r.watching, actor)
	}
	return actor + " stops watching"
}

// removeOrReturn removes a member, or brings them back. Their inbox is as before then.
func (m *told) removeOrReturn(person string) string {
	if m.removed[person] {
		m.people["ada"].Ask(`mutation($id: ID!) { setMemberRole(userId: $id, role: MEMBER) { role } }`, servertest.Object{"id": person})
		delete(m.removed, person)
		m.tellRole(person)
		m.suppress(func(u unread) bool { return u.person == person }) // the removal ended their browsers
		if m.returned != nil {
			m.returned(person)
		}
		return person + " returns"
	}
	m.people["ada"].Ask(`mutation($id: ID!) { removeMember(userId: $id) }`, servertest.Object{"id": person})
	m.removed[person] = true
	m.removals[person]++
	m.suppress(func(u unread) bool { return u.person == person })
	return person + " is removed"
}

// inboxes reads what the program shows to those who may read.
func (m *told) inboxes() map[row]int {
	m.t.Helper()
	shown, names := map[row]int{}, map[any]string{}
	for name, r := range m.records {
		names[r.customer["id"]] = name
	}
	for name, p := range m.people {
		if m.removed[name] {
			continue
		}
		for _, n := range p.Ask(`{ notifications(unreadOnly: true, first: 100) { nodes { kind entityId count } } }`, nil).List("notifications.nodes") {
			shown[row{name, n.Text("kind"), names[n.Get("entityId")]}] += int(n.Number("count"))
		}
	}
	return shown
}

// wanted are the counts of the model for those who may read.
func (m *told) wanted() map[row]int {
	wanted := maps.Clone(m.inbox)
	maps.DeleteFunc(wanted, func(r row, _ int) bool { return m.removed[r.person] || !m.sees(r.person, r.record) })
	return wanted
}

func newTold(t *testing.T, one, two *servertest.Instance) *told {
	t.Helper()
	m := &told{t: t, rand: seeded.Or(t, seed).Rand(1), org: rand.Text(), people: map[string]*servertest.Person{}, removed: map[string]bool{}, removals: map[string]int{},
		unread: map[unread]*entry{}, records: map[string]*record{}, chosen: map[string]map[string][]string{}, inbox: map[row]int{}}
	for i, name := range []string{"ada", "ben", "cem", "dan"} {
		at := []*servertest.Instance{one, two}[i%2]
		m.people[name] = servertest.Join(t, at, m.org, name, map[bool]collab.Role{true: collab.RoleAdmin, false: collab.RoleMember}[i == 0])
		m.people[name].Ask(`{ viewer { role } }`, nil)
		m.chosen[name] = map[string][]string{}
	}
	for _, name := range []string{"Aalto", "Berg", "Cole"} {
		m.newRecord(name, false)
	}
	m.newRecord("Secret", true)
	return m
}

// run takes the steps, and compares the inboxes after each.
func (m *told) run() {
	m.t.Helper()
	for range steps {
		m.done = append(m.done, m.step())
		if got, want := m.inboxes(), m.wanted(); !maps.Equal(got, want) {
			m.t.Fatalf("the inboxes are\n%v\nand the model has\n%v\nafter\n%s", got, want, strings.Join(m.done, "\n"))
		}
		if m.pass != nil {
			m.pass(m)
		}
	}
}

// While people write, choose, mute and read, members are removed and return, and grants are given and taken back, each inbox
// has exactly what the model says, each cause once.
func TestInboxesAreThoseOfThePlainModel(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		newTold(t, one, two).run()
	})
}
