package httpd

import (
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"tandem/internal/collab"
)

// A Playground is what the page at /playground begins with.
type Playground struct {
	// People can be chosen to ask as; empty outside the demo, where its user brings a token.
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

// session tells the page where to ask and as whom. The tokens of the demo are for
// pages of this machine: a page of elsewhere could have its own name lead here, and
// would then be of the same origin as far as a browser knows.
func (p *Playground) session(w http.ResponseWriter, r *http.Request) {
	if len(p.People) > 0 && !isThisMachine(r.Host) {
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

// isThisMachine reports whether a host, with or without a port, can be nothing but
// the machine of the caller that names it.
func isThisMachine(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
