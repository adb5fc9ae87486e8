package chaos

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"
)

// A line says what a fault did to the load.
type line struct {
	fault        string
	lasted       time.Duration
	acknowledged int           // writes from the beginning of the fault until the system was whole
	delivered    int           // events to all followers together
	lists        int           // lists that were read
	repeats      int           // times that a client sent a write again
	reconnects   int           // of followers
	pause        time.Duration // the longest time in which no write was acknowledged
	late         time.Duration // the longest time from an acknowledgement until all followers had the change
	healed       time.Duration // from the end of the fault until the system was whole
}

// A report is the table of all faults.
type report struct{ lines []line }

func (r report) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "fault\tlasted\twrites\tevents\tlists\trepeats\treconnects\tno write for\tlatest event\twhole after\t")
	for _, l := range r.lines {
		fmt.Fprintf(w, "%s\t%v\t%d\t%d\t%d\t%d\t%d\t%v\t%v\t%v\t\n", l.fault, short(l.lasted), l.acknowledged, l.delivered, l.lists, l.repeats, l.reconnects,
			short(l.pause), short(l.late), short(l.healed))
	}
	_ = w.Flush()
	return "chaos: " + fmt.Sprint(len(r.lines)) + " faults; nothing acknowledged was lost, nothing was delivered twice or out of order, no list was late\n" + b.String() + legend
}

const legend = `
lasted         how long the fault lasted
writes         writes that were acknowledged from its beginning until the system was whole
events         events that all followers got in that time, and lists that were read
repeats        times that a client sent a write again, because it got no answer or was asked to
reconnects     times that a follower lost its connection and resumed
no write for   the longest time without an acknowledged write
latest event   the longest time from an acknowledgement until every follower had the change
whole after    the time from the end of the fault until every instance wrote and delivered as before
`

func short(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }
