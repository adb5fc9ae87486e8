package collabtest

import (
	"errors"
	"time"

	"tandem/internal/collab"
)

// create commits an entity. It makes up the values that its record does not have.
func (c *company) create(e collab.Entity) collab.ID {
	c.t.Helper()
	return c.write(collab.Intent{}, c.creating(e)).EntityID
}

// creating decides to create e.
func (c *company) creating(e collab.Entity) collab.Decide {
	return func(*collab.State) (*collab.Decision, error) {
		r := e.Common()
		r.Version, r.CreatedBy, r.UpdatedBy = 1, c.actor, c.actor
		if r.ID == "" {
			r.ID = collab.NewID("ent", time.Now())
		}
		if r.CreatedAt.IsZero() {
			r.CreatedAt = c.now()
		}
		if r.UpdatedAt.IsZero() {
			r.UpdatedAt = r.CreatedAt
		}
		return &collab.Decision{Change: c.change(collab.ChangeCreate, e)}, nil
	}
}

// edit commits the next version of an entity, as modify leaves it.
func (c *company) edit(id collab.ID, modify func(collab.Entity)) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, c.editing(collab.ChangeUpdate, modify))
}

var errNotThere = errors.New("the entity is not there")

// editing decides to make the next version of the intent's entity.
func (c *company) editing(t collab.ChangeType, modify func(collab.Entity)) collab.Decide {
	return func(st *collab.State) (*collab.Decision, error) {
		if st.Entity == nil {
			return nil, errNotThere
		}
		next, err := copyOf(st.Entity)
		if err != nil {
			return nil, err
		}
		r := next.Common()
		r.Version++
		r.UpdatedBy, r.UpdatedAt = c.actor, c.now()
		modify(next)
		change := c.change(t, next)
		change.PriorCustomerID = leftCustomer(st.Entity, next)
		return &collab.Decision{Change: change}, nil
	}
}

// leftCustomer is the customer that an entity belonged to before and no more.
func leftCustomer(before, after collab.Entity) *collab.ID {
	was, is := before.Indexed().CustomerID, after.Indexed().CustomerID
	if was != nil && (is == nil || *is != *was) {
		return was
	}
	return nil
}

func copyOf(e collab.Entity) (collab.Entity, error) {
	snapshot, err := collab.EncodeEntity(e)
	if err != nil {
		return nil, err
	}
	return collab.DecodeEntity(e.Common().Type, snapshot, e.Common().Cursor)
}

// remove commits the deletion of an entity, and restore its return.
func (c *company) remove(id collab.ID) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, c.editing(collab.ChangeDelete, func(e collab.Entity) {
		e.Common().DeletedAt = new(e.Common().UpdatedAt)
	}))
}

func (c *company) restore(id collab.ID) *collab.Change {
	c.t.Helper()
	return c.write(collab.Intent{EntityID: id}, c.editing(collab.ChangeRestore, func(e collab.Entity) {
		e.Common().DeletedAt = nil
	}))
}

func customer(name string) *collab.Customer {
	return &collab.Customer{Record: collab.Record{Type: collab.TypeCustomer}, CustomerFields: collab.CustomerFields{
		Name: name, Status: collab.CustomerLead, Tags: []string{}, Visibility: collab.VisibleToOrganization,
	}}
}

func call(subject string, customerID *collab.ID) *collab.Call {
	return &collab.Call{Record: collab.Record{Type: collab.TypeCall}, CallFields: collab.CallFields{
		CustomerID: customerID, Subject: subject, Direction: collab.CallInbound, Status: collab.CallScheduled,
		Visibility: collab.VisibleToOrganization,
	}}
}

func meeting(title string, customerID *collab.ID) *collab.Meeting {
	return &collab.Meeting{Record: collab.Record{Type: collab.TypeMeeting}, MeetingFields: collab.MeetingFields{
		CustomerID: customerID, Title: title, Status: collab.MeetingScheduled, AttendeeIDs: []collab.ID{},
		StartsAt: collab.At(founding), EndsAt: collab.At(founding.Add(time.Hour)), Visibility: collab.VisibleToOrganization,
	}}
}

func deal(title string, customerID *collab.ID) *collab.Deal {
	return &collab.Deal{Record: collab.Record{Type: collab.TypeDeal}, DealFields: collab.DealFields{
		CustomerID: customerID, Title: title, Stage: collab.DealOpen, Visibility: collab.VisibleToOrganization,
	}}
}

// rename is a modification for edit.
func rename(name string) func(collab.Entity) {
	return func(e collab.Entity) {
		switch e := e.(type) {
		case *collab.Customer:
			e.Name = name
		case *collab.Call:
			e.Subject = name
		case *collab.Meeting:
			e.Title = name
		case *collab.Deal:
			e.Title = name
		}
	}
}
