package relay

import "tandem/internal/collab"

// The names that the schema has for pages of what is not an entity.
type (
	MemberConnection   = Connection[*collab.Member]
	MemberEdge         = Edge[*collab.Member]
	CommentConnection  = Connection[*collab.Comment]
	CommentEdge        = Edge[*collab.Comment]
	AuditConnection    = Connection[*collab.AuditEntry]
	AuditEdge          = Edge[*collab.AuditEntry]
	ConflictConnection = Connection[collab.TypedConflict]
	ConflictEdge       = Edge[collab.TypedConflict]
)
