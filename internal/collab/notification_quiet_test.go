package collab

import (
	"testing"
	"time"
)

func TestQuietHours(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, zone, from, to, now, until string }{
		{"a part of the day", "UTC", "12:00", "13:00", "2027-01-10T12:30:00Z", "2027-01-10T13:00:00Z"},
		{"its beginning", "UTC", "12:00", "13:00", "2027-01-10T12:00:00Z", "2027-01-10T13:00:00Z"},
		{"its end", "UTC", "12:00", "13:00", "2027-01-10T13:00:00Z", ""},
		{"before", "UTC", "12:00", "13:00", "2027-01-10T11:59:59Z", ""},
		{"the evening of a night", "Asia/Kolkata", "22:00", "07:00", "2027-01-10T17:00:00Z", "2027-01-11T01:30:00Z"},
		{"the morning of a night", "Asia/Kolkata", "22:00", "07:00", "2027-01-11T01:29:00Z", "2027-01-11T01:30:00Z"},
		{"the day between nights", "Asia/Kolkata", "22:00", "07:00", "2027-01-11T08:00:00Z", ""},
		{"a night until midnight", "America/New_York", "20:00", "00:00", "2027-01-11T04:00:00Z", "2027-01-11T05:00:00Z"},
		{"a zone far to the east", "Pacific/Kiritimati", "22:00", "07:00", "2027-01-10T09:00:00Z", "2027-01-10T17:00:00Z"},

		// Spring: the clock skips 02:00 to 03:00 in New York, 03:00 to 04:00 in Helsinki, 02:00 to 02:30 on Lord Howe.
		{"a night that is an hour shorter", "America/New_York", "22:00", "07:00", "2027-03-14T03:00:00Z", "2027-03-14T11:00:00Z"},
		{"an end that is skipped", "America/New_York", "22:00", "02:30", "2027-03-14T05:00:00Z", "2027-03-14T07:00:00Z"},
		{"a beginning that is skipped", "Europe/Helsinki", "03:30", "06:00", "2027-03-28T01:00:00Z", "2027-03-28T03:00:00Z"},
		{"hours that are skipped", "Europe/Helsinki", "03:10", "03:50", "2027-03-28T01:00:00Z", ""},
		{"a pause that is skipped", "Europe/Helsinki", "03:40", "03:20", "2027-03-28T00:30:00Z", "2027-03-29T00:20:00Z"},
		{"half an hour", "Australia/Lord_Howe", "23:00", "02:15", "2027-10-02T13:00:00Z", "2027-10-02T15:30:00Z"},
		{"midnight that is skipped", "America/Sao_Paulo", "22:00", "00:30", "2018-11-04T02:00:00Z", "2018-11-04T03:00:00Z"},
		{"a day that is skipped", "Pacific/Apia", "22:00", "07:00", "2011-12-30T09:00:00Z", "2011-12-30T17:00:00Z"},

		// Autumn: 01:00 to 02:00 comes twice in New York, 03:00 to 04:00 in Helsinki, 23:00 to 24:00 in Havana's winter time.
		{"a night that is an hour longer", "America/New_York", "22:00", "07:00", "2027-11-07T02:00:00Z", "2027-11-07T12:00:00Z"},
		{"an end that comes twice, the first time", "America/New_York", "22:00", "01:30", "2027-11-07T05:30:00Z", "2027-11-07T06:30:00Z"},
		{"an end that comes twice, between", "America/New_York", "22:00", "01:30", "2027-11-07T05:45:00Z", "2027-11-07T06:30:00Z"},
		{"an end that comes twice, the second time", "America/New_York", "22:00", "01:30", "2027-11-07T06:30:00Z", ""},
		{"a beginning that comes twice", "Europe/Helsinki", "03:30", "06:00", "2027-10-31T00:40:00Z", "2027-10-31T04:00:00Z"},
		{"midnight that comes twice", "America/Havana", "21:00", "00:30", "2027-11-07T04:45:00Z", "2027-11-07T05:30:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := DefaultPreferences("ann", nil)
			p.TimeZone, p.QuietHours = test.zone, &QuietHours{test.from, test.to}
			now := moment(t, test.now)
			want := now
			if test.until != "" {
				want = moment(t, test.until)
			}
			is(t, "quiet until", p.QuietUntil(now).Format(time.RFC3339), want.Format(time.RFC3339))
		})
	}
}

// On ordinary days and around every change of the clock in a year, quiet hours agree with a clock that is read minute by
// minute: they are over when it shows their end, and not before.
func TestQuietHoursAgreeWithTheClock(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Cairo", "Asia/Kolkata"} {
		p := DefaultPreferences("ann", nil)
		p.TimeZone, p.QuietHours = zone, &QuietHours{"22:15", "06:45"}
		for now := time.Date(2027, 1, 1, 0, 7, 0, 0, time.UTC); now.Year() == 2027; now = now.Add(97 * time.Minute) {
			shown := now.In(p.location()).Format("15:04")
			until := p.QuietUntil(At(now))
			if quiet := shown >= "22:15" || shown < "06:45"; quiet != until.After(now) {
				t.Fatalf("%s at %s: quiet until %s", zone, now.In(p.location()), until)
			}
			if until.After(now) && until.In(p.location()).Format("15:04") != "06:45" {
				t.Fatalf("%s at %s: quiet until %s", zone, now.In(p.location()), until.In(p.location()))
			}
		}
	}
}

func TestQuietHoursWithoutQuietHours(t *testing.T) {
	t.Parallel()
	now := moment(t, "2027-01-10T02:00:00Z")
	is(t, "quiet until", DefaultPreferences("ann", nil).QuietUntil(now), now)
}

func TestTimeZoneNames(t *testing.T) {
	t.Parallel()
	for name, known := range map[string]bool{
		"Europe/Helsinki": true, "UTC": true, "America/Argentina/ComodRivadavia": true, "Asia/Kolkata": true,
		"": false, "Local": false, "localtime": false, "posixrules": false, "posix/Europe/Helsinki": false, "right/UTC": false,
		"Factory": false, "Europe//Helsinki": false, "./UTC": false, "UTC/": false, "Europe/Nowhere": false, "../../etc/passwd": false, "/etc/localtime": false, "EET DST": false,
	} {
		is(t, name, isTimeZone(name), known)
	}
}

func TestQuietHoursThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ from, to, want string }{
		{"22:00", "07:00", ""},
		{"00:00", "23:59", ""},
		{"7:00", "09:00", "quietHours.from must be a time of day from 00:00 to 23:59, like 22:00."},
		{"22:00", "24:00", "quietHours.to must be a time of day from 00:00 to 23:59, like 22:00."},
		{"22:00", "22:00", "quietHours.to must differ from quietHours.from; send null for no quiet hours."},
	} {
		var v violations
		QuietHours{test.from, test.to}.check(&v)
		got := ""
		if problem := v.problem(); problem != nil {
			got = problem.Error()
		}
		is(t, test.from+" to "+test.to, got, test.want)
	}
}
