package notifications_test

import (
	"crypto/rand"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/seeded"
	"tandem/internal/server"
	"tandem/internal/servertest"
	"tandem/internal/smtptest"
	"tandem/internal/webpushtest"
)

const (
	// hourSteps is how many random steps a run takes.
	hourSteps = 80
	// startHour is the hour of the day, in UTC, at which a run begins. The clock shows ten past each hour, since a run takes some
	// time: no quiet hour and no digest begins or ends in it.
	startHour = 18
	// hoursSeed takes steps that meet each case that the test asks for.
	hoursSeed seeded.Seed = 1
)

// everywhere are all channels.
var everywhere = []string{"IN_APP", "PUSH", "EMAIL"}

// A day is a run of the plain model of hours against the program, with a push service and a mail server.
type day struct {
	t         *testing.T
	rand      *mathrand.Rand
	clock     *servertest.Clock
	instances []*servertest.Instance
	mail      *smtptest.Server
	ada       *servertest.Person
	people    map[string]*servertest.Person
	browsers  map[string]*webpushtest.Browser
	readers   map[string]*reader
	records   map[string]servertest.Object // by name
	hour      int
	mentions  int
}

// startDay starts instances with settings, and people with browsers and addresses.
func startDay(t *testing.T, settings map[string]string, instances int) *day {
	t.Helper()
	d := &day{
		t: t, rand: hoursSeed.Rand(2), clock: servertest.NewClock(t, "UTC", fmt.Sprintf("%d:10", startHour)), mail: smtptest.Start(t),
		people: map[string]*servertest.Person{}, browsers: map[string]*webpushtest.Browser{}, readers: map[string]*reader{}, records: map[string]servertest.Object{},
	}
	service := webpushtest.Start(t)
	maps.Copy(settings, map[string]string{
		"PUSH_HOSTS": service.Host(), "SMTP_URL": d.mail.URL(), "MAIL_FROM": "tandem@crm.example", "PUBLIC_URL": "https://crm.example",
	})
	for range instances {
		d.instances = append(d.instances, servertest.StartWith(t, settings, server.Options{Now: d.clock.Now}))
	}
	org := rand.Text()
	d.ada = servertest.Join(t, d.instances[0], org, "ada", collab.RoleAdmin)
	for i, name := range []string{"ben", "cem"} {
		p := d.join(d.instances[i%instances], org, name)
		b := service.Subscribe(p.Ask(`{ pushPublicKey }`, nil).Text("pushPublicKey"))
		p.Ask(`mutation($in: PushSubscriptionInput!) { registerPushSubscription(input: $in) }`,
			servertest.Object{"in": servertest.Object{"endpoint": b.Endpoint, "p256dh": b.P256dh, "auth": b.Auth}})
		r := &reader{channels: everywhere, zone: "UTC", digest: "HOURLY", muted: map[string]bool{}, collected: map[*line]bool{}}
		prefer(p, servertest.Object{"digest": r.digest, "channels": []any{
			servertest.Object{"kind": "ACCESS_CHANGED", "channels": []string{}}, servertest.Object{"kind": "MENTION", "channels": r.channels},
		}})
		d.people[name], d.browsers[name], d.readers[name] = p, b, r
	}
	return d
}

// join returns a member with an address.
func (d *day) join(at *servertest.Instance, org, name string) *servertest.Person {
	d.t.Helper()
	token, err := auth.NewVerifier([]string{servertest.Secret}, "", "", time.Now).Sign(collab.Claims{
		UserID: collab.ID(name), OrganizationID: collab.ID(org), Role: collab.RoleMember, Name: name, Email: name + "@example.com", IssuedAt: collab.At(time.Now()),
	}, time.Now().Add(time.Hour))
	if err != nil {
		d.t.Fatal(err)
	}
	p := &servertest.Person{T: d.t, At: at, Token: token}
	p.Ask(`{ viewer { role } }`, nil)
	return p
}

// step takes a random step, in the program and in the model.
func (d *day) step() string {
	d.t.Helper()
	name := pick(d.rand, []string{"ben", "cem"})
	switch n := d.rand.IntN(20); {
	case n < 8:
		return d.mention(name)
	case n < 12:
		return d.choose(name)
	case n < 16:
		return d.handle(name)
	}
	hours := 1 + d.rand.IntN(9)
	d.clock.Forward(time.Duration(hours) * time.Hour)
	d.hour += hours
	return fmt.Sprint(hours, " hours later")
}

