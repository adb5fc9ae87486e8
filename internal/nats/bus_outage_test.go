package nats_test

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/natstest"
)

// A NATS that restarts costs what is announced meanwhile, and no more.
func TestBusResumesAfterRestart(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	near, far := listen(t, a, "restart"), listen(t, b, "restart")
	hear(t, a, far, "restart")
	hear(t, b, near, "restart")

	server.Kill()
	eventually.True(t, "an announcement is lost", func() bool {
		hear(t, a, near, "restart") // the listener beside it needs no NATS
		return a.Lost() > 0
	})
	eventually.True(t, "it is not up", func() bool { return a.Ping(t.Context()) != nil })

	server.Start()
	hear(t, a, far, "restart")
	hear(t, b, near, "restart")
	eventually.True(t, "it is up again", func() bool { return a.Ping(t.Context()) == nil })
	if a.Reconnects() != 1 {
		t.Errorf("it counts %d reconnects", a.Reconnects())
	}
}

// The other server of a list takes over.
func TestBusUsesOtherServer(t *testing.T) {
	t.Parallel()
	one, two := natstest.Start(t, ""), natstest.Start(t, "")
	both := one.URL() + "," + two.URL()
	one.Kill()
	a, b := newBus(t, both), newBus(t, both)
	hear(t, a, listen(t, b, "servers"), "servers")
}

// A NATS that is not there when the listener begins is listened to once it is.
func TestBusStartsWithoutNATS(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	server.Kill()
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	heard := listen(t, b, "late")
	if err := a.Ping(t.Context()); err == nil {
		t.Error("a NATS that is away answers")
	}
	server.Start()
	hear(t, a, heard, "late")
}

// A NATS that neither answers nor breaks the connection holds up nobody, and costs a bounded amount of memory.
func TestBusDoesNotWaitForNATS(t *testing.T) {
	t.Parallel()
	server := natstest.Start(t, "")
	a, b := newBus(t, server.URL()), newBus(t, server.URL())
	near, far := listen(t, a, "hang"), listen(t, b, "hang")
	hear(t, a, far, "hang")

	server.Signal(syscall.SIGSTOP)
	began := time.Now()
	for range 1000 { // a wait for NATS would take seconds, each time
		hear(t, a, near, "hang")
	}
	if took := time.Since(began); took > patience {
		t.Errorf("1000 announcements took %v", took)
	}
	large := &collab.Change{OrgID: "hang", Type: collab.ChangeMember, ActorID: "large", Metadata: collab.JSON(`"` + strings.Repeat("x", 1<<20) + `"`)}
	eventually.True(t, "no more may wait", func() bool { return a.Announce(t.Context(), large) != nil })

	server.Signal(syscall.SIGCONT)
	hear(t, a, far, "hang")
}

// A right that is missing is named, and used once it is there, without a restart of the instance.
func TestBusUsesRightsOnceItHasThem(t *testing.T) {
	t.Parallel()
	for lacking, permissions := range map[string]string{
		"Subscription": `publish: ">", subscribe: "_INBOX.>"`,
		"Publish":      `publish: "_INBOX.>", subscribe: ">"`,
	} {
		t.Run(lacking, func(t *testing.T) {
			t.Parallel()
			users := func(permissions string) string {
				return "authorization: {users: [{user: tandem, password: secret, permissions: {" + permissions + "}}]}"
			}
			server := natstest.Start(t, users(permissions))
			url := strings.Replace(server.URL(), "//", "//tandem:secret@", 1)
			a, b := newBus(t, url), newBus(t, url)
			heard := listen(t, b, "rights")
			eventually.True(t, "the refusal is named", func() bool {
				err := a.Ping(t.Context())
				return err != nil && strings.Contains(err.Error(), "Permissions Violation for "+lacking)
			})
			server.Configure(users(`publish: ">", subscribe: ">"`))
			server.Signal(syscall.SIGHUP)
			hear(t, a, heard, "rights")
		})
	}
}

// An announcement that does not reach NATS is counted, since its caller is not told.
func TestLostAnnouncementsAreCounted(t *testing.T) {
	t.Parallel()
	bus := newBus(t, "nats://127.0.0.1:1")
	hear(t, bus, listen(t, bus, "lost"), "lost")
	eventually.True(t, "a lost announcement is counted", func() bool { return bus.Lost() > 0 })
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if bus.Ping(ctx) == nil {
		t.Error("a NATS that is away answers")
	}
}
