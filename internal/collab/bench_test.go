package collab

import (
	"fmt"
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
