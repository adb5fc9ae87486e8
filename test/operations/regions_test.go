package operations_test

import (
	"crypto/rand"
	"maps"
	"net/url"
	"strconv"
	"testing"
	"time"

	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

// roundTrip is the distance of the far region from Postgres and Redis.
const roundTrip = 150 * time.Millisecond

// mostTrips bounds how often an instance crosses the distance for one thing, with room for a busy machine.
const mostTrips = 15

// distantFrom starts a link to the server of a URL, at a distance of roundTrip, and returns the URL by which it is reached.
func distantFrom(t *testing.T, service string) string {
	t.Helper()
	at, err := url.Parse(service)
	if err != nil {
		t.Fatal(err)
	}
	link := systemtest.StartLink(t, at.Host)
	link.Delay(roundTrip / 2)
	at.Host = link.Address
	return at.String()
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
