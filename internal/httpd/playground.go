package httpd

import (
	"encoding/json"
	"net/http"

	"tandem/internal/collab"
)

// A Playground is what the page at /playground begins with.
type Playground struct {
	// People can be chosen to ask as; empty outside the demo, where whoever uses the page brings a token.
	People []Person
	// Examples are ids that the example operations use.
	Examples Examples
}

// A Person is somebody of the demo, with a token of theirs.
type Person struct {
	ID    collab.ID   `json:"id"`
	Name  string      `json:"name"`
	Role  collab.Role `json:"role"`
	Token string      `json:"token"`
}

// Examples are ids of entities.
type Examples struct {
	CustomerID collab.ID `json:"customerId,omitempty"`
	CallID     collab.ID `json:"callId,omitempty"`
	MeetingID  collab.ID `json:"meetingId,omitempty"`
}

// session tells the page where to ask and as whom.
func (p *Playground) session(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	people := p.People
	if people == nil {
		people = []Person{}
	}
	_ = json.NewEncoder(w).Encode(struct {
		Endpoint string   `json:"endpoint"`
		People   []Person `json:"people"`
		Examples Examples `json:"examples"`
	}{"/graphql", people, p.Examples})
}
