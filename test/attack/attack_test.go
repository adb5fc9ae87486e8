package attack_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
)

const (
	// attackTime is how long each attack goes on, and restTime how long the server is
	// watched afterwards.
	attackTime = 2 * time.Second
	restTime   = 500 * time.Millisecond
	// calmLimit is how long 99 of 100 answers to the calm client may take at most.
	calmLimit = 250 * time.Millisecond
	// answerSteps is about how often somebody has to be woken for one answer.
	answerSteps = 10
)

// The program keeps within its memory whatever is sent to it, and a calm client of
// another organization does not notice.
func TestAttacks(t *testing.T) {
	s := start(t)
	victim := newCalm(t, s.address)
	scene := newScene(t, s.address)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go victim.run(ctx)

	var all []time.Duration
	for _, attack := range attacks {
		t.Run(attack.name, func(t *testing.T) {
			s.forgetPeak()
			scene.attack(t, attack.name)
			time.Sleep(restTime) // what it left behind counts too
			took := victim.lap(t)
			all = append(all, took...)
			peak := s.peak(t)
			t.Logf("p50 %v, p99 %v of %d answers; at most %d MiB", percentile(took, 0.5), percentile(took, 0.99), len(took), peak>>20)
			if peak > memory {
				t.Errorf("the process took %d MiB", peak>>20)
			}
		})
	}
	// A machine that is busy with other things is late with everything.
	late := percentile(victim.lateness(), 0.99)
	limit := calmLimit + answerSteps*late
	if p99 := percentile(all, 0.99); p99 > limit {
		t.Errorf("the calm client's p99 is %v, and may be %v on this machine", p99, limit)
	}
}

// attack runs an attack in a process of its own, which has to stand back where there
// are few processors: what is measured is what it makes the server do.
func (e *scene) attack(t *testing.T, name string) {
	t.Helper()
	encoded, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	command := exec.Command("nice", "-n", "19", os.Args[0])
	command.Env = append(os.Environ(), sceneOfAttack+"="+string(encoded), nameOfAttack+"="+name)
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("the attack failed: %v\n%s", err, out)
	}
}

const (
	sceneOfAttack = "TANDEM_ATTACK_SCENE"
	nameOfAttack  = "TANDEM_ATTACK"
)

// TestMain is the process of an attack, where the environment says so.
func TestMain(m *testing.M) {
	name := os.Getenv(nameOfAttack)
	if name == "" {
		os.Exit(m.Run())
	}
	var e scene
	if err := json.Unmarshal([]byte(os.Getenv(sceneOfAttack)), &e); err != nil {
		panic(err)
	}
	ctx, end := context.WithTimeout(context.Background(), attackTime)
	defer end()
	for _, attack := range attacks {
		if attack.name == name {
			attack.do(ctx, &e)
		}
	}
	<-ctx.Done()
}

// newCalm returns the calm client, with a customer to edit.
func newCalm(t *testing.T, address string) *calm {
	t.Helper()
	c := &calm{person: join(address, "calm", "cara", collab.RoleMember), version: 1}
	c.customer, c.cursor = create(t, c.person, "")
	return c
}

const createCustomer = `mutation($name: String!, $notes: String) {
	createCustomer(input: {name: $name, notes: $notes}) { ... on CustomerSaved { cursor customer { id } } } }`

// create makes a customer, and returns its id and the cursor of the change.
func create(t *testing.T, p *person, notes string) (id string, cursor any) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	data, err := p.ask(ctx, createCustomer, object{"name": "Customer", "notes": notes})
	if err != nil {
		t.Fatal(err)
	}
	saved := data["createCustomer"].(object)
	return saved["customer"].(object)["id"].(string), saved["cursor"]
}

// A scene is the organization of the attackers: a hundred customers with full notes.
type scene struct {
	Address   string
	Customers []string
	Oldest    any // the cursor of the first customer
	version   int // of the first customer, as far as this process knows

	once                 sync.Once // makes what follows
	theMember, theViewer *person
}

// member and viewer are the attackers.
func (e *scene) member() *person { e.once.Do(e.join); return e.theMember }
func (e *scene) viewer() *person { e.once.Do(e.join); return e.theViewer }

func (e *scene) join() {
	e.theMember = join(e.Address, "evil", "mallory", collab.RoleMember)
	e.theViewer = join(e.Address, "evil", "eve", collab.RoleViewer)
}

// notesLength is how long notes may be, nearly.
const notesLength = 19_000

func newScene(t *testing.T, address string) *scene {
	t.Helper()
	e := &scene{Address: address}
	member := e.member()
	for i := range 100 {
		id, cursor := create(t, member, text(notesLength))
		if i == 0 {
			e.Oldest = cursor
		}
		e.Customers = append(e.Customers, id)
	}
	return e
}

// edit changes the notes of the first customer.
func (e *scene) edit(ctx context.Context, by *person) {
	const read = `query($id: ID!) { customer(id: $id) { version } }`
	const update = `mutation($id: ID!, $version: Int!, $notes: String!) {
		updateCustomer(input: {id: $id, baseVersion: $version, patch: {notes: $notes}}) { ... on CustomerSaved { customer { version } } } }`
	if e.version == 0 {
		data, err := by.ask(ctx, read, object{"id": e.Customers[0]})
		if err != nil {
			return
		}
		e.version = int(data["customer"].(object)["version"].(float64))
	}
	notes := fmt.Sprint(e.version, text(notesLength))
	if _, err := by.ask(ctx, update, object{"id": e.Customers[0], "version": e.version, "notes": notes}); err == nil {
		e.version++
	}
}

// flood does something at most so many times at once, over and over until ctx ends.
func flood(ctx context.Context, atOnce int, do func(ctx context.Context, i int) error) {
	for i := range atOnce {
		go func() {
			for n := i; ctx.Err() == nil && n < math.MaxInt-atOnce; n += atOnce {
				if do(ctx, n) != nil {
					select {
					case <-time.After(20 * time.Millisecond): // the pace of the attack
					case <-ctx.Done():
					}
				}
			}
		}()
	}
}
