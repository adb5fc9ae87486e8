package collab

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// times repeats a letter of two bytes, since bounds count characters.
func times(n int) string { return strings.Repeat("é", n) }

func tagList(n int) []string {
	tags := make([]string, n)
	for i := range tags {
		tags[i] = fmt.Sprint("tag ", i)
	}
	return tags
}

func idList(n int) []ID {
	ids := make([]ID, n)
	for i := range ids {
		ids[i] = ID(fmt.Sprint("user ", i))
	}
	return ids
}

// Every field of every document, at and beyond its bounds. wrong names the
// fields that are refused, one for each reason.
func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		of    EntityType
		patch Patch
		wrong string
	}{
		{TypeCustomer, Patch{}, ""},
		{TypeCustomer, Patch{"name": "x"}, ""},
		{TypeCustomer, Patch{"name": times(200)}, ""},
		{TypeCustomer, Patch{"name": times(201)}, "name"},
		{TypeCustomer, Patch{"name": ""}, "name"},
		{TypeCustomer, Patch{"name": nil}, "name"},
		{TypeCustomer, Patch{"name": " \u00a0 "}, "name"},
		{TypeCustomer, Patch{"name": "Acme\nInc."}, "name"},
		{TypeCustomer, Patch{"name": "Acme\x00"}, "name"},
		{TypeCustomer, Patch{"name": "Acme\u0085"}, "name"},
		{TypeCustomer, Patch{"name": times(200) + "\n"}, "name name"},
		{TypeCustomer, Patch{"name": "أكمي 東京 👩‍👩‍👧"}, ""},
		{TypeCustomer, Patch{"phone": times(200), "company": times(200)}, ""},
		{TypeCustomer, Patch{"phone": times(201), "company": times(201)}, "company phone"},
		{TypeCustomer, Patch{"phone": "", "company": nil}, ""},
		{TypeCustomer, Patch{"phone": "1\t2", "company": "a\rb"}, "company phone"},
		{TypeCustomer, Patch{"status": "CHURNED"}, ""},
		{TypeCustomer, Patch{"status": "SCHEDULED"}, "status"},
		{TypeCustomer, Patch{"status": "lead"}, "status"},
		{TypeCustomer, Patch{"status": nil}, "status"},
		{TypeCustomer, Patch{"tags": tagList(50)}, ""},
		{TypeCustomer, Patch{"tags": tagList(51)}, "tags"},
		{TypeCustomer, Patch{"tags": []string{times(50)}}, ""},
		{TypeCustomer, Patch{"tags": []string{times(51)}}, "tags"},
		{TypeCustomer, Patch{"tags": []string{""}}, "tags"},
		{TypeCustomer, Patch{"tags": []string{"vip", "  "}}, "tags"},
		{TypeCustomer, Patch{"tags": []string{"a\nb"}}, "tags"},
		{TypeCustomer, Patch{"tags": []string{"vip", "fair", "vip"}}, "tags"},
		{TypeCustomer, Patch{"tags": []string{"vip", "VIP"}}, ""},
		{TypeCustomer, Patch{"tags": nil}, ""},
		{TypeCustomer, Patch{"notes": times(20_000)}, ""},
		{TypeCustomer, Patch{"notes": times(20_001)}, "notes"},
		{TypeCustomer, Patch{"notes": "a\r\n\tb"}, ""},
		{TypeCustomer, Patch{"notes": "a\x1b[31m"}, "notes"},
		{TypeCustomer, Patch{"notes": "a\x00"}, "notes"},
		{TypeCustomer, Patch{"notes": ""}, ""},
		{TypeCustomer, Patch{"visibility": "RESTRICTED"}, ""},
		{TypeCustomer, Patch{"visibility": nil}, "visibility"},
		{TypeCustomer, Patch{"visibility": "PUBLIC"}, "visibility"},
		{TypeCustomer, Patch{"name": nil, "email": "ada", "tags": []string{""}}, "email name tags"},

		{TypeCall, Patch{}, ""},
		{TypeCall, Patch{"subject": times(200)}, ""},
		{TypeCall, Patch{"subject": times(201)}, "subject"},
		{TypeCall, Patch{"subject": nil}, "subject"},
		{TypeCall, Patch{"subject": "a\vb"}, "subject"},
		{TypeCall, Patch{"direction": "INBOUND"}, ""},
		{TypeCall, Patch{"direction": nil}, "direction"},
		{TypeCall, Patch{"status": "MISSED"}, ""},
		{TypeCall, Patch{"status": "LEAD"}, "status"},
		{TypeCall, Patch{"durationSeconds": 0}, ""},
		{TypeCall, Patch{"durationSeconds": 604_800}, ""},
		{TypeCall, Patch{"durationSeconds": 604_801}, "durationSeconds"},
		{TypeCall, Patch{"durationSeconds": -1}, "durationSeconds"},
		{TypeCall, Patch{"durationSeconds": nil}, ""},
		{TypeCall, Patch{"outcome": times(20_000), "notes": times(20_000)}, ""},
		{TypeCall, Patch{"outcome": times(20_001), "notes": times(20_001)}, "notes outcome"},
		{TypeCall, Patch{"outcome": "a\nb", "notes": "\a"}, "notes"},
		{TypeCall, Patch{"scheduledAt": nil, "startedAt": "1999-01-01T00:00:00Z"}, ""},
		{TypeCall, Patch{"visibility": "RESTRICTED"}, ""},

		{TypeMeeting, Patch{}, ""},
		{TypeMeeting, Patch{"title": times(200)}, ""},
		{TypeMeeting, Patch{"title": times(201)}, "title"},
		{TypeMeeting, Patch{"title": nil}, "title"},
		{TypeMeeting, Patch{"status": "IN_PROGRESS"}, ""},
		{TypeMeeting, Patch{"status": "MISSED"}, "status"},
		{TypeMeeting, Patch{"endsAt": "2026-05-04T09:00:00Z"}, ""}, // when it starts
		{TypeMeeting, Patch{"endsAt": "2026-05-04T08:59:59.999Z"}, "endsAt"},
		{TypeMeeting, Patch{"startsAt": "2026-05-04T10:00:00.001Z"}, "endsAt"},
		{TypeMeeting, Patch{"startsAt": nil}, "startsAt"},
		{TypeMeeting, Patch{"endsAt": nil}, "endsAt"},
		{TypeMeeting, Patch{"startsAt": nil, "endsAt": nil}, "endsAt startsAt"},
		{TypeMeeting, Patch{"location": times(200)}, ""},
		{TypeMeeting, Patch{"location": times(201)}, "location"},
		{TypeMeeting, Patch{"location": "Room\n1"}, "location"},
		{TypeMeeting, Patch{"agenda": times(20_000), "notes": "a\nb"}, ""},
		{TypeMeeting, Patch{"agenda": times(20_001), "notes": "\x7f"}, "agenda notes"},
		{TypeMeeting, Patch{"attendeeIds": idList(200)}, ""},
		{TypeMeeting, Patch{"attendeeIds": idList(201)}, "attendeeIds"},
		{TypeMeeting, Patch{"attendeeIds": []ID{"ann", "bob", "ann"}}, "attendeeIds"},
		{TypeMeeting, Patch{"attendeeIds": nil}, ""},
		{TypeMeeting, Patch{"visibility": "RESTRICTED"}, ""},
		{TypeDeal, Patch{}, ""},
		{TypeDeal, Patch{"title": nil}, "title"},
		{TypeDeal, Patch{"amountMinor": 0, "currency": "EUR"}, ""},
		{TypeDeal, Patch{"amountMinor": maxSafeInt, "currency": "EUR"}, ""},
		{TypeDeal, Patch{"amountMinor": maxSafeInt + 1, "currency": "EUR"}, "amountMinor"},
		{TypeDeal, Patch{"amountMinor": -1, "currency": "EUR"}, "amountMinor"},
		{TypeDeal, Patch{"amountMinor": 5}, "currency"},
		{TypeDeal, Patch{"currency": "EUR"}, "currency"},
		{TypeDeal, Patch{"amountMinor": 5, "currency": "eur"}, "currency"},
		{TypeDeal, Patch{"amountMinor": 5, "currency": "EURO"}, "currency"},
		{TypeDeal, Patch{"amountMinor": 5, "currency": ""}, "currency"},
		{TypeDeal, Patch{"stage": "WON", "expectedCloseDate": Date("2027-03-31")}, ""},
		{TypeDeal, Patch{"stage": "DONE"}, "stage"},
		{TypeDeal, Patch{"stage": nil, "visibility": "SECRET"}, "stage visibility"},
		{TypeDeal, Patch{"notes": times(20_001)}, "notes"},
	}
	for _, test := range tests {
		if got := strings.Join(violationsOf(t, test.of, test.patch), " "); got != test.wrong {
			t.Errorf("%s %.80s: wrong are %q, want %q", test.of, fmt.Sprint(test.patch), got, test.wrong)
		}
	}
}

