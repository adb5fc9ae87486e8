package collab

import "strings"

// A CustomerStatus is how far a customer has come.
type CustomerStatus string

// The statuses of a customer.
const (
	CustomerLead     CustomerStatus = "LEAD"
	CustomerProspect CustomerStatus = "PROSPECT"
	CustomerActive   CustomerStatus = "ACTIVE"
	CustomerChurned  CustomerStatus = "CHURNED"
)

// A Customer is a company or a person that the organization deals with.
type Customer struct {
	Record
	CustomerFields `json:"fields"`
}

// CustomerFields is what a patch of a customer can set.
type CustomerFields struct {
	Name       string         `json:"name"`
	Email      *string        `json:"email"`
	Phone      *string        `json:"phone"`
	Company    *string        `json:"company"`
	Status     CustomerStatus `json:"status"`
	OwnerID    *ID            `json:"ownerId"`
	Tags       []string       `json:"tags"`
	Notes      *string        `json:"notes"`
	Visibility Visibility     `json:"visibility"`
}

// DisplayName returns the customer's name.
func (c *Customer) DisplayName() string { return c.Name }

// SearchText joins what a search of customers looks through.
func (c *Customer) SearchText() string {
	return searchText(&c.Name, c.Email, c.Phone, c.Company, ptr(strings.Join(c.Tags, " ")))
}

// Belongings returns the customer's ties.
func (c *Customer) Belongings() Belongings {
	return Belongings{OwnerID: c.OwnerID, CustomerID: &c.ID, Status: string(c.Status), Visibility: c.Visibility}
}

func (c *Customer) fields() any { return &c.CustomerFields }

func (c *Customer) groups() []group { return nil }

func (c *Customer) validate(v *violations) {
	v.line("name", &c.Name, 1, maxLineLength)
	v.email("email", c.Email)
	v.line("phone", c.Phone, 0, maxLineLength)
	v.line("company", c.Company, 0, maxLineLength)
	v.oneOf("status", string(c.Status), string(CustomerLead), string(CustomerProspect), string(CustomerActive), string(CustomerChurned))
	v.tags("tags", c.Tags)
	v.text("notes", c.Notes)
	v.oneOf("visibility", string(c.Visibility), string(VisibleToOrganization), string(VisibleRestricted))
}

func ptr[T any](v T) *T { return &v }

// searchText joins the texts that are set, folded, a line each.
func searchText(texts ...*string) string {
	var set []string
	for _, t := range texts {
		if t != nil && *t != "" {
			set = append(set, *t)
		}
	}
	return FoldText(strings.Join(set, "\n"))
}
