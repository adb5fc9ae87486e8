package smtp

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/circuit"
	"tandem/internal/eventually"
	"tandem/internal/smtptest"
)

// addressOf returns the address of a person, who has a domain of their own.
func addressOf(person string) string { return person + "@" + person + ".example" }

// of returns a message to a person, who is its owner.
func of(person string) Message {
	m := message(addressOf(person))
	m.Owner = person
	return m
}

// slowFor returns a sender for a mail server that does not answer to the addresses of some people.
func slowFor(t *testing.T, people ...string) (*smtptest.Server, *Sender) {
	t.Helper()
	server := smtptest.Start(t)
	slow := map[string]bool{}
	for _, person := range people {
		slow[addressOf(person)] = true
	}
	server.Answer(func(to string, _ int) smtptest.Answer {
		if slow[to] {
			return smtptest.Answer{At: smtptest.AtAddress, Hangs: true}
		}
		return smtptest.Answer{}
	})
	sender := to(t, server.URL())
	sender.time = time.Second / 5
	return server, sender
}

// A mail server that does not answer for a few people, however often they are tried, is not left alone for the others.
func TestSlowAddressesOfFew(t *testing.T) {
	t.Parallel()
	_, sender := slowFor(t, "eve", "oscar")
	for range 3 {
		for _, person := range []string{"eve", "oscar"} {
			want(t, person, send(t, sender, of(person)), Outcome{Verdict: Retry, Reason: ReasonTimeout})
		}
	}
	sender.time = 10 * time.Second
	want(t, "somebody else", send(t, sender, of("ada")), Outcome{})
}

// A mail server that answers for nobody is left alone, also if it takes the connections.
func TestSlowForEverybody(t *testing.T) {
	t.Parallel()
	people := []string{"a", "b", "c", "d", "e"}
	_, sender := slowFor(t, people...)
	for _, person := range people {
		want(t, person, send(t, sender, of(person)), Outcome{Verdict: Retry, Reason: ReasonTimeout})
	}
	want(t, "the next one", send(t, sender, of("ada")), Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone})
}

// A mail server that fails for many is tried by one person after another, once for each, until it works for somebody.
func TestSlowForManyButOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sender := to(t, "smtp://127.0.0.1:1")
		try := func(person string, result circuit.Result) {
			t.Helper()
			end, allowed := sender.breaker.AllowFor(domainOf(addressOf(person)))
			if !allowed {
				t.Fatalf("%s may not try", person)
			}
			if end(result); result == circuit.Fails {
				sender.known.Add(person, false)
			}
		}
		for _, person := range []string{"a", "b", "c", "d", "e"} {
			try(person, circuit.Fails)
		}
		want(t, "left alone", send(t, sender, of("ada")), Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone})
		time.Sleep(circuit.LeaveAlone + time.Second)
		try("f", circuit.Fails)
		want(t, "again", send(t, sender, of("f")), Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone})
		end, _ := sender.breaker.AllowFor("@g.example")
		want(t, "during a trial", send(t, sender, of("ada")), Outcome{Verdict: Wait, Reason: ReasonBusy})
		end(circuit.Fails)
		try("ada", circuit.Works)
		try("f", circuit.Works)
	})
}

// People for whom the mail server did not answer wait for none of its connections, and leave those of the others alone. Once it answers for one of them,
// that person has the others too.
func TestSlowAddressesKeepToThemselves(t *testing.T) {
	t.Parallel()
	server, sender := slowFor(t, "oscar")
	want(t, "oscar", send(t, sender, of("oscar")), Outcome{Verdict: Retry, Reason: ReasonTimeout})
	sender.time = 10 * time.Second
	leave := fill(sender.lanes.slow)
	want(t, "the next one of oscar", send(t, sender, of("oscar")), Outcome{Verdict: Wait, Reason: ReasonBusy, After: circuit.LeaveAlone})
	colleague := of("ada")
	colleague.To = "ada@Oscar.example"
	want(t, "one to the same domain", send(t, sender, colleague), Outcome{Verdict: Wait, Reason: ReasonBusy, After: circuit.LeaveAlone})
	want(t, "somebody else", send(t, sender, of("ben")), Outcome{})
	sender.known.Add("ada", true)
	want(t, "one to the same domain, for whom it worked", send(t, sender, colleague), Outcome{})
	server.Answer(nil)
	leave()
	want(t, "once it answers", send(t, sender, of("oscar")), Outcome{})
	fill(sender.lanes.slow)
	want(t, "then", send(t, sender, of("oscar")), Outcome{})
}

// fill takes all places of a lane.
func fill(lane chan struct{}) (leave func()) {
	for range cap(lane) {
		lane <- struct{}{}
	}
	return func() {
		for range cap(lane) {
			<-lane
		}
	}
}

// Messages that hang leave the connections to others, as many as there is room for, and also those of whom nothing is known.
func TestHangingAddressesMakeRoom(t *testing.T) {
	t.Parallel()
	people := make([]string, connections+slowConnections-1)
	for i := range people {
		people[i] = fmt.Sprint("eve", i)
	}
	_, sender := slowFor(t, people...)
	sender.time, sender.lanes.patience = time.Minute, time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for _, person := range people {
		all.Go(func() {
			if _, err := sender.Send(ctx, of(person)); err != context.Canceled {
				t.Errorf("%s: got %v", person, err)
			}
		})
	}
	eventually.True(t, "all are under way", func() bool {
		return len(sender.lanes.slow) == slowConnections && len(sender.lanes.quick) == connections-1
	})
	want(t, "somebody else", send(t, sender, of("ada")), Outcome{})
	stop()
	all.Wait()
	eventually.True(t, "they left", func() bool { return len(sender.lanes.slow) == 0 && len(sender.lanes.quick) == 0 })
}

// A mail server that does not answer for the people of one domain is not left alone for those of others.
func TestSlowDomain(t *testing.T) {
	t.Parallel()
	server := smtptest.Start(t)
	server.Answer(func(to string, _ int) smtptest.Answer {
		return smtptest.Answer{At: smtptest.AtAddress, Hangs: strings.HasSuffix(to, "@slow.example"), Code: 450}
	})
	sender := to(t, server.URL())
	sender.time = time.Second / 5
	for i := range 10 {
		m := of(fmt.Sprint("eve", i))
		m.To = m.Owner + "@slow.example"
		want(t, m.Owner, send(t, sender, m), Outcome{Verdict: Retry, Reason: ReasonTimeout})
	}
	sender.time = 10 * time.Second
	want(t, "somebody else", send(t, sender, of("ada")), Outcome{Verdict: Retry, Reason: ReasonDeferred})
}
