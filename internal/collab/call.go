package collab

// A CallDirection says who called.
type CallDirection string

// The directions of a call.
const (
	CallInbound  CallDirection = "INBOUND"
	CallOutbound CallDirection = "OUTBOUND"
)

// A CallStatus is how far a call has come.
type CallStatus string

// The statuses of a call.
const (
	CallScheduled  CallStatus = "SCHEDULED"
	CallInProgress CallStatus = "IN_PROGRESS"
	CallCompleted  CallStatus = "COMPLETED"
	CallMissed     CallStatus = "MISSED"
	CallCancelled  CallStatus = "CANCELLED"
)

// maxCallSeconds bounds durationSeconds: a week.
const maxCallSeconds = 7 * 24 * 3600

// A Call is a telephone call with a customer, planned or held.
type Call struct {
	Record
	CallFields `json:"fields"`
}

// CallFields is what a patch of a call can set.
type CallFields struct {
	CustomerID      *ID           `json:"customerId"`
	Subject         string        `json:"subject"`
	Direction       CallDirection `json:"direction"`
	Status          CallStatus    `json:"status"`
	OwnerID         *ID           `json:"ownerId"`
	ScheduledAt     *Time         `json:"scheduledAt"`
	StartedAt       *Time         `json:"startedAt"`
	DurationSeconds *int          `json:"durationSeconds"`
	Outcome         *string       `json:"outcome"`
	Notes           *string       `json:"notes"`
	Visibility      Visibility    `json:"visibility"`
}

// DisplayName returns the call's subject.
func (c *Call) DisplayName() string { return c.Subject }

// SearchText joins what a search of calls looks through.
func (c *Call) SearchText() string { return searchText(&c.Subject, c.Outcome, c.Notes) }

// Belongings returns the call's ties.
func (c *Call) Belongings() Belongings {
	return Belongings{
		OwnerID: c.OwnerID, CustomerID: c.CustomerID, Status: string(c.Status),
		StartsAt: c.ScheduledAt, Visibility: c.Visibility,
	}
}

func (c *Call) fields() any { return &c.CallFields }

func (c *Call) groups() []group { return nil }

func (c *Call) validate(v *violations) {
	v.line("subject", &c.Subject, 1, maxLineLength)
	v.oneOf("direction", string(c.Direction), string(CallInbound), string(CallOutbound))
	v.oneOf("status", string(c.Status), string(CallScheduled), string(CallInProgress), string(CallCompleted), string(CallMissed), string(CallCancelled))
	if c.DurationSeconds != nil && (*c.DurationSeconds < 0 || *c.DurationSeconds > maxCallSeconds) {
		v.add("durationSeconds", "must be from 0 to %d", maxCallSeconds)
	}
	v.text("outcome", c.Outcome)
	v.text("notes", c.Notes)
	v.oneOf("visibility", string(c.Visibility), string(VisibleToOrganization), string(VisibleRestricted))
}
