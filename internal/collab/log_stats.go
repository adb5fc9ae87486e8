package collab

// LogStats are figures of the logs of all organizations, and of the database.
type LogStats struct {
	// Changes is the number of changes in all logs.
	Changes int64
	// Oldest is when the first change of any log was made; zero if there is none.
	Oldest Time
	// OpenConflicts is the number of conflicts that wait for a person.
	OpenConflicts int64
	// Bytes is the size of the database on disk.
	Bytes int64
}
