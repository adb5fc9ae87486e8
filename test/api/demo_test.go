package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"tandem/internal/servertest"
)

// The tests of the demo change the working folder, so they do not run in parallel with others.

// Every page of the CRM can be opened by its address, and shadows no other path.
func TestDemoPages(t *testing.T) {
	t.Chdir(t.TempDir())
	at := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	index := servertest.Knock(t, http.MethodGet, at.URL+"/", "").Text()
	if !strings.Contains(index, `<div id="app">`) {
		t.Fatalf("the page is %s", index)
	}
	for _, path := range []string{"/?as=ada", "/inbox", "/inbox/preferences", "/customers", "/customers/cus_1", "/calls", "/meetings/mtg_1", "/deals/table", "/activity", "/beside?left=ada"} {
		page := servertest.Knock(t, http.MethodGet, at.URL+path, "")
		if page.Text() != index {
			t.Errorf("%s is another page", path)
		}
		csp := page.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "script-src 'self';") || !strings.Contains(csp, "style-src 'self';") || !strings.Contains(csp, "connect-src 'self';") || !strings.Contains(csp, "frame-ancestors 'self'") {
			t.Errorf("%s: the policy is %s", path, csp)
		}
		servertest.Want(t, path, page.Header.Get("Cache-Control"), "no-cache")
	}
	for path, status := range map[string]int{"/graphql": http.StatusUnauthorized, "/healthz": http.StatusOK, "/readyz": http.StatusOK, "/playground/": http.StatusOK, "/nothing": http.StatusNotFound, "/assets/nothing.js": http.StatusNotFound, "/assets/": http.StatusNotFound} {
		if answer := servertest.Knock(t, http.MethodGet, at.URL+path, ""); answer.StatusCode != status || answer.Text() == index {
			t.Errorf("%s: got %d", path, answer.StatusCode)
		}
	}
	lost := servertest.Knock(t, http.MethodGet, at.URL+"/nothing", "", map[string]string{"Accept": "text/html,*/*;q=0.8"})
	if lost.StatusCode != http.StatusNotFound || lost.Text() != index {
		t.Errorf("a browser gets %d and %q at an unknown address", lost.StatusCode, lost.Text())
	}
}

// The files that a page loads have a hash of their content in their names, so that browsers keep them.
func TestDemoFilesAreImmutable(t *testing.T) {
	t.Chdir(t.TempDir())
	at := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	index := servertest.Knock(t, http.MethodGet, at.URL+"/", "").Text()
	files := regexp.MustCompile(`(?:src|href)="(/assets/[^"]+)"`).FindAllStringSubmatch(index, -1)
	if len(files) < 2 {
		t.Fatalf("the page loads %d files: %s", len(files), index)
	}
	for _, file := range files {
		packed := servertest.Knock(t, http.MethodGet, at.URL+file[1], "", map[string]string{"Accept-Encoding": "gzip"})
		servertest.Want(t, file[1]+" Cache-Control", packed.Header.Get("Cache-Control"), "public, max-age=31536000, immutable")
		// The smallest files are sent as they are.
		if size := len(servertest.Knock(t, http.MethodGet, at.URL+file[1], "").Text()); strings.HasSuffix(file[1], ".js") && size >= 1<<10 {
			servertest.Want(t, file[1]+" Content-Encoding", packed.Header.Get("Content-Encoding"), "gzip")
		}
	}
}

// The CRM signs in by itself, so it exists in the demo only.
func TestDemoIsOffForReal(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["PLAYGROUND"] = "true"
	at := servertest.Start(t, settings)
	for _, path := range []string{"/customers", "/demo/people.json", "/assets/"} {
		servertest.Want(t, path, servertest.Knock(t, http.MethodGet, at.URL+path, "").StatusCode, http.StatusNotFound)
	}
	for _, path := range []string{"/demo/token", "/demo/restart"} {
		servertest.Want(t, path, servertest.Knock(t, http.MethodPost, at.URL+path, "{}").StatusCode, http.StatusNotFound)
	}
}
