package server

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/config"
	"tandem/internal/diagnosis"
	"tandem/internal/httpd"
)

const (
	// checkTimeout bounds each request of a check.
	checkTimeout = 10 * time.Second
	// mostAnswer bounds what is read of an answer, in bytes.
	mostAnswer = 64 << 10
	// leastGap is less than the pause between the two events of a stream, and more than two that arrive together need.
	leastGap = 300 * time.Millisecond
	// streamTries is how often a stream is read whose events arrived together: on a busy machine, that happens without a
	// proxy too.
	streamTries = 3
)

// client does not follow redirects, since another host would learn the proof.
var client = http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// checkKey derives the key of /diagnosis from the key of the links in e-mail.
func checkKey(links []byte) []byte {
	sum := hmac.New(sha256.New, links)
	sum.Write([]byte("key of tandem check"))
	return sum.Sum(nil)
}

// A proxyCheck sends requests to the server as its clients do.
type proxyCheck struct {
	at     *url.URL
	key    []byte
	report diagnosis.Report
}

// diagnoseProxies examines what stands between the clients, at the public URL, and an instance.
func diagnoseProxies(ctx context.Context, s config.Settings, public string) diagnosis.Report {
	at, err := url.Parse(strings.TrimSuffix(public, "/"))
	c := &proxyCheck{at: at}
	if err == nil {
		c.key, err = readCheckKey(ctx, s)
	}
	if err != nil {
		c.report.Fail("the proxies can't be checked: %s", err)
		return c.report
	}
	if seen, local := c.see(ctx); seen != nil {
		c.compareHost(s, seen)
		c.compareAddress(seen, local)
		c.openSocket(ctx)
		c.readStream(ctx)
	}
	return c.report
}

// readCheckKey reads the key of /diagnosis from the database.
func readCheckKey(ctx context.Context, s config.Settings) ([]byte, error) {
	store, err := openToRead(ctx, s)
	if err != nil {
		return nil, err
	}
	defer store.Close()
	text, err := store.DeploymentKey(ctx, keyOfLinks, "")
	if err != nil {
		return nil, err
	}
	links, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(links) == 0 {
		return nil, errors.New("no instance has started on this database yet")
	}
	return checkKey(links), nil
}

// get sends a request with a proof. The caller closes the body of the response.
func (c *proxyCheck) get(ctx context.Context, path string) (response *http.Response, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.at.String()+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set(httpd.CheckHeader, httpd.Proof(c.key, time.Now()))
	return client.Do(r)
}

// see returns the request as an instance received it, and the socket that it was sent from; nil if none received it.
func (c *proxyCheck) see(ctx context.Context) (seen *httpd.SeenRequest, local netip.AddrPort) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		local, _ = netip.ParseAddrPort(info.Conn.LocalAddr().String())
	}})
	response, err := c.get(ctx, "/diagnosis")
	if err != nil {
		c.report.Fail("nothing answers at %s (%s); correct --url, or start the proxy and the instances", c.at, errors.Unwrap(err))
		return nil, local
	}
	defer func() { _ = response.Body.Close() }()
	seen = &httpd.SeenRequest{}
	isOurs := json.NewDecoder(io.LimitReader(response.Body, mostAnswer)).Decode(seen) == nil && seen.Instance != ""
	switch {
	case response.StatusCode == http.StatusOK && isOurs:
		c.report.OK("an instance of version %s answers at %s", seen.Version, c.at)
		return seen, local
	case response.Header.Get("Location") != "":
		c.report.Fail("%s redirects to %s; check the address that clients use in the end, and have nothing redirect /graphql", c.at, response.Header.Get("Location"))
	case response.StatusCode == http.StatusOK:
		c.report.Fail("%s answers, but not as an instance; the proxy has to pass all paths to the instances", c.at)
	case response.StatusCode == http.StatusNotFound:
		c.report.Fail("%s answers, and no instance on this database does; the proxy has to pass all paths to the instances, which use the DATABASE_URL of this check and have a clock within a minute of this machine's", c.at)
	default:
		c.report.Fail("%s answers with status %d; the proxy has to pass all paths to the instances, and these have to run", c.at, response.StatusCode)
	}
	return nil, local
}

