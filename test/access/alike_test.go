package access_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// A subscription to one entity that was hidden from the beginning behaves like one to an id that does not exist,
// whatever makes it start anew.
func TestFollowHiddenEntity(t *testing.T) {
	t.Parallel()
	at := servertest.Start(t, servertest.Embedded(t))
	ada, ben := servertest.Join(t, at, "acme", "ada", collab.RoleAdmin), servertest.Join(t, at, "acme", "ben", collab.RoleMember)
	hidden := ada.Create(servertest.Object{"name": "Hidden", "visibility": "RESTRICTED"})
	own := ben.Create(servertest.Object{"name": "Mine", "visibility": "RESTRICTED"})
	s := ben.Connect()
	s.Subscribe("hidden", servertest.CustomerChanged, servertest.Object{"id": hidden["id"]})
	s.Subscribe("never", servertest.CustomerChanged, servertest.Object{"id": "cus_never"})
	s.Subscribe("own", servertest.CustomerChanged, servertest.Object{"id": own["id"], "after": own["cursor"]})
	version := 1
	for _, toggled := range []bool{true, false, true} {
		ben.Ask(`mutation($hidden: Boolean!) { setPresenceHidden(hidden: $hidden) { presenceHidden } }`, servertest.Object{"hidden": toggled})
		ada.Update(own, version, servertest.Object{"phone": string(rune('0' + version))})
		version++
		s.Next("own").At("customerChanged.version").Is(strconv.Itoa(version)) // no event of the others comes first
	}
}

// The documents describe what the server does: a reader can't tell which release a phrase about its version refers
// to.
func TestDocumentsNameNoVersion(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	phrase := regexp.MustCompile(`(?i)\b(in|of|for|with) (this|a later|a future) (version|release)\b|` +
		`\bnot (yet )?(supported|implemented|available) yet\b|\bnot yet (supported|implemented|available)\b|` +
		`\b(for now|currently) (un|not |ignored|always)`)
	for _, file := range append(files, "../../schema.graphqls", "../../README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := phrase.FindString(string(text)); found != "" {
			t.Errorf("%s says %q", file, found)
		}
	}
}
