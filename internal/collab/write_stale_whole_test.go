package collab_test

import (
	"fmt"
	"testing"

	"tandem/internal/collab"
)

// An amount and its currency are one value: a merge never makes a sum that nobody entered, also where the half that the
// editor changed is what somebody else already made of it.
func TestAmountAndCurrencyConflictTogether(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	for _, tc := range []struct {
		theirs, mine collab.Patch
		fields       string // in conflict; none if the edit is saved
	}{
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"amountMinor": 200}, "currency"},
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"amountMinor": 200, "currency": "EUR"}, "currency"},
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"currency": "USD"}, "amountMinor"},
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"amountMinor": 100, "currency": "USD"}, "amountMinor"},
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"amountMinor": 300}, "amountMinor currency"},
		{collab.Patch{"currency": "USD"}, collab.Patch{"amountMinor": 300}, "amountMinor currency"},
		{collab.Patch{"amountMinor": nil, "currency": nil}, collab.Patch{"amountMinor": 300}, "amountMinor currency"},
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"amountMinor": 200, "currency": "USD"}, ""},
		{collab.Patch{"amountMinor": 200, "currency": "USD"}, collab.Patch{"amountMinor": 100, "currency": "EUR", "title": "Mine"}, ""},
		{collab.Patch{"title": "Theirs"}, collab.Patch{"amountMinor": 200}, ""},
	} {
		t.Run(fmt.Sprint(tc.theirs, tc.mine), func(t *testing.T) {
			made, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeDeal, Document: collab.Patch{"title": "Deal", "amountMinor": 100, "currency": "EUR"}})
			if err != nil {
				t.Fatal(err)
			}
			edit := collab.Update{Type: collab.TypeDeal, ID: made.Entity.Common().ID, BaseVersion: 1, Patch: tc.theirs}
			if _, err := o.Update(o.ctx, ada, edit); err != nil {
				t.Fatal(err)
			}
			edit.Patch = tc.mine
			_, err = o.Update(o.ctx, ben, edit)
			if tc.fields == "" {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			fields := ""
			for i, f := range problem[*collab.Conflict](t, err).Fields {
				if i > 0 {
					fields += " "
				}
				fields += f.Field
			}
			equal(t, "fields", fields, tc.fields)
		})
	}
}

// A form of a person who does not see the customer has null for it, and clears nothing by sending that back.
func TestFormsKeepACustomerThatIsHidden(t *testing.T) {
	t.Parallel()
	o := open(t)
	ada, ben := o.join("ada", collab.RoleMember), o.join("ben", collab.RoleMember)
	hidden := o.customer(ada, collab.Patch{"name": "Hidden", "visibility": "RESTRICTED"})
	shown := o.customer(ada, collab.Patch{"name": "Shown"})
	deal := func(customer *collab.Customer) *collab.Deal {
		made, err := o.Create(o.ctx, ada, collab.Create{Type: collab.TypeDeal, Document: collab.Patch{"title": "Deal", "customerId": customer.ID}})
		if err != nil {
			t.Fatal(err)
		}
		return made.Entity.(*collab.Deal)
	}
	save := func(v *collab.Viewer, d *collab.Deal, patch collab.Patch) *collab.ID {
		t.Helper()
		saved, err := o.Update(o.ctx, v, collab.Update{Type: collab.TypeDeal, ID: d.ID, BaseVersion: 1, Patch: patch})
		if err != nil {
			t.Fatal(err)
		}
		return saved.Entity.Indexed().CustomerID
	}
	form := collab.Patch{"title": "Edited", "customerId": nil}
	if kept := save(ben, deal(hidden), form); kept == nil || *kept != hidden.ID {
		t.Errorf("the form left %v", kept)
	}
	if kept := save(ben, deal(shown), form); kept != nil {
		t.Errorf("a customer that is shown was not cleared: %v", *kept)
	}
	if kept := save(ada, deal(hidden), form); kept != nil {
		t.Errorf("somebody who sees the customer did not clear it: %v", *kept)
	}
	moved := deal(hidden)
	save(ada, moved, collab.Patch{"customerId": shown.ID})
	if kept := save(ben, moved, form); kept == nil || *kept != shown.ID {
		t.Errorf("the form of an earlier version left %v", kept)
	}
}
