package websocket

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/fair"
	"tandem/internal/transport"
)

type personKey struct{}

// boundedWire is a wire on which the operations of one person may take perPerson bytes. A client
// names its person in its payload.
func boundedWire(t *testing.T, perPerson int64) *wire {
	t.Helper()
	return newWire(t, func(s *Server) {
		s.Underway = transport.NewUnderway(0, 0, perPerson, func(ctx context.Context) fair.Key {
			person, _ := ctx.Value(personKey{}).(string)
			return fair.Key{Org: "acme", Person: person}
		})
		s.Init = func(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
			return context.WithValue(ctx, personKey{}, payload["as"]), time.Now().Add(time.Hour), nil
		}
	})
}

func (w *wire) enterAs(t *testing.T, person string) *caller {
	t.Helper()
	c := w.call(t, modern.name)
	c.say(`{"type":"connection_init","payload":{"as":"` + person + `"}}`)
	c.want(`{"type":"connection_ack"}`)
	return c
}

// Answers that a person does not read hold back that person's next operations, on
// all of their connections, and nobody else's.
func TestUnreadAnswersDelayOperations(t *testing.T) {
	t.Parallel()
	const answer, operations = 3_000_000, 16
	w := boundedWire(t, 4<<20)
	callers := []*caller{w.enterAs(t, "ada"), w.enterAs(t, "ada")}
	for i := range operations {
		callers[i%2].subscribe(fmt.Sprint(i), fmt.Sprintf(`{ large(bytes: %d) }`, answer))
	}
	eventually.True(t, "as many as may run have run, and the others wait", func() bool {
		held, waiting := w.Underway.Stats()
		return waiting >= operations-transport.OperationsUnderWay && held >= int64(transport.Copies*(operations-waiting)*answer)
	})
	ben := w.enterAs(t, "ben")
	ben.subscribe("1", echoA)
	ben.want(nextOne)
	var reading sync.WaitGroup
	for _, c := range callers {
		reading.Go(func() {
			for answers := 0; answers < operations/2; {
				f, err := readFrame(c.in)
				if err != nil {
					t.Errorf("after %d answers: %v", answers, err)
					return
				}
				if len(f.Payload) > answer {
					answers++
				}
			}
		})
	}
	reading.Wait()
	eventually.True(t, "nothing is counted any more", func() bool {
		held, waiting := w.Underway.Stats()
		return held == 0 && waiting == 0
	})
}

// A large message waits for its turn before it is read, compressed or not.
func TestLargeMessagesWaitBeforeTheyAreRead(t *testing.T) {
	t.Parallel()
	w := boundedWire(t, 4<<20)
	large := subscribeMessage("subscribe", "1", `{ gate }`+strings.Repeat(" ", transport.LargeMessage))
	for range transport.LargeUnderWay {
		w.enterAs(t, "ada").say(large)
		<-w.gated
	}
	late := w.enterAs(t, "ada")
	late.say(large)
	eventually.True(t, "another one waits", func() bool {
		_, waiting := w.Underway.Stats()
		return waiting == 1
	})
	w.enterAs(t, "ben").say(large)
	<-w.gated // Ben need not wait
	w.gate <- struct{}{}
	<-w.gated
	close(w.gate)
	late.want(`{"id":"1","type":"next","payload":{"data":{"gate":"through"}}}`)
}

// A client that is gone does not wait any longer.
func TestWaitingEndsWithItsConnection(t *testing.T) {
	t.Parallel()
	w := boundedWire(t, 4<<20)
	large := subscribeMessage("subscribe", "1", `{ gate }`+strings.Repeat(" ", transport.LargeMessage))
	for range transport.LargeUnderWay {
		w.enterAs(t, "ada").say(large)
		<-w.gated
	}
	waits := func(n int) {
		t.Helper()
		eventually.True(t, fmt.Sprint(n, " wait"), func() bool {
			_, waiting := w.Underway.Stats()
			return waiting == n
		})
	}
	c := w.enterAs(t, "ada")
	c.subscribe("small", `{ gate }`)
	waits(1)
	c.say(`{"id":"small","type":"complete"}`)
	waits(0)
	c.say(large)
	waits(1)
	w.drain()
	waits(0)
	close(w.gate)
}
