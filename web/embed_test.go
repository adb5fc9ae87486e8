package web_test

import (
	"bytes"
	"io/fs"
	"regexp"
	"testing"

	"tandem/web"
)

// The page must be whole in the program: it may load nothing from elsewhere, and nothing that is not embedded.
func TestPlaygroundLoadsOnlyWhatIsEmbedded(t *testing.T) {
	for file, loads := range map[string]struct {
		addresses *regexp.Regexp
		atLeast   int
	}{
		"index.html":     {regexp.MustCompile(`(?:src|href)="([^"]*)"`), 3},
		"playground.css": {regexp.MustCompile(`(?:url\(|@import )"?([^")]*)`), 1},
	} {
		text, err := fs.ReadFile(web.Playground(), file)
		if err != nil {
			t.Fatal(err)
		}
		addresses := loads.addresses.FindAllSubmatch(text, -1)
		if len(addresses) < loads.atLeast {
			t.Fatalf("%s names %d files, want at least %d", file, len(addresses), loads.atLeast)
		}
		for _, address := range addresses {
			if !bytes.HasPrefix(address[1], []byte("data:")) {
				expectEmbedded(t, file, address[1])
			}
		}
	}
}

func expectEmbedded(t *testing.T, file string, address []byte) {
	t.Helper()
	name := regexp.MustCompile(`^/playground/([a-z0-9.-]+)(?:\?v=[0-9a-f]+)?$`).FindSubmatch(address)
	if name == nil {
		t.Errorf("%s loads %q, which is not a file of this page", file, address)
		return
	}
	if info, err := fs.Stat(web.Playground(), string(name[1])); err != nil || info.Size() == 0 {
		t.Errorf("%s loads %q, which is not embedded (%v)", file, address, err)
	}
}
