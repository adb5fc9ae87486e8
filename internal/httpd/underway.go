package httpd

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/fair"
	"tandem/internal/transport"
)

// Shares of the memory of all operations under way: one organization may take a half of it, and one
// person an eighth.
const (
	organizationShare = 2
	personShare       = 8
)

// NewUnderway returns bounds of the memory, in bytes, of the operations under way until clients have
// read their responses.
func NewUnderway(bytes int64) *transport.Underway {
	return transport.NewUnderway(bytes, bytes/organizationShare, bytes/personShare, PersonOf)
}

// PersonOf returns the person whose credentials a context carries, and their organization.
func PersonOf(ctx context.Context) fair.Key {
	claims, _ := collab.ClaimsFrom(ctx)
	return fair.Key{Org: string(claims.OrganizationID), Person: string(claims.UserID)}
}
