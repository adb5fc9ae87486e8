package collab

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

// A User is a person, as the others see them.
type User struct {
	ID     ID      `json:"id"`
	Name   string  `json:"name"`
	Email  *string `json:"email"`
	Avatar *string `json:"avatar"`
	// Erased tells that nothing of the person is kept but the id. Whatever may
	// show nobody shows nobody in their place.
	Erased bool `json:"-"`
}

// IsNode marks a User as a GraphQL Node.
func (*User) IsNode() {}

// An Organization is the tenant: the unit of sharing, ordering and access. It owns one log.
type Organization struct {
	ID   ID
	Name string
	// Restricts tells that something in it is, or once was, restricted.
	Restricts bool
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
	// Insider tells that the person may see, or once could, something that is not for all.
	Insider bool
	// LearnedAt is when the token was issued from which the profile was learned; nil if
	// that is not known.
	LearnedAt *Time `json:"-"`
}

// Claims are what a verified token says about its bearer.
type Claims struct {
	UserID         ID
	OrganizationID ID
	Role           Role
	Name           string
	Email          string
	Picture        string
	// IssuedAt is when the token was issued; zero if it does not say.
	IssuedAt Time
}

// A Viewer is who asks.
type Viewer struct {
	User           *User
	Organization   *Organization
	Role           Role
	PresenceHidden bool
	Insider        bool
}
