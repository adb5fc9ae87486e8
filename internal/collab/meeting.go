package collab

// A MeetingStatus is how far a meeting has come.
type MeetingStatus string

// The statuses of a meeting.
const (
	MeetingScheduled  MeetingStatus = "SCHEDULED"
	MeetingInProgress MeetingStatus = "IN_PROGRESS"
	MeetingCompleted  MeetingStatus = "COMPLETED"
	MeetingCancelled  MeetingStatus = "CANCELLED"
)

// maxAttendees bounds how many members attend one meeting.
const maxAttendees = 200

// A Meeting is an appointment with a customer.
type Meeting struct {
	Record
	MeetingFields `json:"fields"`
}

// MeetingFields is what a patch of a meeting can set.
type MeetingFields struct {
	CustomerID  *ID           `json:"customerId"`
	Title       string        `json:"title"`
	Status      MeetingStatus `json:"status"`
	OwnerID     *ID           `json:"ownerId"`
	StartsAt    Time          `json:"startsAt"`
	EndsAt      Time          `json:"endsAt"`
	Location    *string       `json:"location"`
	Agenda      *string       `json:"agenda"`
	Notes       *string       `json:"notes"`
	AttendeeIDs []ID          `json:"attendeeIds"`
	Visibility  Visibility    `json:"visibility"`
}

// DisplayName returns the meeting's title.
func (m *Meeting) DisplayName() string { return m.Title }

// SearchText joins what a search of meetings looks through.
func (m *Meeting) SearchText() string {
	return searchText(&m.Title, m.Location, m.Agenda, m.Notes)
}

// Belongings returns the meeting's ties.
func (m *Meeting) Belongings() Belongings {
	return Belongings{
		OwnerID: m.OwnerID, CustomerID: m.CustomerID, AttendeeIDs: m.AttendeeIDs,
		Status: string(m.Status), StartsAt: &m.StartsAt, Visibility: m.Visibility,
	}
}

func (m *Meeting) fields() any { return &m.MeetingFields }

func (m *Meeting) groups() []group {
	return []group{{fields: []string{"startsAt", "endsAt"}, check: m.checkTimes}}
}

func (m *Meeting) checkTimes(v *violations) {
	if !m.StartsAt.IsZero() && !m.EndsAt.IsZero() && m.EndsAt.Before(m.StartsAt.Time) {
		v.add("endsAt", "must not be before startsAt")
	}
}

func (m *Meeting) validate(v *violations) {
	v.line("title", &m.Title, 1, maxLineLength)
	v.oneOf("status", string(m.Status), string(MeetingScheduled), string(MeetingInProgress), string(MeetingCompleted), string(MeetingCancelled))
	if m.StartsAt.IsZero() {
		v.add("startsAt", "must be given")
	}
	if m.EndsAt.IsZero() {
		v.add("endsAt", "must be given")
	}
	v.line("location", m.Location, 0, maxLineLength)
	v.text("agenda", m.Agenda)
	v.text("notes", m.Notes)
	if len(m.AttendeeIDs) > maxAttendees {
		v.add("attendeeIds", "must be at most %d people", maxAttendees)
	}
	v.distinct("attendeeIds", m.AttendeeIDs)
	v.oneOf("visibility", string(m.Visibility), string(VisibleToOrganization), string(VisibleRestricted))
}
