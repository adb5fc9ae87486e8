package httpd

import (
	"context"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"strings"

	"tandem/internal/collab"
	"tandem/web"
)

// A Demo has the data of the CRM at /, with which people try what the program does.
type Demo struct {
	// People are those as whom its user can sign in.
	People []Person
	// Members returns them as the company has them now, by their ids.
	Members func(ctx context.Context) (map[collab.ID]*collab.Member, error)
	// Sign returns a fresh token of a person. It fails for an id that nobody in People has.
	Sign func(person collab.ID) (string, error)
	// Restart stops the instance as a deployment does, and starts it again after a moment.
	Restart func()
}

// demoPages are the pages of the CRM, which a browser may also open by their address. The CRM itself tells them apart.
var demoPages = []string{"/{$}", "/inbox", "/inbox/preferences", "/customers", "/customers/", "/calls", "/calls/", "/meetings", "/meetings/", "/deals", "/deals/", "/activity", "/beside"}

// demoHeaders are the headers of the CRM's pages, besides pageHeaders. They run no script and apply no style that is
// not a file of the program, and the page may frame itself, for a second person beside the first.
var demoHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
		"font-src 'self'; manifest-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
	"X-Frame-Options": "SAMEORIGIN",
}

// maxDemoBody bounds the body of a request for a token, in bytes.
const maxDemoBody = 1 << 10

// serve adds the CRM to the routes. Its pages shadow no other path, and what it offers besides them is only for this
// machine: see onThisMachine.
func (d *Demo) serve(routes *http.ServeMux) {
	files, compress := web.Demo(), newCompress()
	index := demoPage(compress(indexOf(files, http.StatusOK)))
	for _, path := range demoPages {
		routes.Handle("GET "+path, index)
	}
	routes.Handle("/", notFoundPage(demoPage(compress(indexOf(files, http.StatusNotFound)))))
	routes.Handle("GET /assets/", page(onlyFiles(immutable(compress(http.FileServerFS(files))))))
	routes.Handle("GET /sw.js", demoPage(compress(http.FileServerFS(files))))
	routes.Handle("GET /manifest.webmanifest", page(compress(manifestOf(files))))
	routes.Handle("GET /icons/", page(onlyFiles(http.FileServerFS(files))))
	routes.Handle("GET /demo/people.json", onThisMachine(d.people))
	routes.Handle("POST /demo/token", onThisMachine(d.token))
	routes.Handle("POST /demo/restart", onThisMachine(d.restart))
}

// notFoundPage answers 404: with the page of the CRM, which leads back, to a browser that opens an address, and with a
// line of text to anything else.
func notFoundPage(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		opens := r.Method == http.MethodGet || r.Method == http.MethodHead
		if opens && strings.Contains(r.Header.Get("Accept"), "text/html") {
			page.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	})
}

// indexOf answers with the page that all addresses of the CRM share.
func indexOf(files fs.FS, status int) http.Handler {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		panic(err) // the page is part of the program
	}
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write(index)
	})
}

// manifestOf answers with the manifest, by which a device installs the CRM. Not every system knows the type of its name.
func manifestOf(files fs.FS) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/manifest+json")
		http.ServeFileFS(w, r, files, "manifest.webmanifest")
	})
}

func demoPage(next http.Handler) http.Handler {
	return page(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header(), demoHeaders)
		next.ServeHTTP(w, r)
	}))
}

// onlyFiles answers 404 for folders, whose names http.FileServer would list.
func onlyFiles(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// immutable lets caches keep files whose names have a hash of their content.
func immutable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		next.ServeHTTP(w, r)
	})
}

// onThisMachine refuses requests that did not begin on this machine, at a page of this server. It asks for the address
// of the connection, for a host that names this machine (another site's name could resolve to it: DNS rebinding), for a
// page of the same origin, and for no header of a proxy: a proxy on this machine brings requests of others.
func onThisMachine(next http.HandlerFunc) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isThisMachine(r.Host) || !isLoopback(r.RemoteAddr) || isForwarded(r.Header) || sameOrigin.Check(r) != nil {
			writeText(w, http.StatusForbidden, "the demo is for this machine: open it at 127.0.0.1 or localhost")
			return
		}
		next(w, r)
	})
}

// isForwarded reports whether a proxy has passed a request on.
func isForwarded(header http.Header) bool {
	for name := range header {
		if name == "Forwarded" || strings.HasPrefix(name, "X-Forwarded-") {
			return true
		}
	}
	return false
}

// isLoopback reports whether a connection came from this machine.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// people answers with the people of the demo whose data was not erased. The page asks for their tokens one by one.
func (d *Demo) people(w http.ResponseWriter, r *http.Request) {
	type person struct {
		ID       collab.ID   `json:"id"`
		Name     string      `json:"name"`
		Role     collab.Role `json:"role"`
		IsMember bool        `json:"isMember"`
	}
	members, err := d.Members(r.Context())
	if err != nil {
		writeText(w, http.StatusServiceUnavailable, "the people can't be read; try again")
		return
	}
	people := []person{}
	for _, p := range d.People {
		member := members[p.ID]
		if member == nil || !member.User.Erased {
			people = append(people, person{p.ID, p.Name, p.Role, member == nil || !member.Removed})
		}
	}
	writeJSON(w, people)
}

// token answers with a token of a person.
func (d *Demo) token(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Person collab.ID `json:"person"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxDemoBody)).Decode(&asked); err != nil {
		writeText(w, http.StatusBadRequest, "the body is not {\"person\": …}")
		return
	}
	token, err := d.Sign(asked.Person)
	if err != nil {
		writeText(w, http.StatusNotFound, "the demo has nobody of this id")
		return
	}
	writeJSON(w, map[string]string{"token": token})
}

// restart answers before the instance stops.
func (d *Demo) restart(w http.ResponseWriter, _ *http.Request) {
	w.WriteHeader(http.StatusAccepted)
	d.Restart()
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}
