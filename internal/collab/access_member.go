package collab

import (
	"strings"

	"tandem/internal/english"
)

// A Role is what a member may do in general.
type Role string

// The roles, from least to most. Each includes the ones before.
const (
	RoleViewer Role = "VIEWER" // reads
	RoleMember Role = "MEMBER" // also creates, edits and comments
	RoleAdmin  Role = "ADMIN"  // everything
)

// rank orders the roles; an unknown role ranks below all.
func (r Role) rank() int {
	switch r {
	case RoleViewer:
		return 1
	case RoleMember:
		return 2
	case RoleAdmin:
		return 3
	}
	return 0
}

// Valid reports whether r is one of the roles.
func (r Role) Valid() bool { return r.rank() > 0 }

// AtLeast reports whether r includes least.
func (r Role) AtLeast(least Role) bool { return r.rank() >= least.rank() }

// one is the role as a word with its article: an admin.
func (r Role) one() string { return english.WithArticle(strings.ToLower(string(r))) }

// A User is a person, as others see them.
type User struct {
	ID     ID      `json:"id"`
	Name   string  `json:"name"`
	Email  *string `json:"email"`
	Avatar *string `json:"avatar"`
	// Erased is set if only the id of the person is kept. Places that may be empty show nobody
	// instead of an erased person.
	Erased bool `json:"-"`
}

// IsNode marks a User as a GraphQL Node.
func (*User) IsNode() {}

// An Organization is the tenant: the unit of sharing, ordering and access. It owns one log.
type Organization struct {
	ID   ID
	Name string
	// HasRestricted is set if something in it is, or once was, restricted.
	HasRestricted bool
}

// IsNode marks an Organization as a GraphQL Node.
func (*Organization) IsNode() {}

// A Member is a person's place in an organization.
type Member struct {
	User           *User
	Role           Role
	PresenceHidden bool
	// Removed is set once the person was taken out of the organization.
	Removed bool
	// HasRestrictedAccess is set if the person may see, or once could see, something that not
	// everybody may see.
	HasRestrictedAccess bool
	// LearnedAt is the issue time of the token that the profile was learned from; nil if it is
	// unknown.
	LearnedAt *Time `json:"-"`
}

// Claims are the statements of a verified token about its bearer.
type Claims struct {
	UserID         ID
	OrganizationID ID
	Role           Role
	Name           string
	Email          string
	Picture        string
	// IssuedAt is when the token was issued; zero if the token does not state it.
	IssuedAt Time
}

// A Viewer is the person on whose behalf a request is made.
type Viewer struct {
	User                *User
	Organization        *Organization
	Role                Role
	PresenceHidden      bool
	HasRestrictedAccess bool
	// Head is where the log ended when the viewer was read, for an operation whose answer a client
	// follows from there. It is zero for a viewer that was cached.
	Head Head
}
