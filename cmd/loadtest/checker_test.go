package main

import "testing"

func TestChecker(t *testing.T) {
	tests := []struct {
		name     string
		versions []int
		want     faults
	}{
		{"all, in order", []int{2, 3, 4, 5}, faults{}},
		{"none", nil, faults{Lost: 4}},
		{"the end is missing", []int{2, 3}, faults{Lost: 2}},
		{"the beginning is missing", []int{4, 5}, faults{Lost: 2}},
		{"one is missing", []int{2, 4, 5}, faults{Lost: 1}},
		{"one came twice", []int{2, 3, 3, 4, 5}, faults{Doubled: 1}},
		{"one came three times", []int{2, 3, 4, 3, 5, 3}, faults{Doubled: 2}},
		{"two are swapped", []int{2, 4, 3, 5}, faults{Reordered: 1}},
		{"the first came last", []int{3, 4, 5, 2}, faults{Reordered: 1}},
		{"one came late, and again", []int{2, 4, 3, 3, 5}, faults{Doubled: 1, Reordered: 1}},
		{"all over again", []int{2, 3, 4, 5, 2, 3, 4, 5}, faults{Doubled: 4}},
		{"one of before", []int{1, 2, 3, 4, 5}, faults{Doubled: 1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := checker{next: firstEdit}
			first := 0
			for _, v := range test.versions {
				if c.see(v) {
					first++
				}
			}
			if got := c.finish(5); got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			if want := len(test.versions) - test.want.Doubled; first != want {
				t.Errorf("%d were new, want %d", first, want)
			}
		})
	}
}

func TestCheckerFinishesMoreThanOnce(t *testing.T) {
	c := checker{next: firstEdit}
	c.see(3)
	if first, second := c.finish(4), c.finish(4); first != second || first.Lost != 2 {
		t.Errorf("got %+v, and then %+v; want 2 lost, twice", first, second)
	}
}
