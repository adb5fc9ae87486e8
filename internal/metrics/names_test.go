package metrics_test

import (
	"fmt"
	"sync"
	"testing"

	"tandem/internal/metrics"
)

func TestNamesBeyondTheBoundShareALabel(t *testing.T) {
	t.Parallel()
	names := metrics.NewNames(2)
	for _, step := range []struct{ name, want string }{
		{"Customers", "Customers"}, {"Deals", "Deals"}, {"Calls", metrics.Other}, {"Customers", "Customers"}, {"Deals", "Deals"},
	} {
		if got := names.Label(step.name); got != step.want {
			t.Errorf("%s has the label %s, want %s", step.name, got, step.want)
		}
	}
}

func TestNamesAreBoundedWhenManyComeAtOnce(t *testing.T) {
	t.Parallel()
	const most, callers, each = 10, 8, 100
	names := metrics.NewNames(most)
	var labels sync.Map
	var all sync.WaitGroup
	for caller := range callers {
		all.Go(func() {
			for i := range each {
				labels.Store(names.Label(fmt.Sprint(caller*each+i)), true)
			}
		})
	}
	all.Wait()
	count := 0
	labels.Range(func(any, any) bool { count++; return true })
	if count != most+1 {
		t.Errorf("%d labels, want %d and the one that the others share", count, most)
	}
}
