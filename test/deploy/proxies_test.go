// Package deploy tests what deploy/ has: it drives the load balancers in front of two instances, and checks the unit of systemd.
package deploy_test

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/systemtest"
)

func TestNginx(t *testing.T) {
	t.Parallel()
	testBalancer(t, startNginx)
}

func TestHAProxy(t *testing.T) {
	t.Parallel()
	testBalancer(t, startHAProxy)
}

// It is alone, because it changes what the default client trusts.
func TestHAProxyOverTLS(t *testing.T) { testBalancer(t, startHAProxyOverTLS) }

// testBalancer starts two instances behind a balancer, and does with it what deployments do.
func testBalancer(t *testing.T, start func(t *testing.T, instances []string) (balancer string)) {
	d := &deployment{t: t, settings: servertest.Shared(t)}
	d.settings["TRUSTED_PROXIES"] = "127.0.0.1"
	database := throughLink(t, d.settings)
	d.start(0)
	d.start(1)
	through := &servertest.Instance{URL: start(t, []string{host(d.instances[0]), host(d.instances[1])})}
	ada := servertest.Join(t, d.instances[0], rand.Text(), "ada", collab.RoleMember).On(through)
	customer := ada.Create(servertest.Object{"name": "v1"})
	t.Run("wires", func(t *testing.T) { testWires(t, ada, customer) })
	t.Run("rolling restart", func(t *testing.T) { testRollingRestart(t, d, ada, customer) })
	t.Run("no instance is ready", func(t *testing.T) { testUnready(t, d, database, ada) })
}

// throughLink has the settings reach the database over a link that the test can break.
func throughLink(t *testing.T, settings map[string]string) *systemtest.Link {
	t.Helper()
	address, err := url.Parse(settings["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	link := systemtest.StartLink(t, address.Host)
	address.Host = link.Address
	settings["DATABASE_URL"] = address.String()
	return link
}

// testUnready takes the database away from both instances. They answer clients themselves, so that clients read a code of GraphQL and not
// a page of the balancer, and are used again as soon as they are ready.
func testUnready(t *testing.T, d *deployment, database *systemtest.Link, ada *servertest.Person) {
	database.Break()
	for _, instance := range d.instances {
		eventually.True(t, "the instance isn't ready", func() bool {
			return ada.On(instance).Do(http.MethodGet, "/readyz", nil, nil).StatusCode == http.StatusServiceUnavailable
		})
	}
	read := func() string {
		return ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": "{ customers(first: 1) { nodes { id } } }"}).Text()
	}
	for range 20 {
		if text := read(); !strings.Contains(text, `"UNAVAILABLE"`) {
			t.Fatalf("a read is answered with %s", text)
		}
		<-time.After(100 * time.Millisecond) // the balancer looks each second whether an instance is ready
	}
	database.Heal()
	eventually.True(t, "reads are answered", func() bool { return strings.Contains(read(), `"data":{"customers"`) })
}

// A deployment is two instances, each at an address that it keeps.
type deployment struct {
	t         *testing.T
	settings  map[string]string
	instances [2]*servertest.Instance
}

// start starts an instance, at the address of the one before.
func (d *deployment) start(i int) {
	d.t.Helper()
	delete(d.settings, "ADDR")
	if d.instances[i] != nil {
		d.settings["ADDR"] = host(d.instances[i])
	}
	d.instances[i] = servertest.Start(d.t, d.settings)
}

func host(i *servertest.Instance) string { return strings.TrimPrefix(i.URL, "http://") }

// idle is longer than the balancers of these tests let a silent connection live.
const idle = silence + 5*time.Second

// testWires follows a customer over a WebSocket and an event stream. Events pass at once, and silence ends no connection.
func testWires(t *testing.T, ada *servertest.Person, customer servertest.Object) {
	socket := ada.Connect()
	socket.Subscribe("s", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	events := ada.Stream("text/event-stream", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]}).Events()
	for version := 2; version <= 3; version++ {
		ada.Update(customer, version-1, servertest.Object{"name": "v" + strconv.Itoa(version)}).At("__typename").Is(`"CustomerSaved"`)
		socket.Next("s").At("customerChanged.version").Is(strconv.Itoa(version))
		events.Next().At("customerChanged.version").Is(strconv.Itoa(version))
		if version == 2 {
			<-time.After(idle) // the subject of the test: a silence of this length
		}
	}
}

// testRollingRestart replaces one instance after the other while a person reads and writes, each as soon as the balancer
// uses the one before. No read fails; a write that the balancer answers with 502 or 503 is repeated as clients do, and
// applied once.
func testRollingRestart(t *testing.T, d *deployment, ada *servertest.Person, customer servertest.Object) {
	version := 3
	ask := func() {
		read := ada.Do(http.MethodGet, "/graphql?query="+url.QueryEscape(`{ viewer { user { id } } }`), nil, nil)
		if text := read.Text(); read.StatusCode != http.StatusOK || !strings.Contains(text, `"ada"`) {
			t.Errorf("a read is answered with %s: %s", read.Status, text)
		}
		write(t, ada, customer, version)
		version++
	}
	for i := range d.instances {
		replaced := make(chan struct{})
		go func() {
			defer close(replaced)
			d.instances[i].Drain(t)
			d.start(i)
			awaitUse(t, ada, d.instances[i])
		}()
		for done := false; !done; {
			ask()
			select {
			case <-replaced:
				done = true
			default:
			}
		}
		for range 10 {
			ask()
		}
	}
	follower := ada.Connect()
	follower.Subscribe("f", servertest.CustomerChanged, servertest.Object{"after": customer["cursor"]})
	for v := 2; v <= version; v++ {
		follower.Next("f").At("customerChanged.version").Is(strconv.Itoa(v))
	}
}

// awaitUse waits until the balancer passes connections to an instance: it learns that one is back by its next check. It
// gives new connections to the instance with the fewest, which the new one is.
func awaitUse(t *testing.T, through *servertest.Person, instance *servertest.Instance) {
	eventually.True(t, "the balancer uses the new instance", func() bool {
		socket := through.Connect()
		defer func() { _ = socket.Conn.CloseNow() }()
		return instance.Server.Sockets() > 0
	})
}

// write changes the customer from a version to the next.
func write(t *testing.T, ada *servertest.Person, customer servertest.Object, version int) {
	t.Helper()
	input := servertest.Object{
		"id": customer["id"], "baseVersion": version, "patch": servertest.Object{"name": "v" + strconv.Itoa(version+1)}, "clientMutationId": rand.Text(),
	}
	for range 100 {
		answer := ada.Do(http.MethodPost, "/graphql", nil, servertest.Object{"query": servertest.UpdateCustomer, "variables": servertest.Object{"input": input}})
		text := answer.Text()
		switch answer.StatusCode {
		case http.StatusOK:
			if !strings.Contains(text, `"version":`+strconv.Itoa(version+1)) {
				t.Fatalf("the write of version %d is answered with %s", version+1, text)
			}
			return
		case http.StatusBadGateway, http.StatusServiceUnavailable:
		default:
			t.Fatalf("a write is answered with %s: %s", answer.Status, text)
		}
	}
	t.Fatal("no repetition of a write was applied")
}
