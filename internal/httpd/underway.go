package httpd

import (
	"context"

	"tandem/internal/collab"
	"tandem/internal/fair"
	"tandem/internal/transport"
)

// What one organization and one person may take of what all operations under way may.
const (
	organizationShare = 2
	personShare       = 8
)

// newUnderway returns what bounds the operations under way.
func (c Config) newUnderway() *transport.Underway {
	if c.OperationBytes <= 0 {
		return nil
	}
	most := c.OperationBytes
	return transport.NewUnderway(most, most/organizationShare, most/personShare, who)
}

// who names the person whose credentials a context carries, and their organization.
func who(ctx context.Context) fair.Key {
	claims, _ := collab.ClaimsFrom(ctx)
	return fair.Key{Org: string(claims.OrganizationID), Person: string(claims.UserID)}
}
