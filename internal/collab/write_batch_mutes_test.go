package collab_test

import (
	"fmt"
	"testing"
	"time"

	"tandem/internal/collab"
)

// A batch that also changes muted records is pushed for the others, whichever of them its line leads to, and whichever transaction
// has the muted ones.
func TestBatchIsPushedForWhatIsNotMuted(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		number, from, to int // from and to are the muted ones of the customers
		want             []int
	}{
		"the first":             {5, 0, 1, []int{5}},
		"the last":              {5, 4, 5, []int{5}},
		"a transaction":         {26, 25, 26, []int{26}},
		"all but one":           {5, 1, 5, []int{5}},
		"all":                   {5, 0, 5, []int{}},
		"all of 2 transactions": {26, 0, 26, []int{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, ada := openPushed(t)
			ben, made := o.join("ben", collab.RoleMember), o.makeAll(ada, tc.number, nil)
			for _, c := range made[tc.from:tc.to] {
				o.mute(ben, c, nil)
			}
			o.changeAll(ada, 1, collab.Patch{"ownerId": "ben"}, made...)
			deeply(t, "ben's inbox", o.inbox(ben), []string{fmt.Sprintf("%d ASSIGNMENT: ada made you the owner of %d customers", tc.number, tc.number)})
			o.later(time.Minute)
			deeply(t, "pushed", o.send(func() {}), tc.want)
		})
	}
}

// The push of a batch waits on if the record that its line leads to is muted meanwhile, and grows.
func TestPushOfABatchOutlivesAMute(t *testing.T) {
	t.Parallel()
	o, ada := openPushed(t)
	ben, made := o.join("ben", collab.RoleMember), o.makeAll(ada, 26, nil)
	o.changeAll(ada, 1, collab.Patch{"ownerId": "ben"}, made...)
	led := o.led(ben, made)
	o.mute(ben, led, nil)
	o.mustUpdate(ada, led, 2, collab.Patch{"ownerId": "ada"})
	o.mustUpdate(ada, led, 3, collab.Patch{"ownerId": "ben"})
	o.later(time.Minute)
	deeply(t, "pushed", o.send(func() {}), []int{27})
}
