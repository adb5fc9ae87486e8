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
	// Rows are those of the table of the logs; nil in a store that leaves no dead rows, as SQLite does.
	Rows *LogRows
}

// LogRows tell whether the space of rows that were pruned or replaced is used again. The database estimates them.
type LogRows struct {
	// Live rows are kept. Dead ones take up space until they are vacuumed.
	Live, Dead int64
	// Vacuumed is when they last were; zero if they never were.
	Vacuumed Time
}