// violationsOf returns the fields that are refused, in order.
func violationsOf(t *testing.T, of EntityType, patch Patch) []string {
	t.Helper()
	e, err := overlay(validEntity(of), mustCanonical(t, of, patch))
	if err != nil {
		t.Fatal(err)
	}
	var v violations
	validate(e, nil, always, &v)
	names := make([]string, len(v.fields))
	for i, f := range v.fields {
		names[i] = f.Field
	}
	slices.Sort(names)
	return names
}

// describeProblem names the fields of an InvalidInput, as the merge documents do.
func describeProblem(t *testing.T, err error) string {
	t.Helper()
	var invalid *InvalidInput
	if !errors.As(err, &invalid) {
		t.Fatal(err)
	}
	var names []string
	for _, f := range invalid.Fields {
		names = append(names, f.Field)
	}
	return "invalid: " + strings.Join(names, ", ")
}

func TestValidateEmail(t *testing.T) {
	t.Parallel()
	longest := strings.Repeat("a", 64) + "@" + strings.Repeat("b", 185) + ".com" // 254 characters
	for _, good := range []string{
		"ada@example.com", "ADA@Example.COM", "ada.lovelace+crm@mail.example.co.uk", "o'hara@example.com",
		"a@b", "ada_1-2@xn--bcher-kva.example", "ädä@bücher.example", "東@東京.example", longest,
	} {
		if wrong := violationsOf(t, TypeCustomer, Patch{"email": good}); len(wrong) > 0 {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", " ", "ada", "ada@", "@example.com", "ada@@example.com", "ada@example.com ", " ada@example.com", "ada @example.com",
		"Ada <ada@example.com>", "<ada@example.com>", "ada@example.com (Ada)", "ada@example.com, bob@example.com",
		"ada@example..com", ".ada@example.com", "ada.@example.com", "ada@example.com\n", "ada@example.com\r\nBcc: bob@example.com",
		"ada\x00@example.com", "ada@exam\u0085ple.com", "undisclosed:;", "mailto:ada@example.com", "x" + longest,
	} {
		wrong := violationsOf(t, TypeCustomer, Patch{"email": bad})
		if len(wrong) == 0 || wrong[0] != "email" {
			t.Errorf("%q: wrong are %v", bad, wrong)
		}
	}
	if wrong := violationsOf(t, TypeCustomer, Patch{"email": nil}); len(wrong) > 0 {
		t.Error("no address at all is refused")
	}
}

// The message for a person names what is wrong field by field, in one sentence.
func TestInvalidInput(t *testing.T) {
	t.Parallel()
	var v violations
	if err := v.problem(); err != nil {
		t.Errorf("nothing is wrong, and yet: %v", err)
	}
	v.add("name", "must not be empty")
	v.add("tags", "must be at most %d", maxTags)
	var invalid *InvalidInput
	if err := v.problem(); !errors.As(err, &invalid) || err.Error() != "name must not be empty; tags must be at most 50." {
		t.Errorf("got %v", err)
	}
}

// Comments have bounds of their own.
func TestValidateComment(t *testing.T) {
	t.Parallel()
	tests := []struct {
		in    AddComment
		wrong string
	}{
		{AddComment{Body: "x"}, ""},
		{AddComment{Body: times(10_000), MentionIDs: idList(50)}, ""},
		{AddComment{Body: times(10_001)}, "body"},
		{AddComment{Body: "a\r\n\tb"}, ""},
		{AddComment{Body: "a\x00"}, "body"},
		{AddComment{Body: "a\xff"}, "body"},
		{AddComment{Body: ""}, "body"},
		{AddComment{Body: " \n\t"}, "body"},
		{AddComment{Body: "x", MentionIDs: idList(51)}, "mentionIds"},
		{AddComment{Body: "x", MentionIDs: []ID{"ann", "ann"}}, "mentionIds"},
	}
	for _, test := range tests {
		err := (&commenting{in: test.in}).check()
		got := ""
		if err != nil {
			got = strings.TrimPrefix(describeProblem(t, err), "invalid: ")
		}
		if got != test.wrong {
			t.Errorf("%.40q to %d people: wrong are %q, want %q", test.in.Body, len(test.in.MentionIDs), got, test.wrong)
		}
	}
}

// Only ties that are new have to exist: somebody may leave, and what they own stays theirs.
func TestCheckOfTies(t *testing.T) {
	t.Parallel()
	ann := &Member{User: &User{ID: "ann"}, Role: RoleMember}
	st := &State{Members: map[ID]*Member{"ann": ann}, Customer: &Customer{Record: Record{ID: "cus_1"}}}
	tests := []struct {
		of          EntityType
		before, now Patch
		wrong       string
	}{
		{TypeCustomer, Patch{}, Patch{"ownerId": "ann"}, ""},
		{TypeCustomer, Patch{}, Patch{"ownerId": "gone"}, "ownerId"},
		{TypeCustomer, Patch{"ownerId": "gone"}, Patch{"ownerId": "gone", "name": "Acme Inc."}, ""},
		{TypeCustomer, Patch{"ownerId": "gone"}, Patch{"ownerId": nil}, ""},
		{TypeCustomer, Patch{"ownerId": "gone"}, Patch{"ownerId": "also gone"}, "ownerId"},
		{TypeCall, Patch{}, Patch{"customerId": "cus_1"}, ""},
		{TypeCall, Patch{}, Patch{"customerId": "cus_2"}, "customerId"},
		{TypeCall, Patch{"customerId": "cus_2"}, Patch{"customerId": "cus_2"}, ""},
		{TypeCall, Patch{"customerId": "cus_2"}, Patch{"customerId": nil}, ""},
		{TypeMeeting, Patch{}, Patch{"attendeeIds": []ID{"ann"}}, ""},
		{TypeMeeting, Patch{}, Patch{"attendeeIds": []ID{"ann", "gone", "also gone"}}, "attendeeIds"},
		{TypeMeeting, Patch{"attendeeIds": []ID{"gone"}}, Patch{"attendeeIds": []ID{"gone", "ann"}}, ""},
	}
	for _, test := range tests {
		before, _ := overlay(validEntity(test.of), mustCanonical(t, test.of, test.before))
		now, _ := overlay(before, mustCanonical(t, test.of, test.now))
		got := ""
		if err := st.check(ann, now, before, always); err != nil {
			got = strings.TrimPrefix(describeProblem(t, err), "invalid: ")
		}
		if got != test.wrong {
			t.Errorf("%v after %v: wrong are %q, want %q", test.now, test.before, got, test.wrong)
		}
	}
	if err := (&State{}).check(ann, validEntity(TypeCustomer), nil, always); err != nil {
		t.Errorf("a customer without ties: %v", err)
	}
}
