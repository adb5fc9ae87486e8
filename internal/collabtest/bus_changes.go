package collabtest

import (
	"time"

	"tandem/internal/collab"
)

// busEpoch has a bit set in every byte, so that a lost one shows.
const busEpoch = 0x81c2e3f4

var busTime = collab.At(time.Date(2026, 5, 4, 9, 30, 0, 123e6, time.UTC))

// busChange returns the smallest change there is.
func busChange(org collab.ID, position int64) *collab.Change {
	return &collab.Change{
		OrgID:      org,
		Cursor:     collab.Cursor{Epoch: busEpoch, Position: position},
		Type:       collab.ChangeMember,
		ActorID:    "bob",
		OccurredAt: busTime,
	}
}

// wholeChanges returns changes that have, between them, everything that a
// change can have, with text that is easily damaged on its way.
func wholeChanges(org collab.ID) []*collab.Change {
	return []*collab.Change{
		updatedCustomer(org, 1),
		createdCall(org, 2),
		deletedMeeting(org, 3),
		commented(org, 4),
		busChange(org, 5),
	}
}

const awkwardText = "Müller & Söhne <GmbH>\n\t\"quoted\" \\ 日本語 👩‍👩‍👧 \u2028 e\u0301"

func updatedCustomer(org collab.ID, position int64) *collab.Change {
	c := busChange(org, position)
	c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeUpdate, collab.TypeCustomer, "cus_1", 7
	c.CustomerID = new(collab.ID("cus_1"))
	c.Merged = true
	c.ClientMutationID = new(collab.ID("7c9e6679-7425-40de-944b-e07fc1f90ae7"))
	c.Batch = &collab.Batch{ID: "bat_1", Index: 3, Size: 7, Follows: true}
	c.Metadata = collab.JSON(`{"source":"import","rows":[1,2,null]}`)
	c.Audience = []collab.ID{"ann", "bob"}
	c.AccessEffects = &collab.AccessEffects{People: map[collab.ID]collab.Effect{"bob": collab.EffectGained}, Others: collab.EffectLost}
	c.Fields = []*collab.FieldChange{
		{Field: "name", OldValue: collab.JSON(`"Müller"`), NewValue: collab.JSON(`"Müller 👩‍👩‍👧"`)},
		{Field: "ownerId", OldValue: collab.JSON(`"ann"`), NewValue: collab.JSON(`null`)},
		{Field: "tags", OldValue: collab.JSON(`[]`), NewValue: collab.JSON(`["a","b"]`)},
	}
	c.Snapshot = &collab.Customer{
		Record: busRecord(c),
		CustomerFields: collab.CustomerFields{
			Name: awkwardText, Email: new("info@example.com"), Notes: new(awkwardText),
			Status: collab.CustomerActive, Tags: []string{"a", "b"}, Visibility: collab.VisibleRestricted,
		},
	}
	c.Notifications = []*collab.Notification{
		{
			ID: "ntf_1", UserID: "ann", Cursor: c.Cursor, Kind: collab.NotifyAssignment,
			Title: awkwardText, Body: "Bob took it over.", EntityType: new(collab.TypeCustomer),
			EntityID: new(collab.ID("cus_1")), ActorID: new(collab.ID("bob")), ActorIDs: []collab.ID{"bob"}, Count: 1,
			CreatedAt: busTime, UpdatedAt: busTime, ReadAt: &busTime,
		},
		{ID: "ntf_2", UserID: "eve", Cursor: c.Cursor, Kind: collab.NotifyMention, CreatedAt: busTime},
	}
	return c
}

func createdCall(org collab.ID, position int64) *collab.Change {
	c := busChange(org, position)
	c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeCreate, collab.TypeCall, "cal_1", 1
	c.CustomerID, c.PriorCustomerID = new(collab.ID("cus_1")), new(collab.ID("cus_2"))
	c.Snapshot = &collab.Call{
		Record: busRecord(c),
		CallFields: collab.CallFields{
			CustomerID: c.CustomerID, Subject: "Renewal", Direction: collab.CallOutbound, Status: collab.CallCompleted,
			OwnerID: new(collab.ID("bob")), ScheduledAt: &busTime, DurationSeconds: new(0),
			Visibility: collab.VisibleToOrganization,
		},
	}
	return c
}

func deletedMeeting(org collab.ID, position int64) *collab.Change {
	c := busChange(org, position)
	c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeDelete, collab.TypeMeeting, "mtg_1", 3
	record := busRecord(c)
	record.DeletedAt = &busTime
	c.Snapshot = &collab.Meeting{
		Record: record,
		MeetingFields: collab.MeetingFields{
			Title: "Kick-off", Status: collab.MeetingCancelled, StartsAt: busTime, EndsAt: collab.At(busTime.Add(time.Hour)),
			AttendeeIDs: []collab.ID{"ann", "bob"}, Visibility: collab.VisibleToOrganization,
		},
	}
	return c
}

func commented(org collab.ID, position int64) *collab.Change {
	c := busChange(org, position)
	c.Type, c.EntityType, c.EntityID, c.EntityVersion = collab.ChangeComment, collab.TypeCall, "cal_1", 1
	c.CommentID, c.ConflictID = new(collab.ID("com_1")), new(collab.ID("cfl_1"))
	return c
}

func busRecord(c *collab.Change) collab.Record {
	return collab.Record{
		ID: c.EntityID, Type: c.EntityType, Version: c.EntityVersion, Cursor: c.Cursor,
		CreatedBy: "ann", UpdatedBy: c.ActorID, CreatedAt: busTime, UpdatedAt: busTime,
	}
}
