package chaos

import (
	"context"
	crand "crypto/rand"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/systemtest"
)

const (
	byPerson  = 500 // clients of one person
	byAddress = 500 // clients of one address of this machine
	atOnce    = 64  // clients that connect at the same time, when the crowd gathers
)

// A crowd is many clients of an organization of their own, which follow one customer. Somebody edits it now and then.
type crowd struct {
	ledger *ledger
	writer *writer
	leave  context.CancelFunc
	gone   sync.WaitGroup
}

// gather connects a crowd to the first instance, without links: the kernel would need twice as many ports.
func gather(t *testing.T, s *system, size int) *crowd {
	t.Helper()
	org := strings.ToLower(crand.Text())
	c := &crowd{ledger: newLedger(size)}
	c.writer = newWriter(t, s, c.ledger, org, "author")
	ctx, leave := context.WithCancel(context.Background())
	c.leave = leave
	t.Cleanup(c.disperse)
	places, connected := make(chan struct{}, atOnce), make(chan struct{}, size)
	begin := headOf(t, s, c.writer.token)
	for i := range size {
		person := fmt.Sprint("reader", i/byPerson)
		f := &follower{ledger: c.ledger, number: i, token: systemtest.Sign(org, person, person, collab.RoleMember), query: oneCustomer,
			variables: systemtest.Object{"after": begin, "id": c.writer.customer}, at: []string{s.instances[0].direct, s.instances[1].direct}, moves: true,
			client: from(fmt.Sprintf("127.0.1.%d", 1+i/byAddress)), silence: 6 * silence}
		f.connected = sync.OnceFunc(func() { <-places; connected <- struct{}{} })
		select {
		case places <- struct{}{}:
		case <-time.After(healTime):
			t.Fatalf("only %d of %d clients connected", len(connected), size)
		}
		c.gone.Go(func() { f.run(ctx) })
	}
	for n := range size {
		select {
		case <-connected:
		case <-time.After(healTime):
			t.Fatalf("only %d of %d clients connected", n, size)
		}
	}
	c.wantAll(t, s)
	return c
}

// from returns a client that connects from an address of this machine.
func from(address string) *http.Client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}}
	return &http.Client{Transport: &http.Transport{DialContext: dialer.DialContext}}
}

// wantAll edits the customer, and waits until everybody has the edit.
func (c *crowd) wantAll(t *testing.T, s *system) {
	t.Helper()
	began := time.Now()
	patient := func() bool { return time.Since(began) < healTime && c.ledger.broken() == "" }
	c.writer.write(func(int) string { return s.instances[1].direct }, patient)
	for until := time.Now(); !c.ledger.isDelivered(until); <-time.After(5 * time.Millisecond) {
		if !patient() {
			t.Fatalf("the crowd lacks an edit after %v; %s", time.Since(began), c.ledger.broken())
		}
	}
}

// disperse ends all clients.
func (c *crowd) disperse() {
	c.leave()
	c.gone.Wait()
}

// stampede connects a crowd to one instance and kills it, so that all come to the other one at once.
func stampede(size int) func(*testing.T, *system) func() {
	return func(t *testing.T, s *system) func() {
		c := gather(t, s, size)
		s.instances[0].Kill()
		return func() {
			c.wantAll(t, s)
			c.disperse()
			mustStart(t, s.instances[0].Process)
		}
	}
}
