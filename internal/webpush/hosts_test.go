package webpush

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
)

func TestEndpoints(t *testing.T) {
	t.Parallel()
	hosts, err := ParseHosts([]string{"127.0.0.1:8090", "*.corp.example", "push.internal", "[::1]:8090"})
	if err != nil {
		t.Fatal(err)
	}
	for endpoint, accepted := range map[string]bool{
		"https://fcm.googleapis.com/fcm/send/abc":                        true,
		"https://web.push.apple.com/QO":                                  true,
		"https://8.8.8.8/x":                                              false, // no push service is an address
		"https://[2606:4700::1111]/x":                                    false,
		"https://fcm.googleapis.com:443/x":                               false, // another text of the same endpoint
		"https://fcm.googleapis.com:/x":                                  false,
		"https://fcm.googleapis.com:8443/x":                              false,
		"https://fcm.googleapis.com:22/x":                                false,
		"https://FCM.googleapis.com/x":                                   false,
		"https://fcm.googleapis.com./x":                                  false,
		"https://fcm..googleapis.com/x":                                  false,
		"https://@fcm.googleapis.com/x":                                  false,
		"https://fcm.googleapis.com/x#":                                  false,
		"HTTPS://fcm.googleapis.com/x":                                   false,
		"https://fcm.googleapis.com":                                     false,
		"https://fcm.googleapis.com/a/../x":                              false,
		"https://fcm.googleapis.com/./x":                                 false,
		"https://fcm.googleapis.com/%2e%2e/x":                            false,
		"https://fcm.googleapis.com/a\"b":                                false,
		"https://fcm.googleapis.com/a%2Fb?c=d&e":                         true,
		"https://fcm.googleapis.com/a..b/":                               true,
		"https://fcm.googleapis.com/x\n":                                 false,
		"https://fcm.googleapis.com/a b":                                 false,
		"https://fcm.googleapis.com\\x":                                  false,
		"https://fcm.googleapis.com/ä":                                   false,
		"https://püsh.example/x":                                         false,
		"https://fcm%2egoogleapis.com/x":                                 false,
		"https://a.corp.example:8443/x":                                  true,
		"https://A.corp.example/x":                                       false,
		"http://a.corp.example:80/x":                                     false,
		"http://fcm.googleapis.com/fcm/send/abc":                         false,
		"ftp://fcm.googleapis.com/":                                      false,
		"https://user:pass@fcm.googleapis.com/":                          false,
		"https://fcm.googleapis.com/#x":                                  false,
		"https:///x":                                                     false,
		"not a url":                                                      false,
		"":                                                               false,
		"https://localhost/x":                                            false,
		"https://LOCALHOST./x":                                           false,
		"https://a.localhost/x":                                          false,
		"https://printer/x":                                              false,
		"https://printer.local/x":                                        false,
		"https://127.0.0.1/x":                                            false,
		"https://127.1/x":                                                false,
		"https://0x7f000001/x":                                           false,
		"https://2130706433/x":                                           false,
		"https://10.0.0.1/x":                                             false,
		"https://169.254.169.254/latest/meta-data":                       false,
		"https://100.64.0.1/x":                                           false,
		"https://0.0.0.0/x":                                              false,
		"https://[::1]/x":                                                false,
		"https://[::ffff:10.0.0.1]/x":                                    false,
		"https://[fe80::1%25eth0]/x":                                     false,
		"https://[fd00::1]/x":                                            false,
		"https://[64:ff9b::a00:1]/x":                                     false,
		"https://[2002:a00:1::]/x":                                       false,
		"http://127.0.0.1:8090/push/1":                                   true,
		"http://127.0.0.1:8091/push/1":                                   false,
		"http://[::1]:8090/push/1":                                       true,
		"http://a.corp.example/x":                                        true,
		"http://corp.example/x":                                          false,
		"http://acorp.example/x":                                         false,
		"http://push.internal:99/x":                                      true,
		"file://push.internal/x":                                         false,
		"https://fcm.googleapis.com/" + strings.Repeat("a", MaxEndpoint): false,
	} {
		if _, err := hosts.parseEndpoint(endpoint); (err == nil) != accepted {
			t.Errorf("%.60s: %v", endpoint, err)
		}
	}
}

// Endpoints whose host can't be in the DNS are refused.
func TestEndpointsHaveNamesOfDNS(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("a", 63)
	longest := strings.Join([]string{label, label, label, label[:61]}, ".")
	for host, want := range map[string]error{
		"a-b.example": nil, "xn--psh-hoa.example": nil, "a_b.example": nil, label + ".example": nil, longest: nil,
		"-a.example": errForm, "a-.example": errForm, "a.-example": errForm, "-": errForm,
		label + "a.example": errForm, longest + "a": errForm,
		"push.onion": errPrivate,
	} {
		if _, err := Hosts(nil).parseEndpoint("https://" + host + "/x"); !errors.Is(err, want) {
			t.Errorf("%.80s: got %v, want %v", host, err, want)
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
	if hosts, err := ParseHosts([]string{"", " "}); err != nil || len(hosts) != 0 {
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
