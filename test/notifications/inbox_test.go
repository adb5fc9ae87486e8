package notifications_test

import (
	"crypto/rand"
	"slices"
	"testing"
	"time"

	"tandem/internal/collab"
	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

const inboxChanged = `subscription { inboxChanged { unreadCount truncated removed changed { id kind count title readAt updatedAt snoozedUntil cameAt entity { id } } } }`

const inbox = `{ notifications { unreadCount nodes { id kind count title readAt snoozedUntil actors { id } cursor updatedAt } } }`

// tabs are two tabs of one person, on two instances where there are two. Each has received the first event.
func tabs(p *servertest.Person, one, two *servertest.Instance, unread string) []*servertest.Socket {
	p.T.Helper()
	both := []*servertest.Socket{p.On(one).Connect(), p.On(two).Connect()}
	for _, tab := range both {
		tab.Subscribe("inbox", inboxChanged, nil)
		tab.Next("inbox").Is(`{"inboxChanged": {"unreadCount": ` + unread + `, "truncated": false, "removed": [], "changed": []}}`)
	}
	return both
}

// A notification has the number of the comments among its changes, and that of the records that they are of.
func TestNotificationCountsComments(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
		customer := ada.Create(servertest.Object{"name": "Aalto Oy"})
		ben.Ask(`mutation($id: ID!) { watch(entityId: $id) }`, customer).Is(`{"watch": true}`)
		ada.Comment(customer["id"], "Look")
		ada.Update(customer, 1, servertest.Object{"phone": "1"})
		ada.Comment(customer["id"], "Look again")
		ben.Ask(`{ notifications { nodes { kind count commentCount recordCount } } }`, nil).
			Is(`{"notifications": {"nodes": [{"kind": "WATCHED", "count": 3, "commentCount": 2, "recordCount": 1}]}}`)
		ada.Comment(customer["id"], "Look", "ben")
		ben.Ask(`{ notifications(first: 1) { nodes { kind count commentCount recordCount } } }`, nil).
			Is(`{"notifications": {"nodes": [{"kind": "MENTION", "count": 1, "commentCount": 1, "recordCount": 1}]}}`)
	})
}

// All tabs of a person receive the changes of their inbox: notifications that are new or grow, that one of the tabs reads,
// makes unread or snoozes, and that wake, at their time or because they grow.
func TestInboxIsSharedLive(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		customer := ada.Create(servertest.Object{"name": "Aalto Oy", "ownerId": "ben"})
		both := tabs(ben, one, two, "1")
		// receive returns the one notification that changed, as both tabs receive it.
		receive := func(unread string) servertest.Answer {
			t.Helper()
			var got servertest.Answer
			for _, tab := range both {
				event := tab.Next("inbox").At("inboxChanged")
				event.At("unreadCount").Is(unread)
				if got = event.At("changed.0"); len(event.List("changed")) != 1 {
					t.Errorf("received %v", event)
				}
			}
			return got
		}

		ada.Update(customer, 1, servertest.Object{"phone": "1"})
		fresh := receive("2")
		id := servertest.Object{"ids": []any{fresh.Get("id")}}
		fresh.Is(`{"id": "<text>", "kind": "WATCHED", "count": 1, "title": "<text>", "readAt": null, "updatedAt": "<time>", "snoozedUntil": null, "cameAt": "<time>", "entity": {"id": "$id"}}`, customer)
		servertest.Want(t, "it came with its change", fresh.Get("cameAt"), fresh.Get("updatedAt"))
		ada.Update(customer, 2, servertest.Object{"email": "a@b.example"})
		grown := receive("2")
		grown.At("count").Is(`2`)
		servertest.Want(t, "the same one", grown.Get("id"), fresh.Get("id"))

		ben.Ask(`mutation($ids: [ID!]) { markNotificationsRead(ids: $ids) }`, id).Is(`{"markNotificationsRead": 1}`)
		receive("1").At("readAt").Is(`"<time>"`)
		ben.On(one).Ask(`mutation($ids: [ID!]!) { markNotificationsUnread(ids: $ids) }`, id).Is(`{"markNotificationsUnread": 1}`)
		receive("2").At("readAt").Is(`null`)

		id["until"] = time.Now().Add(3 * time.Second).UTC().Format(time.RFC3339Nano)
		ben.Ask(`mutation($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }`, id).Is(`{"snoozeNotifications": 1}`)
		snoozed := receive("1")
		snoozed.At("snoozedUntil").Is(`"<time>"`)
		servertest.Want(t, "it has not come again", snoozed.Get("cameAt"), grown.Get("updatedAt"))
		woken := receive("2")
		woken.At("snoozedUntil").Is(`null`)
		servertest.Want(t, "it came at the end of the snooze", woken.Get("cameAt"), snoozed.Get("snoozedUntil"))
		woken.At("id").Is(`"$id"`, servertest.Object{"id": fresh.Get("id")})
		ben.Ask(`{ viewer { unreadNotifications } }`, nil).Is(`{"viewer": {"unreadNotifications": 2}}`)

		id["until"] = time.Now().Add(time.Hour).UTC().Format(time.RFC3339Nano)
		ben.Ask(`mutation($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }`, id).Is(`{"snoozeNotifications": 1}`)
		receive("1").At("snoozedUntil").Is(`"<time>"`)
		ada.Update(customer, 3, servertest.Object{"phone": "2"})
		again := receive("2")
		again.At("count").Is(`3`)
		again.At("snoozedUntil").Is(`null`)
		servertest.Want(t, "it came with its newest change", again.Get("cameAt"), again.Get("updatedAt"))

		for _, until := range []string{"2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"} {
			id["until"] = until
			servertest.Want(t, until, ben.Code(`mutation($ids: [ID!]!, $until: DateTime!) { snoozeNotifications(ids: $ids, until: $until) }`, id), "BAD_USER_INPUT")
		}
	})
}

