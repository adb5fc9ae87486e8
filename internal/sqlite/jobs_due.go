package sqlite

import (
	"strings"

	"tandem/internal/collab"
)

// dueJobs begins a statement with the jobs that a claim may take, the longest due first, as the table first. Where hosts are busy, it
// reads the jobs of each other host by themselves, so that a long queue of a busy one is not read.
func dueJobs(orgID collab.ID, claim collab.JobClaim) *query {
	const columns = "d.org_id, d.kind, d.target, d.notification_id, d.user_id, d.host, d.due_at"
	const takes = ` AND d.due_at <= ? AND d.pending AND NOT EXISTS (SELECT 1 FROM json_each(?) b WHERE b.value = d.user_id)
		AND NOT EXISTS (SELECT 1 FROM jobs o WHERE o.org_id = ? AND o.expires_at <= ? AND o.due_at <= ? AND o.pending)
		ORDER BY d.due_at LIMIT ?`
	taken := []any{claim.Now, list(claim.Full), orgID, claim.Now, claim.Now, claim.Limit}
	if len(claim.Busy) == 0 {
		return newQuery("WITH first AS MATERIALIZED (SELECT "+columns+" FROM jobs d WHERE d.org_id = ? AND d.kind = ?", orgID, claim.Kind).
			add(takes+")", taken...)
	}
	return newQuery(`WITH RECURSIVE hosts (host) AS (SELECT (SELECT MIN(j.host) FROM jobs j WHERE j.org_id = ? AND j.kind = ?) UNION ALL
		SELECT (SELECT MIN(j.host) FROM jobs j WHERE j.org_id = ? AND j.kind = ? AND j.host > h.host) FROM hosts h WHERE h.host IS NOT NULL),
		first AS MATERIALIZED (SELECT `+strings.ReplaceAll(columns, "d.", "f.")+` FROM hosts h JOIN jobs f ON f.rowid IN (SELECT d.rowid FROM jobs d
		WHERE d.org_id = ? AND d.kind = ? AND d.host = h.host`, orgID, claim.Kind, orgID, claim.Kind, orgID, claim.Kind).
		add(takes, taken...).
		add(`) WHERE h.host IS NOT NULL AND NOT EXISTS (SELECT 1 FROM json_each(?) b WHERE b.value = h.host) ORDER BY f.due_at LIMIT ?)`,
			list(claim.Busy), claim.Limit)
}
