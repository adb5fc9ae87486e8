package operations_test

import (
	"crypto/rand"
	"io"
	"maps"
	"net"
	"net/url"
	"strconv"
	"testing"
	"time"

	"tandem/internal/servertest"
)

// roundTrip is the distance of the far region from Postgres and Redis.
const roundTrip = 150 * time.Millisecond

// mostTrips bounds how often an instance crosses the distance for one thing, with room for a busy machine.
const mostTrips = 15

// distantFrom starts a proxy before the server of a URL, at a distance of roundTrip, and returns the URL by which it is reached.
func distantFrom(t *testing.T, service string) string {
	t.Helper()
	at, err := url.Parse(service)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	target := at.Host
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", target)
			if err != nil {
				_ = client.Close()
				continue
			}
			go carry(server, client)
			go carry(client, server)
		}
	}()
	at.Host = listener.Addr().String()
	return at.String()
}

// A parcel is on its way until it is due.
type parcel struct {
	bytes []byte
	due   time.Time
}

// carry copies bytes, each of which arrives half a roundTrip after it was sent, until the connection ends.
func carry(to, from net.Conn) {
	under := make(chan parcel, 1024)
	go func() {
		defer close(under)
		for {
			bytes := make([]byte, 32<<10)
			n, err := from.Read(bytes)
			if n > 0 {
				under <- parcel{bytes[:n], time.Now().Add(roundTrip / 2)}
			}
			if err != nil {
				return
			}
		}
	}()
	defer func() { _ = to.Close() }()
	for p := range under {
		<-time.After(time.Until(p.due)) // the distance is the subject of the test
		if _, err := to.Write(p.bytes); err != nil {
			_, _ = io.Copy(io.Discard, from)
		}
	}
}

// Two regions share a Postgres and a Redis that are near one of them. docs/operations/scale.md says what is late in the other one.
func TestRegions(t *testing.T) {
	t.Parallel()
	settings := servertest.Shared(t)
	settings["REGION"] = "near"
	near := servertest.Start(t, settings)
	settings = maps.Clone(settings)
	settings["REGION"] = "far"
	settings["DATABASE_URL"], settings["REDIS_URL"] = distantFrom(t, settings["DATABASE_URL"]), distantFrom(t, settings["REDIS_URL"])
	far := servertest.Start(t, settings)
	ada := servertest.Join(t, near, rand.Text(), "ada", "MEMBER")
	ben := ada.On(far)
	customer := ada.Create(servertest.Object{"name": "v1"})
	nearby, faraway := ada.Connect(), ben.Connect()
	for _, socket := range []*servertest.Socket{nearby, faraway} {
		socket.Subscribe("s", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	}
	version := 1
	// write renames the customer, and returns after which time the answer came, and the event in the far region.
	write := func(who *servertest.Person) (answered, arrived time.Duration) {
		began := time.Now()
		version++
		who.Update(customer, version-1, servertest.Object{"name": "v" + strconv.Itoa(version)}).At("__typename").Is(`"CustomerSaved"`)
		answered = time.Since(began)
		nearby.Next("s").At("customerChanged.version").Is(strconv.Itoa(version))
		faraway.Next("s").At("customerChanged.version").Is(strconv.Itoa(version))
		return answered, time.Since(began)
	}
	write(ada)
	write(ben) // from here on the far instance has connections, and knows the person
	answered, arrived := write(ada)
	t.Logf("near: a write is answered after %v, and its event is in the far region after %v", answered, arrived)
	if arrived < roundTrip/2 || arrived > mostTrips*roundTrip {
		t.Errorf("the event arrived after %v", arrived)
	}
	answered, arrived = write(ben)
	t.Logf("far: a write is answered after %v, %.1f times the distance, and its event is there after %v", answered, float64(answered)/float64(roundTrip), arrived)
	if answered < roundTrip || answered > mostTrips*roundTrip {
		t.Errorf("a write of the far region is answered after %v", answered)
	}
	began := time.Now()
	ben.Ask("query ($id: ID!) { customer(id: $id) { name } }", servertest.Object{"id": customer["id"]})
	read := time.Since(began)
	t.Logf("far: a read is answered after %v, %.1f times the distance", read, float64(read)/float64(roundTrip))
	if read < roundTrip || read > mostTrips*roundTrip {
		t.Errorf("a read of the far region is answered after %v", read)
	}
}