// compareHost reports whether the instance knows the origin of the pages that it serves.
func (c *proxyCheck) compareHost(s config.Settings, seen *httpd.SeenRequest) {
	origin := c.at.Scheme + "://" + c.at.Host
	switch {
	case seen.Host == c.at.Host:
		c.report.OK("the Host header arrives as it was sent")
	case slices.Contains(s.AllowedOrigins, origin):
		c.report.OK("the Host header arrives as %q, and ALLOWED_ORIGINS lists %s", seen.Host, origin)
	default:
		c.report.Fail("the Host header arrives as %q, so the pages of %s can't connect; have the proxy keep it (nginx: proxy_set_header Host $http_host), or list %[2]s in ALLOWED_ORIGINS", seen.Host, origin)
	}
	if c.at.Scheme == "https" && !seen.TLS {
		c.report.Warn("X-Forwarded-Proto does not say https, so answers lack Strict-Transport-Security; have the proxy set it to its own scheme")
	}
}

// compareAddress reports whether the instance knows the addresses of its clients. A request that arrives from another socket than
// it was sent from came through a proxy, or through a translation of addresses, which keeps neither.
func (c *proxyCheck) compareAddress(seen *httpd.SeenRequest, local netip.AddrPort) {
	peer, _ := netip.ParseAddr(seen.Peer)
	isDirect := netip.AddrPortFrom(peer, seen.PeerPort) == netip.AddrPortFrom(local.Addr().Unmap(), local.Port())
	switch {
	case seen.Forwarded == "" && isDirect:
		c.report.OK("there is no proxy, and clients are limited by address; this one is %s", seen.Peer)
	case seen.Forwarded == "" && seen.Trusted:
		c.report.Warn("requests arrive from the proxy at %s without X-Forwarded-For, so clients are not limited by address; have the proxy append the address of its client", seen.Peer)
	case seen.Forwarded == "":
		c.report.Warn("requests arrive from %s without X-Forwarded-For; if a proxy is there, all clients behind it share one limit: have it append the address of its client, and list it in TRUSTED_PROXIES", seen.Peer)
	case !seen.Trusted:
		c.report.Warn("the proxy at %s is not among TRUSTED_PROXIES, so all clients behind it share one limit; list it there", seen.Peer)
	case seen.Client == "":
		c.report.OK("X-Forwarded-For arrives (%s); clients at addresses of TRUSTED_PROXIES are not limited by address", seen.Forwarded)
	default:
		c.report.OK("X-Forwarded-For arrives, and clients are limited by address; this one is %s", seen.Client)
	}
}

// openSocket reports whether WebSockets pass.
func (c *proxyCheck) openSocket(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	at := *c.at
	at.Scheme = strings.Replace(at.Scheme, "http", "ws", 1)
	socket, response, err := websocket.Dial(ctx, at.String()+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	switch {
	case err == nil:
		_ = socket.CloseNow()
		c.report.OK("WebSockets pass")
	case response != nil && response.StatusCode == http.StatusUpgradeRequired:
		c.report.Fail("WebSockets arrive without their Upgrade header; have the proxy pass it (nginx: proxy_set_header Upgrade $http_upgrade, and Connection)")
	case response != nil:
		c.report.Fail("a WebSocket is answered with status %d; have the proxy pass upgrades of /graphql to the instances", response.StatusCode)
	default:
		c.report.Fail("a WebSocket can't be opened (%s); have the proxy pass upgrades of /graphql to the instances", err)
	}
}

// readStream reports whether the events of a stream arrive as they are sent.
func (c *proxyCheck) readStream(ctx context.Context) {
	for try := 1; ; try++ {
		arrived, err := c.eventsOf(ctx)
		switch {
		case err != nil:
			c.report.Fail("an event stream can't be opened: %s", err)
		case len(arrived) != 2:
			c.report.Fail("an event stream broke off after %d of 2 events; have the proxy keep silent connections for 30 s at least", len(arrived))
		case arrived[1].Sub(arrived[0]) >= leastGap:
			c.report.OK("event streams pass")
		case try < streamTries:
			continue
		default:
			c.report.Fail("the events of a stream arrive late and together; have the proxy pass them on at once (nginx: proxy_buffering off)")
		}
		return
	}
}

// eventsOf opens a stream of two events, and returns when each arrived.
func (c *proxyCheck) eventsOf(ctx context.Context) (arrived []time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	response, err := c.get(ctx, "/diagnosis?stream")
	if err != nil {
		return nil, errors.Unwrap(err)
	}
	defer func() { _ = response.Body.Close() }()
	for lines := bufio.NewScanner(io.LimitReader(response.Body, mostAnswer)); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data: ") {
			arrived = append(arrived, time.Now())
		}
	}
	return arrived, nil
}
