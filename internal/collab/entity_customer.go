package collab

// A CustomerStatus is the stage of the relationship with a customer.
type CustomerStatus string

// The statuses of a customer.
const (
	// Somebody to approach.
	CustomerLead CustomerStatus = "LEAD"
	// Interested, and being talked to.
	CustomerProspect CustomerStatus = "PROSPECT"
	// Buys.
	CustomerActive CustomerStatus = "ACTIVE"
	// Used to buy, and no longer does.
	CustomerChurned CustomerStatus = "CHURNED"
)

// A Customer is a company or a person that the organization deals with.
type Customer struct {
	Record         `entity:"prefix=cus"`
	CustomerFields `json:"fields"`
}

// CustomerFields is what a patch of a customer can set.
type CustomerFields struct {
	// The name of the customer.
	Name string `json:"name" entity:"title"`
	// The e-mail address of the customer. Null: none is known.
	Email *string `json:"email" entity:"email,search"`
	// The telephone number of the customer, as people typed it. Null: none is known.
	Phone *string `json:"phone" entity:"line,search"`
	// Where the customer works, or the customer's full name. Null: nothing is known.
	Company *string `json:"company" entity:"line,search"`
	// The stage of the relationship with the customer.
	Status CustomerStatus `json:"status" entity:"status,default=LEAD"`
	// The person who looks after the customer.
	OwnerID *ID `json:"ownerId" entity:"owner"`
	// Words to find customers by.
	Tags []string `json:"tags" entity:"tags,search,merge=set"`
	// Anything else worth knowing. Null: nothing.
	Notes *string `json:"notes" entity:"text,merge=text"`
	// Whether everybody may see the customer.
	Visibility Visibility `json:"visibility" entity:"visibility,default=ORGANIZATION"`
}
