package webpush

import (
	"net/netip"
	"strings"
	"testing"
)

// With Only, the hosts that are listed are the only ones.
func TestOnlyListedHosts(t *testing.T) {
	t.Parallel()
	hosts, err := ParseHosts([]string{"*.push.apple.com", "push.internal:8443"})
	if err != nil {
		t.Fatal(err)
	}
	hosts.Only = true
	for want, endpoints := range map[string][]string{
		"":                   {"https://web.push.apple.com/QO", "https://push.internal:8443/x"},
		errNotListed.Error(): {"https://fcm.googleapis.com/fcm/send/abc", "https://push.apple.com/QO", "https://push.internal/x", "https://10.0.0.1/x"},
	} {
		for _, endpoint := range endpoints {
			checkEndpoint(t, hosts, endpoint, want)
		}
	}
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	trusted, err := ParseHosts([]string{"127.0.0.1:8090", "*.corp.example", "push.internal", "[::1]:8090"})
	if err != nil {
		t.Fatal(err)
	}
	const scheme, port, address = "must begin with https://", "must be at the port of https", "must name a host, and not an address"
	for want, endpoints := range map[string][]string{
		"": {
			"https://fcm.googleapis.com/fcm/send/abc", "https://fcm.googleapis.com/a%2Fb?c=d&e", "https://fcm.googleapis.com/a..b/",
			"https://web.push.apple.com/QO", "https://a.corp.example:8443/x", "http://a.corp.example/x", "http://push.internal:99/x",
			"http://127.0.0.1:8090/push/1", "http://[::1]:8090/push/1",
		},
		scheme: {
			"http://fcm.googleapis.com/x", "ftp://fcm.googleapis.com/", "file://push.internal/x", "http://127.0.0.1:8091/x", "http://corp.example/x",
			"http://acorp.example/x",
		},
		port:                           {"https://fcm.googleapis.com:8443/x", "https://fcm.googleapis.com:22/x"},
		address:                        {"https://8.8.8.8/x", "https://[2606:4700::1111]/x"}, // no push service is an address
		"must have at most 2048 bytes": {"https://fcm.googleapis.com/" + strings.Repeat("a", MaxEndpoint)},
		errPrivate.Error(): {
			"https://127.0.0.1/x", "https://10.0.0.1/x", "https://169.254.169.254/latest/meta-data", "https://100.64.0.1/x", "https://0.0.0.0/x",
			"https://[::1]/x", "https://[::ffff:10.0.0.1]/x", "https://[fe80::1%25eth0]/x", "https://[fd00::1]/x", "https://[64:ff9b::a00:1]/x",
			"https://[2002:a00:1::]/x",
		},
	} {
		for _, endpoint := range endpoints {
			checkEndpoint(t, trusted, endpoint, want)
		}
	}
}

// checkEndpoint checks that an endpoint is refused with a text, or not for an empty one.
func checkEndpoint(t *testing.T, trusted Hosts, endpoint, want string) {
	t.Helper()
	_, err := trusted.parseEndpoint(endpoint)
	if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
		t.Errorf("%.80s: got %v, want %q", endpoint, err, want)
	}
}

// An endpoint is refused unless it has the one form in which browsers write it: further texts would be further subscriptions.
func TestEndpointsHaveOneForm(t *testing.T) {
	t.Parallel()
	for _, endpoint := range []string{
		"", "not a url", "https:///x", "HTTPS://fcm.googleapis.com/x", "https://FCM.googleapis.com/x", "https://LOCALHOST./x",
		"https://fcm.googleapis.com./x", "https://fcm..googleapis.com/x", "https://fcm%2egoogleapis.com/x", "https://püsh.example/x",
		"https://@fcm.googleapis.com/x", "https://user:pass@fcm.googleapis.com/",
		"https://fcm.googleapis.com:443/x", "https://fcm.googleapis.com:/x", "http://fcm.googleapis.com:80/x",
		"https://fcm.googleapis.com", "https://fcm.googleapis.com\\x", "https://fcm.googleapis.com/#x", "https://fcm.googleapis.com/x#",
		"https://fcm.googleapis.com/a/../x", "https://fcm.googleapis.com/./x", "https://fcm.googleapis.com/%2e%2e/x",
		"https://fcm.googleapis.com/a\"b", "https://fcm.googleapis.com/x\n", "https://fcm.googleapis.com/a b", "https://fcm.googleapis.com/ä",
	} {
		checkEndpoint(t, Hosts{}, endpoint, errForm.Error())
	}
}

// Endpoints whose host can't be in the public DNS are refused, unless the operator trusts it.
func TestEndpointsHaveNamesOfDNS(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	longest := strings.Join([]string{label, label, label, label[:57], "com"}, ".")
	for want, hosts := range map[string][]string{
		"": {"a-b.com", "xn--psh-hoa.com", "push.xn--p1ai", "a_b.com", label + ".com", longest, "test.com", "example.com"},
		errForm.Error(): {
			"-a.com", "a-.com", "a.-com", "-", "xn--.com", "xn--abc-.com", label + "a.com", longest + "a",
		},
		errReserved.Error(): {
			"printer", "localhost", "0x7f000001", "2130706433", "127.1", "a.xn--a", "xn--a.org", "push.xn--99999999.com",
			"a.localhost", "a.local", "a.internal", "a.arpa", "a.onion", "a.invalid", "a.test", "a.example", "a.alt", "a.i2p",
		},
	} {
		for _, name := range hosts {
			checkEndpoint(t, Hosts{}, "https://"+name+"/x", want)
			if trusted := (Hosts{listed: []host{{name: name}}}); want == errReserved.Error() {
				checkEndpoint(t, trusted, "https://"+name+"/x", "")
			}
		}
	}
}

func TestHostsAreRefusedWithTheirText(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"http://push.example", "push.example/x", "a*b", "*.", "push.example:http", "push.example:0", "user@host", "push.example.", "püsh.example", "*.10.0.0.1"} {
		if _, err := ParseHosts([]string{text}); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if hosts, err := ParseHosts([]string{"", " "}); err != nil || len(hosts.listed) != 0 {
		t.Errorf("got %v, %v", hosts, err)
	}
}

func TestPublicAddresses(t *testing.T) {
	t.Parallel()
	for text, public := range map[string]bool{
		"1.1.1.1": true, "2606:4700::1111": true, "224.0.0.1": false, "255.255.255.255": false, "192.0.2.1": false, "198.19.0.1": false,
		"ff02::1": false, "::": false, "100::1": false, "2001:db8::1": false, "2001::1": false, "3fff::1": false, "4000::1": false,
	} {
		if got := isPublic(netip.MustParseAddr(text)); got != public {
			t.Errorf("%s: %v", text, got)
		}
	}
}
