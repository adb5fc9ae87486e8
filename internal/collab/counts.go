package collab

// Counts has functions that count what a service does, for metrics. A nil function is not called.
type Counts struct {
	// Changed is called with the type of each change that the service committed.
	Changed func(ChangeType)
	// Resolved is called for each conflict that the service ended.
	Resolved func(Resolution)
	// Removed is called for each sign-in of a person who was taken out of the organization.
	Removed func()
	// Pruned is called after each time that the service looked for changes that are too old, with how many it deleted.
	Pruned func(changes int, err error)
}

// CountBy sets the functions that count. Call it before the service is used.
func (s *Service) CountBy(c Counts) { s.counts = c }

// write counts the change of a write, and the conflict that it ended.
func (c Counts) write(written *Written) {
	if c.Changed != nil {
		c.Changed(written.Change.Type)
	}
	if ended := written.Conflict; c.Resolved != nil && ended != nil && ended.Resolution != nil {
		c.Resolved(*ended.Resolution)
	}
}

func (c Counts) removed() {
	if c.Removed != nil {
		c.Removed()
	}
}

func (c Counts) pruned(changes int, err error) {
	if c.Pruned != nil {
		c.Pruned(changes, err)
	}
}
