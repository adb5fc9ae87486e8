package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"time"
)

// settings describe one run.
type settings struct {
	// address is where a running server is; "" starts one. resumeAt is where
	// clients go when their connection breaks; "" is nowhere.
	address, resumeAt string
	secret            string
	pid               int
	others            others

	// server is the program to start; "" builds it.
	server          string
	database, redis string
	killAt          time.Duration
	apart, limits   bool

	clients, topics, users, connecting int
	also, publishers, window, reads    int
	presence                           bool
	rate                               float64
	warmUp, duration, settle           time.Duration
	giveUp                             time.Duration
	json                               bool

	// series names measurements of a series that is run instead of one; repeat is how often each is.
	series string
	repeat int
	share  float64 // of the clients and the time of each
}

// Bounds of a run. A higher value is a mistake rather than a measurement.
const (
	mostClients  = 25_000 // the ports of one loopback address
	mostTopics   = 10_000
	mostAlso     = 20
	mostReads    = 100_000
	mostRepeats  = 9
	mostRate     = 20_000
	mostDuration = 10 * time.Minute
)

// connectionsPerUser is well below the default of MAX_CONNECTIONS_PER_PERSON.
const connectionsPerUser = 50

// patience bounds every wait for an event that should happen soon.
const patience = 20 * time.Second

func readSettings(args []string, errs io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	f.SetOutput(errs)
	s.addServerFlags(f)
	s.addLoadFlags(f)
	if err := f.Parse(args); err != nil {
		return s, err
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("%q is not understood; all is said by flags", f.Arg(0))
	}
	if s.users == 0 {
		s.users = (s.clients + connectionsPerUser - 1) / connectionsPerUser
	}
	return s, s.check()
}

func (s *settings) addServerFlags(f *flag.FlagSet) {
	f.StringVar(&s.address, "url", "", "a running server, as http://127.0.0.1:8080; none: start one")
	f.StringVar(&s.secret, "secret", "", "AUTH_SECRET of the running server (as with -url)")
	f.IntVar(&s.pid, "pid", 0, "process of the running server, to measure its CPU time and memory (as with -url)")
	f.Func("others", "other processes whose CPU time to measure, with their children, as postgres=4711,redis=4712", func(text string) (err error) {
		s.others, err = parseOthers(text)
		return err
	})
	f.StringVar(&s.resumeAt, "resume-url", "", "another instance, where clients resume when their connection breaks (as with -url)")
	f.StringVar(&s.server, "server", "", "program to start; none: build it from here")
	f.StringVar(&s.database, "database", "", "DATABASE_URL of the server that is started; none: SQLite in a temporary folder")
	f.StringVar(&s.redis, "redis", "", "REDIS_URL of the server that is started")
	f.DurationVar(&s.killAt, "kill-at", 0, "kill (SIGKILL) the started server after this much of the measurement, and let clients resume at another")
	f.BoolVar(&s.apart, "apart", false, "start two more instances: one takes the edits and reads, and one has nothing to do (with -database)")
	f.BoolVar(&s.limits, "limits", false, "count each edit and read against limits that are never reached, as those of people who are seldom active are; for a few clients")
}

func (s *settings) addLoadFlags(f *flag.FlagSet) {
	f.IntVar(&s.clients, "clients", 1000, "connections, each with one subscription")
	f.IntVar(&s.topics, "topics", 1, "customers that are followed and edited; clients are spread over them")
	f.IntVar(&s.also, "also", 0, "more subscriptions of each connection, to customers that nobody edits; as many connections share each as share a topic")
	f.BoolVar(&s.presence, "presence", false, "show each client in the room of its customer")
	f.IntVar(&s.users, "users", 0, "people that the connections are spread over; 0: one for every 50, as a server bounds those of one person")
	f.IntVar(&s.connecting, "connecting", 64, "handshakes under way at a time")
	f.IntVar(&s.publishers, "publishers", 8, "edits under way at a time")
	f.Float64Var(&s.rate, "rate", 0, "edits a second; 0: as fast as -window allows")
	f.IntVar(&s.window, "window", 1, "with -rate 0: edits that have not reached all their clients")
	f.DurationVar(&s.warmUp, "warm-up", time.Second, "publish for this long before measuring")
	f.DurationVar(&s.duration, "duration", 5*time.Second, "publish for this long")
	f.DurationVar(&s.settle, "settle", 2*time.Second, "wait this long after connecting before memory is read")
	f.IntVar(&s.reads, "reads", 0, "read a page of 20 customers this often after publishing")
	f.DurationVar(&s.giveUp, "give-up", 10*time.Second, "count events as lost that have not arrived this long after the last delivery")
	f.BoolVar(&s.json, "json", false, "report as JSON")
	f.StringVar(&s.series, "capacity", "", "instead of one run, make those that docs/operations/capacity.md uses, and print a table: all, or some of "+seriesNames()+" (with -database and -redis)")
	f.Float64Var(&s.share, "share", 1, "with -capacity: the part of the clients and of the time, for a quick look")
	f.IntVar(&s.repeat, "repeat", 1, "with -capacity: how often to make each run")
}

