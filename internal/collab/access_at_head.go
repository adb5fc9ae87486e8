package collab

import "context"

// AdmitAtHead is Admit for an operation whose answer has cursors: a client that follows the log after
// them meets no earlier change again. The viewer is read together with the head of the log, and not
// cached: a cached one may lack access that the person gained since (the announcement of it may still
// be on its way), so that the answer would lack what they never meet again.
func (s *Service) AdmitAtHead(ctx context.Context, claims Claims) (*Viewer, error) {
	if _, err := s.Admit(ctx, claims); err != nil {
		return nil, err
	}
	return s.viewerAtHead(ctx, claims.OrganizationID, claims.UserID)
}

func (s *Service) viewerAtHead(ctx context.Context, orgID, userID ID) (*Viewer, error) {
	head, org, member, err := s.store.MemberAtHead(ctx, orgID, userID)
	if err != nil {
		return nil, err
	}
	v, err := viewerOf(org, member)
	if err != nil {
		return nil, err
	}
	v.Head = head
	return v, nil
}

// atHead returns the head of the log for an answer, and the scope that the viewer of ctx has there. An
// execution without a viewer keeps its scope, which is that of all who share it.
func (s *Service) atHead(ctx context.Context, scope Scope) (Head, Scope, error) {
	v, err := ViewerFrom(ctx)
	if err != nil || v.Organization.ID != scope.OrgID {
		head, err := s.Head(ctx, scope)
		return head, scope, err
	}
	if v.Head != (Head{}) {
		return v.Head, scope, nil
	}
	now, err := s.viewerAtHead(ctx, scope.OrgID, v.User.ID)
	if err != nil {
		return Head{}, Scope{}, err
	}
	if scope == v.OwnScope() {
		return now.Head, now.OwnScope(), nil
	}
	return now.Head, now.Scope(), nil
}

// errRemoved is for a person who was taken out of the organization.
var errRemoved = Errorf(Forbidden, "you are no longer a member of this organization")

// viewerOf returns a member as a viewer. The error is errRemoved if they are no longer one.
func viewerOf(org *Organization, member *Member) (*Viewer, error) {
	if org == nil || member == nil || member.Removed {
		return nil, errRemoved
	}
	return &Viewer{User: member.User, Organization: org, Role: member.Role, PresenceHidden: member.PresenceHidden, HasRestrictedAccess: member.HasRestrictedAccess}, nil
}
