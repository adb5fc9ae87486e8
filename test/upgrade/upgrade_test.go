// Package upgrade_test runs this release and the one before it together, as they are during a rolling deployment. It needs
// the history of the repository, as test/chaos does, after which scripts/test runs it.
package upgrade_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

// A release is an instance of one of the two.
type release struct {
	*systemtest.Process
	*servertest.Instance
}

// startRelease starts a program on a database and a Redis that the other one uses too.
func startRelease(t *testing.T, name, program string, shared map[string]string) *release {
	t.Helper()
	folder, port := systemtest.Folder(t), systemtest.FreePort(t)
	url := "http://127.0.0.1:" + port
	r := &release{&systemtest.Process{
		Name: name, Ready: systemtest.Answers(url + "/readyz"), Log: filepath.Join(folder, name+".log"),
		Args: append(systemtest.DiesWithTest(), program),
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "ADDR=127.0.0.1:" + port, "AUTH_SECRET=" + servertest.Secret, "LOG_LEVEL=warn",
			"DATABASE_URL=" + shared["DATABASE_URL"], "REDIS_URL=" + shared["REDIS_URL"], "RATE_LIMIT_PER_SECOND=0"},
	}, &servertest.Instance{URL: url}}
	r.start(t)
	t.Cleanup(func() {
		r.Kill()
		if t.Failed() {
			t.Logf("the log of the release %s ends with:\n%s", name, r.Tail())
		}
	})
	return r
}

func (r *release) start(t *testing.T) {
	t.Helper()
	if err := r.Process.Start(); err != nil {
		t.Fatal(err)
	}
}

// The release before serves while this one migrates the database, then both serve it. People write and follow over both, and
// what they do over one is the same over the other. A client of the release before goes on with this one, and that release
// can be started again.
func TestUpgrade(t *testing.T) {
	program, commit := systemtest.BuildPrevious(t)
	t.Logf("the release before is that of commit %s", commit)
	shared := servertest.Shared(t)
	before := startRelease(t, "before", program, shared)
	ada := servertest.Join(t, before.Instance, "acme", "ada", collab.RoleAdmin)
	first := ada.Create(servertest.Object{"name": "Aalto Oy"})
	early := follow(ada, nowOf(ada))

	now := startRelease(t, "now", systemtest.BuildIn(t, "../.."), shared)
	ben := servertest.Join(t, now.Instance, "acme", "ben", collab.RoleMember)
	ben.Update(first, 1, servertest.Object{"phone": "+358 9 1234"}).At("customer.version").Is(`2`)
	early.want(t, 1)
	late := follow(ben, nowOf(ben))

	written := writeAtOnce(t, ada, ben, ada.On(now.Instance), ben.On(before.Instance))
	seen := early.want(t, len(written))
	if !slices.Equal(seen, written) {
		t.Errorf("the release before delivers %v, and %v were acknowledged", seen, written)
	}
	if other := late.want(t, len(written)); !slices.Equal(other, seen) {
		t.Errorf("this release delivers %v, and the one before %v", other, seen)
	}
	collide(t, ada, ben)
	collide(t, ben, ada)
	const log = `query($after: Cursor) { changes(after: $after, first: 100) { changes { cursor changes { field oldValue newValue } } } }`
	after := servertest.Object{"after": late.cursor}
	servertest.Want(t, "the log of this release", ben.Ask(log, after).String(), ada.Ask(log, after).String())

	last := nowOf(ada)
	before.Signal(syscall.SIGTERM)
	if code := early.socket.CloseCode(); code != 1012 {
		t.Errorf("the release before closed its socket with %d", code)
	}
	<-before.Ended()
	ben.Create(servertest.Object{"name": "While away"})
	follow(ada.On(now.Instance), last).want(t, 1)
	before.start(t)
	again := follow(ada, last)
	again.want(t, 1)
	ben.Create(servertest.Object{"name": "Seen by the release before"})
	again.want(t, 1)
}

// A follower reads the changes of customers.
type follower struct {
	socket *servertest.Socket
	cursor string
}

// nowOf returns the cursor of the newest change.
func nowOf(p *servertest.Person) string {
	p.T.Helper()
	return p.Ask(`{ customers(first: 1) { asOf } }`, nil).Text("customers.asOf")
}

func follow(p *servertest.Person, after string) *follower {
	p.T.Helper()
	f := &follower{p.Connect(), after}
	f.socket.Subscribe("changes", servertest.CustomerChanged, servertest.Object{"after": after})
	return f
}

// want reads a number of changes, which have to be in order, and returns their cursors.
func (f *follower) want(t *testing.T, n int) (cursors []string) {
	t.Helper()
	for range n {
		cursor := f.socket.Next("changes").Text("customerChanged.cursor")
		if cursor <= f.cursor {
			t.Errorf("the change %s comes after %s", cursor, f.cursor)
		}
		f.cursor = cursor
		cursors = append(cursors, cursor)
	}
	return cursors
}

// writeAtOnce has everybody create customers at the same time, and returns the cursors that were acknowledged, in order.
func writeAtOnce(t *testing.T, people ...*servertest.Person) (acknowledged []string) {
	t.Helper()
	const each = 25
	cursors := make([][each]string, len(people))
	var all sync.WaitGroup
	for i, p := range people {
		all.Go(func() {
			for n := range each {
				answer := systemtest.Ask(p.At.URL, p.Token, servertest.CreateCustomer, systemtest.Object{"input": systemtest.Object{"name": fmt.Sprint("customer ", i, n)}})
				saved, _ := answer.Data["createCustomer"].(systemtest.Object)
				cursors[i][n], _ = saved["cursor"].(string)
				if cursors[i][n] == "" {
					t.Errorf("person %d got %v", i, answer)
				}
			}
		})
	}
	all.Wait()
	for _, of := range cursors {
		acknowledged = append(acknowledged, of[:]...)
	}
	slices.Sort(acknowledged)
	return acknowledged
}

// collide has two people, each at one release, change a customer at the same time: the second edit is merged, the third is a
// conflict, and the first person resolves it.
func collide(t *testing.T, one, other *servertest.Person) {
	t.Helper()
	customer := one.Create(servertest.Object{"name": "Before"})
	one.Update(customer, 1, servertest.Object{"name": "One"}).At("customer.version").Is(`2`)
	other.Update(customer, 1, servertest.Object{"notes": "n"}).At("merged").Is(`true`)
	conflict := other.Update(customer, 1, servertest.Object{"name": "Other"}).Text("id")
	one.Ask(`mutation($conflict: ID!) { resolveCustomerConflict(input: {conflictId: $conflict, resolution: MERGED, merged: {name: "Both"}}) {
		... on CustomerSaved { customer { name version notes } } } }`, servertest.Object{"conflict": conflict}).
		Is(`{"resolveCustomerConflict": {"customer": {"name": "Both", "version": 4, "notes": "n"}}}`)
	other.Ask(`query($id: ID!) { customer(id: $id) { name version } }`, servertest.Object{"id": customer["id"]}).
		Is(`{"customer": {"name": "Both", "version": 4}}`)
}