// The inbox of a person, on all tabs, loses the notifications about an entity that they may not see any more.
func TestInboxLosesWhatIsHidden(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		secret := ada.Restricted("Aalto Oy")
		ada.Grant(secret, "ben", "READ")
		eventually.Is(t, "ben sees it", func() any { return ben.Ask(`mutation($id: ID!) { watch(entityId: $id) }`, secret).Get("watch") }, true)
		ada.Update(secret, 1, servertest.Object{"phone": "1"})
		before := ben.Ask(inbox, nil).At("notifications")
		servertest.Want(t, "kinds", []any{before.Get("nodes.0.kind"), before.Get("nodes.1.kind")}, []any{"WATCHED", "ACCESS_CHANGED"})
		both := tabs(ben, one, two, "2")

		ada.Revoke(secret, "ben")
		for _, tab := range both {
			removed, unread := map[any]bool{}, ""
			for len(removed) < 2 || unread != "1" { // the loss and its notification may come in one event or in two
				event := tab.Next("inbox").At("inboxChanged")
				for _, id := range event.Get("removed").([]any) {
					removed[id] = true
				}
				unread = event.At("unreadCount").String()
			}
			for _, node := range before.List("nodes") {
				servertest.Want(t, "removed "+node.Text("kind"), removed[node.Get("id")], true)
			}
		}
		ben.Ask(inbox, nil).Is(`{"notifications": {"unreadCount": 1, "nodes": [{"id": "<text>", "kind": "ACCESS_CHANGED", "count": 1,
			"title": "<text>", "readAt": null, "snoozedUntil": null, "actors": [{"id": "ada"}], "cursor": "<text>", "updatedAt": "<time>"}]}}`)
		ada.Grant(secret, "ben", "READ")
		for _, tab := range both {
			missing := map[any]bool{before.Get("nodes.0.id"): true, before.Get("nodes.1.id"): true}
			for len(missing) > 0 {
				for _, n := range tab.Next("inbox").At("inboxChanged").List("changed") {
					delete(missing, n.Get("id"))
				}
			}
		}
		ada.Revoke(secret, "ben")
		ada.Update(secret, 2, servertest.Object{"phone": "2"})
		servertest.Want(t, "a watch of what is hidden", ben.Ask(`mutation($id: ID!) { watch(entityId: $id) }`, secret).Get("watch"), false)
		ben.Ask(`{ notifications { unreadCount } }`, nil).Is(`{"notifications": {"unreadCount": 2}}`)
	})
}