// mention has ada mention somebody on a record, often on one that they have a fresh line about, and rather on one that they snoozed.
func (d *day) mention(name string) string {
	d.t.Helper()
	r, record := d.readers[name], fmt.Sprintf("Record %d.", len(d.records))
	if d.rand.IntN(2) == 0 {
		record = r.fresh(d.hour, record)
	}
	if d.records[record] == nil {
		d.records[record] = d.ada.Restricted(record)
		d.ada.Grant(d.records[record], name, "READ")
	}
	d.ada.Mention(d.records[record], name)
	d.mentions++
	if l := r.mention(record, d.hour, d.mentions); l != nil && !l.elsewhere {
		l.id = d.people[name].Ask(`{ notifications(first: 1) { nodes { id } } }`, nil).Text("notifications.nodes.0.id")
	}
	return name + " is mentioned on " + record
}

// choose has somebody choose something else.
func (d *day) choose(name string) string {
	d.t.Helper()
	r, input := d.readers[name], servertest.Object{}
	switch d.rand.IntN(5) {
	case 0:
		r.digest = pick(d.rand, []string{"NONE", "HOURLY", "DAILY"})
		input["digest"] = r.digest
	case 1:
		r.zone = pick(d.rand, slices.Sorted(maps.Keys(zones)))
		input["timeZone"] = r.zone
	case 2:
		r.channels = pick(d.rand, [][]string{{}, {"PUSH"}, {"EMAIL"}, {"IN_APP", "PUSH"}, {"IN_APP", "EMAIL"}, everywhere, everywhere})
		input["channels"] = []any{servertest.Object{"kind": "MENTION", "channels": r.channels}}
	default:
		r.quiet = pick(d.rand, []*quietHours{nil, {22, 7}, {7, 12}, {12, 22}})
		input["quietHours"] = nil
		if r.quiet != nil {
			input["quietHours"] = servertest.Object{"from": fmt.Sprintf("%02d:00", r.quiet.from), "to": fmt.Sprintf("%02d:00", r.quiet.to)}
		}
	}
	prefer(d.people[name], input).At("__typename").Is(`"NotificationPreferencesSaved"`)
	r.chose(d.hour)
	return fmt.Sprint(name, " chooses ", input)
}

// handle has somebody do something with one of their lines, or ada with its record.
func (d *day) handle(name string) string {
	d.t.Helper()
	r, p := d.readers[name], d.people[name]
	shown := slices.DeleteFunc(slices.Clone(r.lines), func(l *line) bool { return l.elsewhere || l.read || l.hidden })
	if len(shown) == 0 {
		return "nothing"
	}
	if waiting := slices.DeleteFunc(slices.Clone(shown), func(l *line) bool { return !l.queued }); len(waiting) > 0 {
		shown = waiting
	}
	l := pick(d.rand, shown)
	variables, about := servertest.Object{"id": l.id}, servertest.Object{"id": d.records[l.record]["id"]}
	switch d.rand.IntN(6) {
	case 0:
		p.Ask(`mutation($id: ID!) { markNotificationsRead(ids: [$id]) }`, variables)
		l.endSnooze()
		l.read = true
		return name + " reads " + l.record
	case 1:
		p.Ask(`mutation($id: ID!) { markNotificationsUnread(ids: [$id]) }`, variables)
		l.endSnooze()
		return name + " marks unread " + l.record
	case 2:
		p.Ask(unmute, about)
		if r.muted[l.record] = !r.muted[l.record]; r.muted[l.record] {
			p.Ask(mute, about)
		}
		return fmt.Sprint(name, " mutes ", l.record, ": ", r.muted[l.record])
	case 3:
		d.ada.Revoke(d.records[l.record], name)
		for _, other := range r.lines {
			other.hidden = other.hidden || other.record == l.record
		}
		return name + " loses " + l.record
	}
	hours := 1 + d.rand.IntN(12)
	variables["until"] = d.clock.Now().Add(time.Duration(hours)*time.Hour - 5*time.Minute)
	p.Ask(`mutation($id: ID!, $until: DateTime!) { snoozeNotifications(ids: [$id], until: $until) }`, variables)
	l.snooze(d.hour + hours)
	return fmt.Sprint(name, " snoozes ", l.record, " for ", hours, " hours")
}

