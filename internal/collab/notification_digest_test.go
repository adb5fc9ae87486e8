package collab

import (
	"fmt"
	"testing"
	"time"
)

func is[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestNearestChoiceHolds(t *testing.T) {
	t.Parallel()
	p := DefaultPreferences("ann", ChannelChoices{NotifyComment: {ChannelEmail}, NotifyWatched: {}})
	p.Chosen = ChannelChoices{NotifyWatched: {ChannelPush}}
	for kind, want := range map[NotificationKind]string{
		NotifyWatched: "[PUSH]", NotifyComment: "[EMAIL]", NotifyMention: "[IN_APP PUSH]",
	} {
		is(t, string(kind), fmt.Sprint(p.ChannelsOf(kind)), want)
	}
	for _, c := range p.Channels() {
		is(t, string(c.Kind)+" is a default", c.IsDefault, c.Kind != NotifyWatched)
	}
}

func TestNextDigest(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, zone, now string
		digest          DigestFrequency
		quiet           *QuietHours
		hour            time.Duration
		want            string
	}{
		{"none", "UTC", "2027-01-01T07:00:00Z", DigestNone, nil, time.Hour, ""},
		{"the next hour", "UTC", "2027-01-01T07:10:00Z", DigestHourly, nil, time.Hour, "2027-01-01T08:00:00Z"},
		{"a short hour", "UTC", "2027-01-01T07:10:01Z", DigestHourly, nil, 2 * time.Second, "2027-01-01T07:10:02Z"},
		{"this morning", "Europe/Helsinki", "2027-01-01T05:59:59Z", DigestDaily, nil, time.Hour, "2027-01-01T06:00:00Z"},
		{"the next morning", "Europe/Helsinki", "2027-01-01T06:00:00Z", DigestDaily, nil, time.Hour, "2027-01-02T06:00:00Z"},
		{"the morning after the clock moved", "Europe/Helsinki", "2027-03-27T12:00:00Z", DigestDaily, nil, time.Hour, "2027-03-28T05:00:00Z"},
		{"the morning after the clock moved back", "America/New_York", "2027-11-06T13:00:00Z", DigestDaily, nil, time.Hour, "2027-11-07T13:00:00Z"},
		{"a morning that does not exist", "Pacific/Apia", "2011-12-29T20:00:00Z", DigestDaily, nil, time.Hour, "2011-12-30T10:00:00Z"},
		{"the morning after that", "Pacific/Apia", "2011-12-30T10:00:00Z", DigestDaily, nil, time.Hour, "2011-12-30T18:00:00Z"},
		{"a morning that comes twice", "Pacific/Kwajalein", "1969-09-29T20:00:00Z", DigestDaily, nil, time.Hour, "1969-09-29T21:00:00Z"},
		{"after its first time", "Pacific/Kwajalein", "1969-09-29T21:00:00Z", DigestDaily, nil, time.Hour, "1969-10-01T20:00:00Z"},
		{"before its second time", "Pacific/Kwajalein", "1969-09-30T19:00:00Z", DigestDaily, nil, time.Hour, "1969-10-01T20:00:00Z"},
		{"a quiet morning on which the clock skips the end", "America/New_York", "2027-03-14T05:00:00Z", DigestHourly, &QuietHours{"22:00", "02:30"}, time.Hour, "2027-03-14T07:00:00Z"},
		{"a morning that is quiet", "UTC", "2027-01-01T07:00:00Z", DigestDaily, &QuietHours{"22:00", "09:30"}, time.Hour, "2027-01-01T09:30:00Z"},
		{"an hour that is quiet", "UTC", "2027-01-01T21:30:00Z", DigestHourly, &QuietHours{"22:00", "07:00"}, time.Hour, "2027-01-02T07:00:00Z"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := DefaultPreferences("ann", nil)
			p.TimeZone, p.Digest, p.QuietHours = test.zone, test.digest, test.quiet
			got := ""
			if at := p.NextDigest(moment(t, test.now), test.hour); at != nil {
				got = at.Format(time.RFC3339)
			}
			is(t, "the digest", got, test.want)
		})
	}
}

// In zones with and without summer time, on every day of a year, a daily digest goes out at the next time at which the clock shows 08:00.
func TestDailyDigestsAgreeWithTheClock(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Africa/Cairo", "Asia/Kolkata"} {
		p := DefaultPreferences("ann", nil)
		p.TimeZone, p.Digest = zone, DigestDaily
		for now := time.Date(2027, 1, 1, 0, 7, 0, 0, time.UTC); now.Year() == 2027; now = now.Add(97 * time.Minute) {
			shown := now.In(p.location())
			day := shown.Format(time.DateOnly)
			if shown.Format("15:04") >= "08:00" {
				day = shown.AddDate(0, 0, 1).Format(time.DateOnly)
			}
			due := p.NextDigest(At(now), time.Hour).In(p.location())
			if due.Format(time.DateTime) != day+" 08:00:00" {
				t.Fatalf("%s at %s: the digest goes out at %s", zone, shown, due)
			}
		}
	}
}

func moment(t *testing.T, text string) Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return At(at)
}

// No digest, and no end of quiet hours after it, is further away than MostPlannedWait, also where a day is skipped.
func TestPlansAreNear(t *testing.T) {
	t.Parallel()
	for zone, year := range map[string]int{"Pacific/Apia": 2011, "Pacific/Kwajalein": 1993, "Europe/Helsinki": 2027} {
		p := DefaultPreferences("ann", nil)
		p.TimeZone, p.Digest = zone, DigestDaily
		for _, quiet := range []*QuietHours{nil, {"08:00", "07:59"}, {"07:59", "07:58"}, {"22:00", "09:30"}} {
			p.QuietHours = quiet
			for now := time.Date(year, 1, 1, 0, 7, 0, 0, time.UTC); now.Year() == year; now = now.Add(7 * time.Hour) {
				if until := p.QuietUntil(*p.NextDigest(At(now), time.Hour)); until.Sub(now) > MostPlannedWait {
					t.Fatalf("%s with %v, after %s: %s", zone, quiet, now, until)
				}
			}
		}
	}
}
