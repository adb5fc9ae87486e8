package webpush

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPayloadIsDeclarative(t *testing.T) {
	t.Parallel()
	got, err := Message{
		ID: "ntf_1", Kind: "MENTION", Title: "Ben <b> mentioned you", Body: "Aalto Oy", Navigate: "https://crm.example/c/1", EntityID: "cus_1", Count: 2, Unread: 3,
	}.payload()
	want := `{"web_push":8030,"notification":{"title":"Ben <b> mentioned you","body":"Aalto Oy","navigate":"https://crm.example/c/1",` +
		`"tag":"ntf_1","data":{"id":"ntf_1","kind":"MENTION","entityId":"cus_1","count":2}},"app_badge":3}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v\nwant %s", got, err, want)
	}
	got, err = Message{ID: "ntf_1"}.payload()
	if err != nil || !strings.Contains(string(got), `"entityId":null`) {
		t.Errorf("got %s, %v; want no entity", got, err)
	}
}

func TestLongTextsAreCutWhereACharacterEnds(t *testing.T) {
	t.Parallel()
	const family = "👩‍👩‍👧‍👦" // 25 bytes, one character
	for name, body := range map[string]string{
		"letters": strings.Repeat("a", 9000), "family": strings.Repeat(family, 900), "controls": strings.Repeat("\x01", 9000), "quotes": strings.Repeat(`"`, 9000),
	} {
		encoded, err := Message{ID: "ntf_1", Title: body, Body: body, Navigate: "https://crm.example/"}.payload()
		if err != nil || len(encoded) > MaxPayload || !utf8.Valid(encoded) {
			t.Errorf("%s: %d bytes, %v", name, len(encoded), err)
		}
		var got declarative
		if err := json.Unmarshal(encoded, &got); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{got.Notification.Title, got.Notification.Body} {
			kept, isCut := strings.CutSuffix(text, ellipsis)
			if !isCut || kept == "" || !strings.HasPrefix(body, kept) || name == "family" && len(kept)%len(family) != 0 {
				t.Errorf("%s: cut to %q", name, text)
			}
		}
	}
}

func TestTopicNamesNothing(t *testing.T) {
	t.Parallel()
	first, second := Message{ID: "ntf_1"}.topic(), Message{ID: "ntf_2"}.topic()
	if len(first) != 32 || first == second || first != (Message{ID: "ntf_1", Body: "x"}).topic() {
		t.Errorf("got %q and %q", first, second)
	}
}
