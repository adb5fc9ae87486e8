package collab

// A Comment is a person's remark about an entity.
type Comment struct {
	ID         ID
	EntityType EntityType
	EntityID   ID
	AuthorID   ID
	Body       string
	MentionIDs []ID
	CreatedAt  Time
}

// IsNode marks a Comment as a GraphQL Node.
func (*Comment) IsNode() {}
