package smtp

import (
	"testing"
	"testing/synctest"
	"time"

	"tandem/internal/circuit"
	"tandem/internal/eventually"
	"tandem/internal/smtptest"
)

// of returns a message to a person, who is its owner.
func of(person string) Message {
	m := message(person + "@example.com")
	m.Owner = person
	return m
}

// slowFor returns a sender for a mail server that does not answer to the addresses of some people.
func slowFor(t *testing.T, people ...string) (*smtptest.Server, *Sender) {
	t.Helper()
	server := smtptest.Start(t)
	slow := map[string]bool{}
	for _, person := range people {
		slow[person+"@example.com"] = true
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
			end, allowed := sender.breaker.AllowFor(person)
			if !allowed {
				t.Fatalf("%s may not try", person)
			}
			if end(result); result == circuit.Fails {
				sender.slow.Add(person, struct{}{})
			}
		}
		for _, person := range []string{"a", "b", "c", "d", "e"} {
			try(person, circuit.Fails)
		}
		want(t, "left alone", send(t, sender, of("ada")), Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone})
		time.Sleep(circuit.LeaveAlone + time.Second)
		try("f", circuit.Fails)
		want(t, "again", send(t, sender, of("f")), Outcome{Verdict: Wait, Reason: ReasonOpen, After: circuit.LeaveAlone})
		end, _ := sender.breaker.AllowFor("g")
		want(t, "during a trial", send(t, sender, of("ada")), Outcome{Verdict: Wait, Reason: ReasonBusy})
		end(circuit.Fails)
		try("ada", circuit.Works)
		try("f", circuit.Works)
	})
}

// People for whom the mail server did not answer share one connection, for which none of them waits. Once it answers for one of them,
// that person has the others too.
func TestSlowAddressesShareAConnection(t *testing.T) {
	t.Parallel()
	server, sender := slowFor(t, "eve", "oscar")
	for _, person := range []string{"eve", "oscar"} {
		want(t, person, send(t, sender, of(person)), Outcome{Verdict: Retry, Reason: ReasonTimeout})
	}
	sender.time = 10 * time.Second
	hanging := make(chan struct{})
	go func() {
		defer close(hanging)
		if _, err := sender.Send(t.Context(), of("eve")); err == nil {
			t.Error("it was sent")
		}
	}()
	t.Cleanup(func() { <-hanging })
	eventually.True(t, "the connection is taken", func() bool { return server.Attempts("eve@example.com") == 2 })
	want(t, "the other slow one", send(t, sender, of("oscar")), Outcome{Verdict: Wait, Reason: ReasonBusy})
	want(t, "somebody else", send(t, sender, of("ada")), Outcome{})
	server.Answer(nil)
	<-sender.doubts // as if the other one had ended
	want(t, "once it answers", send(t, sender, of("oscar")), Outcome{})
	sender.doubts <- struct{}{}
	want(t, "then", send(t, sender, of("oscar")), Outcome{})
}
