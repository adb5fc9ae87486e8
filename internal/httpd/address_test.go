package httpd

import (
	"net/http/httptest"
	"net/netip"
	"testing"

	"tandem/internal/collab"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	l := &Limiter{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}
	for _, tc := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"203.0.113.7:1234", nil, "203.0.113.7"},
		{"203.0.113.7:1234", []string{"198.51.100.1"}, "203.0.113.7"}, // no proxy of ours
		{"10.1.1.1:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"10.1.1.1:1", []string{"1.1.1.1, 198.51.100.1"}, "198.51.100.1"},
		{"10.1.1.1:1", []string{"1.1.1.1, 198.51.100.1 , 10.2.2.2,10.3.3.3"}, "198.51.100.1"},
		{"10.1.1.1:1", []string{"1.1.1.1", "198.51.100.1"}, "198.51.100.1"},
		{"10.1.1.1:1", []string{"198.51.100.1:4711"}, "198.51.100.1"},
		{"10.1.1.1:1", []string{"[2001:db8::1]:4711"}, "2001:db8::/64"},
		{"10.1.1.1:1", []string{"[2001:db8::1]"}, "2001:db8::/64"},
		{"10.1.1.1:1", []string{"::ffff:198.51.100.1"}, "198.51.100.1"},
		{"[::ffff:10.1.1.1]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"[fd00::1%eth0]:1", []string{"198.51.100.1"}, "198.51.100.1"},
		{"[2001:db8:0:1:2:3:4:5]:1", nil, "2001:db8:0:1::/64"},
		{"10.1.1.1:1", nil, ""},
		{"10.1.1.1:1", []string{"10.2.2.2"}, ""},
		{"10.1.1.1:1", []string{"198.51.100.1, unknown"}, ""},
		{"10.1.1.1:1", []string{"198.51.100.1, "}, ""},
		{"@", []string{"198.51.100.1"}, ""},
	} {
		r := httptest.NewRequest("GET", "/graphql", nil)
		r.RemoteAddr = tc.peer
		for _, forwarded := range tc.forwarded {
			r.Header.Add("X-Forwarded-For", forwarded)
		}
		if got := l.address(r); got != tc.want {
			t.Errorf("%s for %q: got %q, want %q", tc.peer, tc.forwarded, got, tc.want)
		}
	}
}

// Either of two headers names the application. Without a known address, the address is that of the
// other end.
func TestOrigins(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		address string
		header  map[string]string
		want    collab.Origin
	}{
		{"", nil, collab.Origin{Address: "192.0.2.1"}},
		{"203.0.113.9", nil, collab.Origin{Address: "203.0.113.9"}},
		{"", map[string]string{"User-Agent": "curl/8.5.0"}, collab.Origin{Address: "192.0.2.1", Agent: "curl/8.5.0"}},
		{"", map[string]string{"graphql-client-name": "crm-ios"}, collab.Origin{Address: "192.0.2.1", Client: "crm-ios"}},
		{"", map[string]string{"graphql-client-name": "no", "apollographql-client-name": "crm-web"}, collab.Origin{Address: "192.0.2.1", Client: "crm-web"}},
	} {
		r := httptest.NewRequest("GET", "/graphql", nil) // from 192.0.2.1
		for name, value := range tc.header {
			r.Header.Set(name, value)
		}
		if got := origin(r, tc.address); got != tc.want {
			t.Errorf("%v: got %+v, want %+v", tc.header, got, tc.want)
		}
	}
}