// settle waits until nothing is due any more, and compares what arrived with the model.
func (d *day) settle(done []string) {
	d.t.Helper()
	eventually.True(d.t, "nothing is due", func() bool {
		stats, err := d.instances[0].Server.Store.JobStats(d.t.Context(), collab.At(d.clock.Now()))
		return err == nil && stats[collab.JobPush].Oldest.IsZero() && stats[collab.JobDigest].Oldest.IsZero()
	})
	for name, r := range d.readers {
		r.send(d.hour)
		got := fmt.Sprint("pushed ", d.pushed(name), " mailed ", d.mailed(name), " unread ", d.unread(name))
		if want := fmt.Sprint("pushed ", r.pushes, " mailed ", r.mails, " unread ", r.unread(d.hour)); got != want {
			d.t.Fatalf("%s has\n%s\nand in the model\n%s\nafter\n%s", name, got, want, strings.Join(done, "\n"))
		}
	}
}

// pushed are the messages at somebody's browser, in the order of the model.
func (d *day) pushed(name string) (arrived []arrival) {
	names := map[string]string{}
	for record, customer := range d.records {
		names[customer["id"].(string)] = record
	}
	for _, m := range d.browsers[name].Messages() {
		arrived = append(arrived, arrival{names[*m.Notification.Data.EntityID], m.Notification.Data.Count, m.Notification.Data.SnoozedUntil != ""})
	}
	return inOrderOf(arrived, d.readers[name].pushes)
}

// inOrderOf returns what arrived in the order of the model, as far as it is there: what is due at once is sent in any order.
func inOrderOf(arrived, wanted []arrival) (sorted []arrival) {
	for _, w := range wanted {
		if i := slices.Index(arrived, w); i >= 0 {
			sorted, arrived = append(sorted, w), slices.Delete(arrived, i, i+1)
		}
	}
	return append(sorted, arrived...)
}

var recordNames = regexp.MustCompile(`Record \d+\.`)

// mailed are the records that somebody's digests list.
func (d *day) mailed(name string) (digests [][]string) {
	for _, m := range d.mail.Messages(name + "@example.com") {
		digests = append(digests, recordNames.FindAllString(m.Text, -1))
	}
	return digests
}

// unread are the records of the unread notifications that somebody's inbox shows.
func (d *day) unread(name string) (records []string) {
	d.t.Helper()
	for _, n := range d.people[name].Ask(`{ notifications(unreadOnly: true, first: 100) { nodes { body } } }`, nil).List("notifications.nodes") {
		records = append(records, recordNames.FindString(n.Text("body")))
	}
	slices.Sort(records)
	return records
}

// run takes the steps, which have to meet each case.
func (d *day) run() {
	d.t.Helper()
	var done []string
	for range hourSteps {
		done = append(done, d.step())
		d.settle(done)
	}
	ben, cem := d.readers["ben"], d.readers["cem"]
	for what, n := range map[string]int{
		"pushes": len(ben.pushes) + len(cem.pushes), "digests": len(ben.mails) + len(cem.mails),
		"pushes that wait for the end of quiet hours": ben.quieted + cem.quieted, "pushes at the end of a snooze": ben.reminded + cem.reminded,
		"lines that grow while they are snoozed": ben.woken + cem.woken,
	} {
		if n == 0 {
			d.t.Errorf("the run has no %s", what)
		}
	}
}

// While people are mentioned, choose channels, digests and quiet hours, snooze, read and mute, and lose access, and the hours pass,
// exactly what the model says is pushed and mailed, each once and at its hour.
func TestPushesAndDigestsAreThoseOfThePlainModel(t *testing.T) {
	t.Parallel()
	for name, instances := range map[string]int{"one": 1, "two": 2} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			settings := servertest.Embedded(t)
			if instances > 1 {
				settings = servertest.Shared(t)
			}
			d := startDay(t, settings, instances)
			d.run()
		})
	}
}
