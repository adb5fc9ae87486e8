package api_test

import (
	"strings"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// merging edits entities of one type over HTTP.
func merging(t *testing.T, name, selection string) (ada, ben *servertest.Person, edit func(by *servertest.Person, id any, base int, patch servertest.Object) servertest.Answer) {
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben = servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	document := strings.NewReplacer("Type", name, "one", strings.ToLower(name), "SELECTION", selection).Replace(`mutation($input: UpdateTypeInput!) {
		it: updateType(input: $input) { __typename
		... on TypeSaved { one { version SELECTION } merged }
		... on TypeConflict { id baseVersion remoteVersion conflictedFields { field base local remote
			parts { __typename ... on AgreedText { text } ... on ClashingText { base local remote } } } }
		... on InvalidInput { fields { field message } } } }`)
	return ada, ben, func(by *servertest.Person, id any, base int, patch servertest.Object) servertest.Answer {
		t.Helper()
		return by.Ask(document, servertest.Object{"input": servertest.Object{"id": id, "baseVersion": base, "patch": patch}}).At("it")
	}
}

func TestSetsAreMerged(t *testing.T) {
	t.Parallel()
	ada, ben, edit := merging(t, "Customer", "tags")
	id := ada.Create(servertest.Object{"name": "Brewery", "tags": []string{"vip", "north"}})["id"]
	edit(ada, id, 1, servertest.Object{"tags": []string{"vip", "fair"}}).
		Is(`{"__typename": "CustomerSaved", "merged": false, "customer": {"version": 2, "tags": ["vip", "fair"]}}`)
	edit(ben, id, 1, servertest.Object{"tags": []string{"new", "north", "vip"}}).
		Is(`{"__typename": "CustomerSaved", "merged": true, "customer": {"version": 3, "tags": ["vip", "fair", "new"]}}`)
	edit(ben, id, 1, servertest.Object{"tags": []string{"north", "vip"}}).
		Is(`{"__typename": "CustomerSaved", "merged": true, "customer": {"version": 4, "tags": ["vip", "fair"]}}`)
	many := strings.Split(strings.Repeat("x", 49), "")
	for i := range many {
		many[i] = strings.Repeat("x", i+1)
	}
	edit(ben, id, 1, servertest.Object{"tags": append([]string{"vip"}, many...)}).Is(`{"__typename": "CustomerConflict", "id": "<id>", "baseVersion": 1, "remoteVersion": 4,
		"conflictedFields": [{"field": "tags", "base": ["vip", "north"], "local": "<any>", "remote": ["vip", "fair"], "parts": null}]}`)
}

func TestTextsAreMerged(t *testing.T) {
	t.Parallel()
	ada, ben, edit := merging(t, "Customer", "notes")
	id := ada.Create(servertest.Object{"name": "Brewery", "notes": "Met at the fair.\r\nCalls back in May."})["id"]
	edit(ada, id, 1, servertest.Object{"notes": "Met at the fair in Turku.\r\nCalls back in May."}).
		Is(`{"__typename": "CustomerSaved", "merged": false, "customer": {"version": 2, "notes": "Met at the fair in Turku.\r\nCalls back in May."}}`)
	edit(ben, id, 1, servertest.Object{"notes": "Met at the fair.\r\nWrites back in May."}).
		Is(`{"__typename": "CustomerSaved", "merged": true, "customer": {"version": 3, "notes": "Met at the fair in Turku.\r\nWrites back in May."}}`)
	conflict := edit(ada, id, 1, servertest.Object{"notes": "Met at the fair.\r\nRings back in June."}).Is(`{"__typename": "CustomerConflict", "id": "<id:conflict>",
		"baseVersion": 1, "remoteVersion": 3, "conflictedFields": [{"field": "notes", "base": "Met at the fair.\r\nCalls back in May.",
		"local": "Met at the fair.\r\nRings back in June.", "remote": "Met at the fair in Turku.\r\nWrites back in May.",
		"parts": [{"__typename": "AgreedText", "text": "Met at the fair in Turku.\r\n"}, {"__typename": "ClashingText", "base": "Calls", "local": "Rings", "remote": "Writes"},
			{"__typename": "AgreedText", "text": " back in June."}]}]}`)
	ben.Ask(`query($conflict: ID!) { node(id: $conflict) { ... on CustomerConflict { conflictedFields { parts { __typename } } } } }`, conflict).
		Is(`{"node": {"conflictedFields": [{"parts": [{"__typename": "AgreedText"}, {"__typename": "ClashingText"}, {"__typename": "AgreedText"}]}]}}`)
	ben.Ask(`mutation($conflict: ID!) { it: resolveCustomerConflict(input: {conflictId: $conflict, resolution: LOCAL}) { ... on CustomerSaved { customer { notes } } } }`, conflict).
		Is(`{"it": {"customer": {"notes": "Met at the fair.\r\nRings back in June."}}}`)
}

func TestGroupsAreMergedTogether(t *testing.T) {
	t.Parallel()
	ada, ben, edit := merging(t, "Meeting", "startsAt endsAt")
	id := ada.Made(servertest.EntityTypeOf("Meeting").Creation(), servertest.Object{
		"title": "Review", "startsAt": "2027-01-01T10:00:00Z", "endsAt": "2027-01-01T11:00:00Z"})["id"]
	edit(ada, id, 1, servertest.Object{"startsAt": "2027-01-01T10:30:00Z"}).At("__typename").Is(`"MeetingSaved"`)
	edit(ben, id, 1, servertest.Object{"endsAt": "2027-01-01T12:00:00Z"}).Is(`{"__typename": "MeetingSaved", "merged": true,
		"meeting": {"version": 3, "startsAt": "2027-01-01T10:30:00.000Z", "endsAt": "2027-01-01T12:00:00.000Z"}}`)
	// Ben moves it to earlier, Ada changes its beginning again, and Ben shortens what he saw.
	edit(ben, id, 3, servertest.Object{"startsAt": "2027-01-01T08:00:00Z", "endsAt": "2027-01-01T09:00:00Z"}).At("__typename").Is(`"MeetingSaved"`)
	edit(ada, id, 4, servertest.Object{"startsAt": "2027-01-01T08:50:00Z"}).At("__typename").Is(`"MeetingSaved"`)
	edit(ben, id, 3, servertest.Object{"endsAt": "2027-01-01T08:30:00Z"}).Is(`{"__typename": "MeetingConflict", "id": "<id>", "baseVersion": 3, "remoteVersion": 5,
		"conflictedFields": [
			{"field": "endsAt", "base": "2027-01-01T12:00:00.000Z", "local": "2027-01-01T08:30:00.000Z", "remote": "2027-01-01T09:00:00.000Z", "parts": null},
			{"field": "startsAt", "base": "2027-01-01T10:30:00.000Z", "local": "2027-01-01T08:00:00.000Z", "remote": "2027-01-01T08:50:00.000Z", "parts": null}]}`)
	edit(ben, id, 5, servertest.Object{"endsAt": "2027-01-01T08:30:00Z"}).Is(`{"__typename": "InvalidInput", "fields": [{"field": "endsAt", "message": "must not be before startsAt"}]}`)
}
