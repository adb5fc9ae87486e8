// Package operator serves a page on the address of the metrics, for the people who run an instance: what it holds and does
// now. Nothing on it names a person or has content of an organization.
package operator

import (
	"embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tandem/internal/hub"
)

//go:embed page
var files embed.FS

// Most bounds the rings, and the broadcasts, that a State has.
const Most = 50

// longestProfile bounds the time of a profile. With a low value, a profile over 30 s, the default of `go tool pprof`, would be
// refused. With a high value, a forgotten request slows the instance for long, and no other profile of the CPU can be taken.
const longestProfile = time.Minute

// The page, the path at which it reads the state, and the index of the profiles.
const (
	pagePath     = "/debug/tandem"
	statePath    = pagePath + "/state"
	profilesPath = "/debug/pprof/"
)

// A State is what the page shows of an instance.
type State struct {
	Version, Region string
	Now             time.Time
	// Values has the present value of each metric, by its name and labels.
	Values map[string]float64
	// Rings and Broadcasts are those that lag or have the most subscriptions, at most Most of each.
	Rings      []hub.RingView
	Broadcasts []hub.BroadcastView
}

// Route adds the page and the profiles of net/http/pprof to routes: /debug/tandem and /debug/pprof/. state is called for each
// look at the page, which an open page takes every two seconds. The command line is not among the profiles.
func Route(routes *http.ServeMux, state func() State) {
	debug := http.NewServeMux()
	for path, name := range map[string]string{
		"": "page.html", "/page.css": "page.css", "/page.js": "page.js", "/figures.js": "figures.js", "/plot.js": "plot.js",
	} {
		debug.HandleFunc("GET "+pagePath+path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:; frame-ancestors 'none'")
			http.ServeFileFS(w, r, files, "page/"+name)
		})
	}
	debug.HandleFunc("GET "+statePath, func(w http.ResponseWriter, _ *http.Request) { writeState(w, state()) })
	debug.HandleFunc("GET "+profilesPath+"{$}", pprof.Index)
	one := make(chan struct{}, 1)
	for path, profile := range map[string]http.HandlerFunc{
		"": pprof.Index, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace, "cmdline": http.NotFound,
	} {
		debug.Handle("GET "+profilesPath+path, shortProfile(oneProfile(one, profile)))
	}
	routes.Handle("/debug/", notForOtherSites(debug))
}

func writeState(w http.ResponseWriter, state State) {
	body, err := json.Marshal(state)
	if err != nil {
		http.Error(w, "the state can't be written: "+err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
}

// shortProfile rejects profiles over more than longestProfile. net/http/pprof does not: it moves the deadline of its response.
func shortProfile(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seconds, err := strconv.ParseFloat(r.FormValue("seconds"), 64)
		if err == nil && !(seconds <= longestProfile.Seconds()) { // not >, since NaN is neither
			http.Error(w, fmt.Sprintf("a profile takes at most %v: ask for fewer seconds", longestProfile), http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// oneProfile rejects a profile while another one fills the channel: each keeps memory, or costs CPU, until it is done.
func oneProfile(one chan struct{}, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case one <- struct{}{}:
			defer func() { <-one }()
			next.ServeHTTP(w, r)
		default:
			http.Error(w, "another profile of this instance is being taken: try again when it is done", http.StatusTooManyRequests)
		}
	})
}

// notForOtherSites rejects requests that pages of other sites make, or could have made, except for opening the page. The
// address has no authentication, and a profile costs CPU: without this check, any site that an operator visits could take profiles.
func notForOtherSites(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mode := r.Header.Get("Sec-Fetch-Mode")
		opensPage := r.URL.Path == pagePath && (mode == "navigate" || mode == "")
		switch {
		case isPublicName(r.Host):
			http.Error(w, "open this at an IP address, at localhost, or at a name without dots", http.StatusForbidden)
			return
		case mayBeOfOtherSite(r) && !opensPage:
			http.Error(w, "pages of other sites can't read this; open "+pagePath+" and follow its links", http.StatusForbidden)
			return
		}
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("X-Frame-Options", "DENY")
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// mayBeOfOtherSite reports whether a page of another site makes a request, or could have made it. Browsers send Sec-Fetch-Site
// only over https and to the machine they run on. Without it, a browser has to name a page of this host as the referrer, which
// no page of another site can do. All browsers begin their User-Agent with Mozilla/; other programs need no referrer.
func mayBeOfOtherSite(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		referrer, err := url.Parse(r.Referer())
		return strings.HasPrefix(r.UserAgent(), "Mozilla/") && (err != nil || referrer.Host != r.Host)
	default:
		return true
	}
}

// isPublicName reports whether a host, with or without a port, is a name that another site could own. Such a site can have
// its name resolve to this instance (DNS rebinding), and to a browser its pages then have the same origin as this one.
func isPublicName(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	_, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err != nil && strings.Contains(host, ".")
}
