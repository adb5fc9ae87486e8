package notifications_test

import (
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A comment notifies at most 1,000 people because they commented before, those who did so last, and the creator besides.
func TestMostCommenters(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]map[string]string{"sqlite": servertest.Embedded(t), "postgres": servertest.Shared(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			instance, org := servertest.Start(t, settings), rand.Text()
			ada, ben := servertest.Join(t, instance, org, "ada", collab.RoleAdmin), servertest.Join(t, instance, org, "ben", collab.RoleMember)
			ada.Ask(`mutation { setNotificationDefaults(channels: [{kind: COMMENT, channels: [IN_APP, EMAIL]}]) { __typename } }`, nil)
			acme := ada.Create(servertest.Object{"name": "Aalto Oy"})
			commented(t, settings, org, acme["id"], collab.MaxCommentersNotified+1)
			ben.Comment(acme["id"], "Look")
			stats, err := instance.Server.Store.JobStats(t.Context(), collab.At(time.Now()))
			if err != nil {
				t.Fatal(err)
			}
			servertest.Want(t, "people who are notified", stats[collab.JobDigest].Waiting, collab.MaxCommentersNotified+1)
			for person, notified := range map[string]int{"person-0": 0, "person-1": 1, fmt.Sprint("person-", collab.MaxCommentersNotified): 1} {
				list := servertest.Join(t, instance, org, person, collab.RoleMember).Ask(`{ notifications { nodes { kind } } }`, nil).List("notifications.nodes")
				servertest.Want(t, "notifications of "+person, len(list), notified)
			}
		})
	}
}

// commented has people comment on a customer, one after another. They are written to the database at once, since the API
// would take most of the time of the test.
func commented(t *testing.T, settings map[string]string, org string, customer any, people int) {
	t.Helper()
	at := "to_timestamp(i)"
	if strings.HasPrefix(settings["DATABASE_URL"], "sqlite:") {
		at = "i"
	}
	numbers := fmt.Sprintf("WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < %d)", people-1)
	for _, insert := range []string{
		"INSERT INTO users (org_id, id, name) " + numbers + " SELECT '%[1]s', 'person-' || i, 'Person' FROM n",
		"INSERT INTO members (org_id, user_id, role, name_key) " + numbers + " SELECT '%[1]s', 'person-' || i, 'MEMBER', 'person' FROM n",
		"INSERT INTO comments (org_id, id, entity_type, entity_id, author_id, body, mention_ids, created_at) " + numbers +
			" SELECT '%[1]s', 'com_' || i, 'CUSTOMER', '%[2]s', 'person-' || i, 'hello', '[]', " + at + " FROM n",
	} {
		servertest.Change(t, settings, org, fmt.Sprintf(insert, org, customer))
	}
}
