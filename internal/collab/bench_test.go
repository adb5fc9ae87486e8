package collab

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkMerge is the whole of what merging costs a write: a patch made
// canonical, two documents taken apart, merged, and put together again.
func BenchmarkMerge(b *testing.B) {
	base := &Customer{Record: Record{ID: "cus_1", Type: TypeCustomer, Version: 1}, CustomerFields: CustomerFields{
		Name: "Acme", Email: ptr("office@example.com"), Status: CustomerLead, Tags: []string{"a", "b"}, Visibility: VisibleToOrganization,
	}}
	remote, err := overlay(base, Fields{"phone": []byte(`"1"`)})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := range b.N {
		patch, err := canonical(TypeCustomer, Patch{"name": fmt.Sprint("Acme ", i), "notes": nil})
		if err != nil {
			b.Fatal(err)
		}
		before, err := fieldsOf(base)
		if err != nil {
			b.Fatal(err)
		}
		now, err := fieldsOf(remote)
		if err != nil {
			b.Fatal(err)
		}
		apply, conflicts := mergeFields(before, now, patch)
		if len(conflicts) > 0 || len(apply) != 1 {
			b.Fatal(apply, conflicts)
		}
		if _, err := overlay(remote, apply); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNatures merges two edits of one field, by the nature of the field: both sides replaced a tenth of a full set, or
// a sentence of a full text.
func BenchmarkNatures(b *testing.B) {
	tags := func(replaced int) any {
		set := make([]string, maxTags)
		for i := range set {
			set[i] = fmt.Sprintf("tag %d", i)
		}
		for i := range maxTags / 10 {
			set[i*10+replaced] = fmt.Sprintf("another %d %d", i, replaced)
		}
		return set
	}
	text := func(replaced int) any {
		lines := make([]string, maxTextLength/50)
		for i := range lines {
			lines[i] = fmt.Sprintf("%03d: the customer asked for an offer by Monday.", i)
		}
		lines[replaced*20] = "Another sentence."
		return strings.Join(lines, "\n")
	}
	for _, test := range []struct {
		name   string
		nature Nature
		side   func(int) any
	}{{"set", NatureSet, tags}, {"text", NatureText, text}} {
		base, local, remote := encoded(test.side(0)), encoded(test.side(1)), encoded(test.side(2))
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				if _, ok := test.nature.merged(base, local, remote); !ok {
					b.Fatal("the two sides conflict")
				}
			}
		})
	}
}
