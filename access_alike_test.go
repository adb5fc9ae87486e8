package main

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"tandem/internal/collab"
)

// A subscription to one entity that was hidden from the beginning goes on as one to an id that
// does not exist, whatever makes it begin anew.
func TestHiddenIDsAreFollowedAsIDsThatNeverWere(t *testing.T) {
	t.Parallel()
	at := start(t, embedded(t))
	ada, ben := join(t, at, "acme", "ada", collab.RoleAdmin), join(t, at, "acme", "ben", collab.RoleMember)
	hidden := ada.create(object{"name": "Hidden", "visibility": "RESTRICTED"})
	own := ben.create(object{"name": "Mine", "visibility": "RESTRICTED"})
	s := ben.connect()
	s.subscribe("hidden", customerChanged, object{"id": hidden["id"]})
	s.subscribe("never", customerChanged, object{"id": "cus_never"})
	s.subscribe("own", customerChanged, object{"id": own["id"]})
	version := 1
	for _, toggled := range []bool{true, false, true} {
		ben.ask(`mutation($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { presenceHidden } }`, object{"hidden": toggled})
		ada.update(own, version, object{"phone": string(rune('0' + version))})
		version++
		want(t, "version", s.next("own")["customerChanged"].(object)["version"], float64(version)) // nothing of the others comes before
	}
}

// The documents describe what the server does: a reader can't tell which release a phrase about its version means.
func TestNothingIsSaidOfThisVersion(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	phrase := regexp.MustCompile(`(?i)\b(in|of|for|with) (this|a later|a future) (version|release)\b|` +
		`\bnot (yet )?(supported|implemented|available) yet\b|\bnot yet (supported|implemented|available)\b|` +
		`\b(for now|currently) (un|not |ignored|always)`)
	for _, file := range append(files, "schema.graphqls", "README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := phrase.FindString(string(text)); found != "" {
			t.Errorf("%s says %q", file, found)
		}
	}
}