// Open inboxes lose, with the role of an admin, the notifications that only the role made visible.
func TestInboxLosesWhatOnlyAnAdminSaw(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, cem := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "cem", collab.RoleAdmin)
		cem.Ask(`{ viewer { role } }`, nil)
		ada.Comment(ada.Restricted("Aalto Oy")["id"], "Look", "cem")
		told := cem.Ask(inbox, nil).Get("notifications.nodes.0.id")
		both := tabs(cem, one, two, "1")
		ada.Ask(`mutation { setMemberRole(userId: "cem", role: MEMBER) { role } }`, nil)
		for _, tab := range both {
			for removed, truncated := false, false; !removed || !truncated; {
				event := tab.Next("inbox").At("inboxChanged")
				removed = removed || slices.Contains(event.Get("removed").([]any), told)
				truncated = truncated || event.Get("truncated") == true
			}
		}
		ada.Ask(`mutation { setMemberRole(userId: "cem", role: ADMIN) { role } }`, nil)
		for _, tab := range both { // what came back is not listed, so that the client has to read
			for tab.Next("inbox").At("inboxChanged").Get("truncated") != true {
			}
		}
	})
}

// Open tabs of others lose the name of a person who is erased.
func TestInboxLosesErasedNames(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
		cem := servertest.Join(t, two, org, "cem", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		customer := ada.Create(servertest.Object{"name": "Aalto Oy"})
		cem.Comment(customer["id"], "Look", "ben")
		both := tabs(ben, one, two, "1")
		ada.Ask(`mutation { erasePersonalData(userId: "cem") }`, nil)
		for _, tab := range both {
			servertest.Want(t, "title", tab.Next("inbox").Get("inboxChanged.changed.0.title"), "Somebody mentioned you")
		}
	})
}

// A client that resumes receives a notification that grew meanwhile once, at its newest place, and then each time that it
// grows.
func TestGrownNotificationsResume(t *testing.T) {
	t.Parallel()
	servertest.OnOneAndTwo(t, func(t *testing.T, one, two *servertest.Instance, _ string) {
		org := rand.Text()
		ada, ben := servertest.Join(t, one, org, "ada", collab.RoleAdmin), servertest.Join(t, two, org, "ben", collab.RoleMember)
		ben.Ask(`{ viewer { role } }`, nil)
		customer := ada.Create(servertest.Object{"name": "Aalto Oy"})
		ben.Ask(`mutation($id: ID!) { watch(entityId: $id) }`, customer).Is(`{"watch": true}`)
		ben.Ask(`query($id: ID!) { customer(id: $id) { viewerWatch } }`, customer).Is(`{"customer": {"viewerWatch": "WATCHING"}}`)
		begin := ben.Ask(`{ customers(first: 0) { asOf } }`, nil).Get("customers.asOf")
		for version := range 3 {
			ada.Update(customer, version+1, servertest.Object{"phone": string(rune('1' + version))})
		}
		for _, at := range []*servertest.Instance{one, two} {
			tab := ben.On(at).Connect()
			tab.Subscribe("n", `subscription($after: Cursor) { notificationReceived(after: $after) { count title cursor } }`, servertest.Object{"after": begin})
			tab.Next("n").Is(`{"notificationReceived": {"count": 3, "title": "Ada changed 1 field of Aalto Oy", "cursor": "<text>"}}`)
			if at == two {
				ada.Update(customer, 4, servertest.Object{"email": "a@b.example"})
				tab.Next("n").Is(`{"notificationReceived": {"count": 4, "title": "Ada changed 2 fields of Aalto Oy", "cursor": "<text>"}}`)
			}
		}
		ben.Ask(`mutation($id: ID!) { unwatch(entityId: $id) }`, customer).Is(`{"unwatch": true}`)
		ben.Ask(`query($id: ID!) { customer(id: $id) { viewerWatch } }`, customer).Is(`{"customer": {"viewerWatch": "NONE"}}`)
	})
}
