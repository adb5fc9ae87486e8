package collab

// A CallDirection is the side that called.
type CallDirection string

// The directions of a call.
const (
	// The customer called.
	CallInbound CallDirection = "INBOUND"
	// The organization called.
	CallOutbound CallDirection = "OUTBOUND"
)

// A CallStatus is the progress of a call. Only an edit changes it.
type CallStatus string

// The statuses of a call.
const (
	// Planned.
	CallScheduled CallStatus = "SCHEDULED"
	// Being held now.
	CallInProgress CallStatus = "IN_PROGRESS"
	// Held.
	CallCompleted CallStatus = "COMPLETED"
	// Nobody answered.
	CallMissed CallStatus = "MISSED"
	// Called off.
	CallCancelled CallStatus = "CANCELLED"
)

// A Call is a telephone call with a customer, planned or held.
type Call struct {
	Record     `entity:"prefix=cal"`
	CallFields `json:"fields"`
}

// CallFields is what a patch of a call can set.
type CallFields struct {
	// The customer on the telephone.
	CustomerID *ID `json:"customerId" entity:"customer"`
	// The subject of the call.
	Subject string `json:"subject" entity:"title"`
	// The side that calls.
	Direction CallDirection `json:"direction"`
	// The progress of the call.
	Status CallStatus `json:"status" entity:"status,default=SCHEDULED"`
	// The person who makes the call.
	OwnerID *ID `json:"ownerId" entity:"owner"`
	// The time that the call is planned for. Null: it was not planned.
	ScheduledAt *Time `json:"scheduledAt" entity:"starts,filter"`
	// When the call began. Null: it has not begun, or nobody noted the time.
	StartedAt *Time `json:"startedAt"`
	// How long the call took, in seconds. Null: unknown.
	DurationSeconds *int `json:"durationSeconds" entity:"most=604800"`
	// The outcome of the call. Null: nothing was noted.
	Outcome *string `json:"outcome" entity:"text,search,merge=text"`
	// Anything else worth knowing. Null: nothing.
	Notes *string `json:"notes" entity:"text,search,merge=text"`
	// Whether everybody may see the call.
	Visibility Visibility `json:"visibility" entity:"visibility,default=ORGANIZATION"`
}
