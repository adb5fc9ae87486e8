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
	page, err := fs.ReadFile(web.Playground(), "index.html")
	if err != nil {
		t.Fatal(err)
	}
	addresses := regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllSubmatch(page, -1)
	if len(addresses) < 3 {
		t.Fatalf("index.html names %d files, want its icon, style sheet and script", len(addresses))
	}
	own := regexp.MustCompile(`^/playground/([a-z.]+)\?v=[0-9a-f]+$`)
	for _, address := range addresses {
		if bytes.HasPrefix(address[1], []byte("data:")) {
			continue
		}
		name := own.FindSubmatch(address[1])
		if name == nil {
			t.Errorf("index.html loads %q, which is not a file of this page", address[1])
			continue
		}
		if info, err := fs.Stat(web.Playground(), string(name[1])); err != nil || info.Size() == 0 {
			t.Errorf("index.html loads %q, which is not embedded (%v)", address[1], err)
		}
	}
}
