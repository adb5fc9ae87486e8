package httpd

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
)

// A region counts if a trusted proxy names one, and is a short name.
func TestRegionOfClients(t *testing.T) {
	t.Parallel()
	counted := ""
	s := &Server{Config: Config{
		RegionHeader: "X-Region", Count: Count{Region: func(region string) { counted = region }},
		Limiter: &Limiter{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
	}}
	for name, tc := range map[string]struct {
		peer  string
		named []string
		want  string
	}{
		"of a proxy":   {"10.0.0.7:1", []string{"eu-west-1"}, "eu-west-1"},
		"of a client":  {"192.0.2.7:1", []string{"eu-west-1"}, unknownRegion},
		"none":         {"10.0.0.7:1", nil, unknownRegion},
		"two":          {"10.0.0.7:1", []string{"eu-west-1", "us-east-1"}, unknownRegion},
		"not a name":   {"10.0.0.7:1", []string{`eu"} 1`}, unknownRegion},
		"no real peer": {"@", []string{"eu-west-1"}, unknownRegion},
	} {
		r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		r.RemoteAddr, r.Header["X-Region"] = tc.peer, tc.named
		got := ""
		s.readRegion(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = RegionOf(r.Context()) })).ServeHTTP(httptest.NewRecorder(), r)
		if got != tc.want || counted != tc.want {
			t.Errorf("%s: got %q, counted %q", name, got, counted)
		}
	}
}
