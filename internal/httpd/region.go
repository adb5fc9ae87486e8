package httpd

import (
	"context"
	"net/http"
	"net/netip"
	"regexp"
)

type regionKey struct{}

// RegionOf returns the region of the client of a request, or "" if it is unknown.
func RegionOf(ctx context.Context) string {
	region, _ := ctx.Value(regionKey{}).(string)
	return region
}

// unknownRegion counts the requests whose region is unknown.
const unknownRegion = "unknown"

// regionName matches what a proxy may name, as it matches REGION.
var regionName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,63}$`)

// readRegion adds the region of the client to the context, and counts its requests, if RegionHeader is set.
func (s *Server) readRegion(next http.Handler) http.Handler {
	if s.RegionHeader == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		region := s.region(r)
		if s.Count.Region != nil {
			s.Count.Region(region)
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), regionKey{}, region)))
	})
}

// region returns what RegionHeader has, if a trusted proxy sent the request. A client could write anything there.
func (s *Server) region(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	named := r.Header.Values(s.RegionHeader)
	if err != nil || s.Limiter == nil || !s.Limiter.trusts(peer.Addr().Unmap()) || len(named) != 1 || !regionName.MatchString(named[0]) {
		return unknownRegion
	}
	return named[0]
}
