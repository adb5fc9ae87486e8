package postgres

import "tandem/internal/collab"

// dueJobs begins a statement with the jobs that a claim may take, the longest due first, as the table first. Where hosts are busy, it
// reads the jobs of each other host by themselves, so that a long queue of a busy one is not read.
func dueJobs(orgID collab.ID, claim collab.JobClaim) *query {
	const columns = "d.kind, d.target, d.notification_id, d.user_id, d.host, d.due_at"
	const takes = ` AND d.due_at <= ? AND d.pending AND NOT d.user_id = ANY(?)
		AND NOT EXISTS (SELECT FROM jobs o WHERE o.org_id = ? AND o.expires_at <= ? AND o.due_at <= ? AND o.pending)
		ORDER BY d.due_at LIMIT ? FOR UPDATE SKIP LOCKED`
	taken := []any{claim.Now, list(claim.Full), orgID, claim.Now, claim.Now, claim.Limit}
	if len(claim.Busy) == 0 {
		return newQuery("WITH first AS MATERIALIZED (SELECT "+columns+" FROM jobs d WHERE d.org_id = ? AND d.kind = ?", orgID, claim.Kind).
			add(takes+")", taken...)
	}
	return newQuery(`WITH RECURSIVE hosts (host) AS ((SELECT MIN(j.host) FROM jobs j WHERE j.org_id = ? AND j.kind = ?) UNION ALL
		SELECT (SELECT MIN(j.host) FROM jobs j WHERE j.org_id = ? AND j.kind = ? AND j.host > h.host) FROM hosts h WHERE h.host IS NOT NULL),
		of_hosts AS MATERIALIZED (SELECT d.* FROM hosts h CROSS JOIN LATERAL (SELECT `+columns+` FROM jobs d
		WHERE d.org_id = ? AND d.kind = ? AND d.host = h.host`, orgID, claim.Kind, orgID, claim.Kind, orgID, claim.Kind).
		add(takes, taken...).
		add(`) d WHERE h.host IS NOT NULL AND NOT h.host = ANY(?)),
		first AS (SELECT d.* FROM of_hosts d ORDER BY d.due_at LIMIT ?)`, list(claim.Busy), claim.Limit)
}
