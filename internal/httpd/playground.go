package httpd

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"tandem/internal/collab"
)

// A Playground has the data of the page at /playground.
type Playground struct {
	// People are the people of the demo, as whom its user can sign in. Outside the demo there are none, and
	// the user enters a token.
	People []Person
	// Examples are ids that the example operations use.
	Examples Examples
}

// A Person is a person of the demo, with a token.
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
	DealID     collab.ID `json:"dealId,omitempty"`
}

// session answers with the endpoint and the people. The tokens of the demo are only for hosts that name this machine: a
// page of another site could let its own host name resolve to this machine, and would then have the same origin for a
// browser (DNS rebinding). A proxy on this machine brings requests of other machines, under whatever host it is set to.
func (p *Playground) session(w http.ResponseWriter, r *http.Request) {
	if len(p.People) > 0 && (!isThisMachine(r.Host) || isForwarded(r.Header)) {
		writeText(w, http.StatusForbidden, "the demo is for this machine: open it at 127.0.0.1 or localhost")
		return
	}
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

// isThisMachine reports whether a host, with or without a port, is the caller's own machine.
func isThisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