func (s settings) check() error {
	for _, address := range []string{s.address, s.resumeAt} {
		if err := checkAddress(address); err != nil {
			return err
		}
	}
	if err := s.checkLoad(); err != nil {
		return err
	}
	switch {
	case s.address != "" && s.secret == "":
		return errors.New("-url needs -secret, the server's AUTH_SECRET, to sign tokens with")
	case s.address != "" && (s.server != "" || s.database != "" || s.redis != "" || s.killAt > 0):
		return errors.New("-server, -database, -redis and -kill-at are for a server that is started here, and don't go with -url")
	case s.address == "" && (s.pid != 0 || s.secret != "" || s.resumeAt != ""):
		return errors.New("-pid, -secret and -resume-url are for a server that runs, and need -url")
	case s.address != "" && (s.apart || s.limits):
		return errors.New("-apart and -limits are for servers that are started here, and don't go with -url")
	case s.apart && (s.database == "" || s.killAt > 0):
		return errors.New("-apart needs -database, a Postgres that several instances share, and does not go with -kill-at")
	case s.series != "" && (s.database == "" || s.redis == ""):
		return errors.New("-capacity needs -database and -redis")
	case s.killAt < 0 || s.killAt >= s.duration:
		return errors.New("-kill-at must be within -duration")
	}
	return nil
}

// checkLoad refuses loads that are a mistake.
func (s settings) checkLoad() error {
	switch {
	case s.clients < 1 || s.clients > mostClients:
		return fmt.Errorf("-clients must be from 1 to %d", mostClients)
	case s.topics < 1 || s.topics > mostTopics || s.topics > s.clients:
		return fmt.Errorf("-topics must be from 1 to %d, and no more than -clients", mostTopics)
	case s.users < 1 || s.connecting < 1 || s.publishers < 1 || s.window < 1:
		return errors.New("-users, -connecting, -publishers and -window must be at least 1")
	case s.rate < 0 || s.rate > mostRate:
		return fmt.Errorf("-rate must be from 0 to %d", mostRate)
	case s.duration <= 0 || s.giveUp <= 0 || s.warmUp < 0 || s.settle < 0 || s.duration+s.warmUp+s.settle > mostDuration:
		return fmt.Errorf("-duration and -give-up must be above 0, and -duration no more than %s with -warm-up and -settle", mostDuration)
	case s.also < 0 || s.also > mostAlso || s.also*s.topics > mostTopics:
		return fmt.Errorf("-also must be from 0 to %d, and times -topics no more than %d", mostAlso, mostTopics)
	case s.reads < 0 || s.reads > mostReads:
		return fmt.Errorf("-reads must be from 0 to %d", mostReads)
	case s.share <= 0 || s.share > 1:
		return errors.New("-share must be above 0, and at most 1")
	case s.repeat < 1 || s.repeat > mostRepeats:
		return fmt.Errorf("-repeat must be from 1 to %d", mostRepeats)
	}
	if s.series == "" {
		return nil
	}
	_, err := chosen(s.series)
	return err
}

// checkAddress refuses every address except loopback, so that nobody points the load
// at another machine.
func checkAddress(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" || u.Host == "" || u.Path != "" && u.Path != "/" {
		return fmt.Errorf("%q is not an address of a server, such as http://127.0.0.1:8080", address)
	}
	if ip, err := netip.ParseAddr(u.Hostname()); u.Hostname() != "localhost" && (err != nil || !ip.IsLoopback()) {
		return fmt.Errorf("%s is not this machine: the load test speaks to loopback addresses only", u.Host)
	}
	return nil
}

// resumes reports whether clients whose connection breaks come back.
func (s settings) resumes() bool { return s.resumeAt != "" || s.killAt > 0 }

// longest bounds the whole run.
func (s settings) longest() time.Duration {
	if s.series != "" {
		return time.Hour
	}
	return 5*time.Minute + 2*(s.warmUp+s.duration+s.settle)
}
