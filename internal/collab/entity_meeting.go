package collab

// A MeetingStatus is the progress of a meeting. Only an edit changes it.
type MeetingStatus string

// The statuses of a meeting.
const (
	// Planned.
	MeetingScheduled MeetingStatus = "SCHEDULED"
	// Being held now.
	MeetingInProgress MeetingStatus = "IN_PROGRESS"
	// Held.
	MeetingCompleted MeetingStatus = "COMPLETED"
	// Called off.
	MeetingCancelled MeetingStatus = "CANCELLED"
)

// A Meeting is an appointment with a customer.
type Meeting struct {
	Record        `entity:"prefix=mtg"`
	MeetingFields `json:"fields"`
}

// MeetingFields is what a patch of a meeting can set.
type MeetingFields struct {
	// The customer to meet.
	CustomerID *ID `json:"customerId" entity:"customer"`
	// The subject of the meeting.
	Title string `json:"title" entity:"title"`
	// The progress of the meeting.
	Status MeetingStatus `json:"status" entity:"status,default=SCHEDULED"`
	// The person who holds the meeting.
	OwnerID *ID `json:"ownerId" entity:"owner"`
	// When the meeting begins, whatever its status.
	StartsAt Time `json:"startsAt" entity:"starts,filter,together=checkTimes"`
	// When the meeting ends; never before `startsAt`.
	EndsAt Time `json:"endsAt" entity:"together=checkTimes"`
	// A place, or the address of a video call. Null: none was given.
	Location *string `json:"location" entity:"line,search"`
	// The topics to talk about. Null: nothing was set.
	Agenda *string `json:"agenda" entity:"text,search,merge=text"`
	// Anything else worth knowing. Null: nothing.
	Notes *string `json:"notes" entity:"text,search,merge=text"`
	// The people invited.
	AttendeeIDs []ID `json:"attendeeIds" entity:"people,most=200,merge=set"`
	// Whether everybody may see the meeting.
	Visibility Visibility `json:"visibility" entity:"visibility,default=ORGANIZATION"`
}

func (m *Meeting) checkTimes(v *violations) {
	if !m.StartsAt.IsZero() && !m.EndsAt.IsZero() && m.EndsAt.Before(m.StartsAt.Time) {
		v.add("endsAt", "must not be before startsAt")
	}
}
