package operations_test

import (
	"crypto/rand"
	"crypto/tls"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
	"tandem/internal/tlstest"
)

// With a certificate an instance serves queries over HTTP/2, event streams and sockets, and follows the files of the certificate.
func TestTLS(t *testing.T) {
	t.Parallel()
	files, metrics := tlstest.Make(t), servertest.FreeAddress(t)
	instance := servertest.Start(t, map[string]string{"TLS_CERT": files.Certificate, "TLS_KEY": files.Key, "METRICS_ADDR": metrics})
	if !strings.HasPrefix(instance.URL, "https://") {
		t.Fatalf("it is ready at %s", instance.URL)
	}
	ada := servertest.Join(t, instance, rand.Text(), "ada", "MEMBER")
	client := func() *http.Client {
		transport := &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: files.Pool(t)}}
		t.Cleanup(transport.CloseIdleConnections)
		return &http.Client{Transport: transport}
	}
	first := client()
	answer := get(t, first, ada, "/graphql?query={viewer{user{id}}}")
	if answer.StatusCode != http.StatusOK || answer.ProtoMajor != 2 || answer.Header.Get("Strict-Transport-Security") == "" {
		t.Errorf("got %s over %s with %v", answer.Status, answer.Proto, answer.Header)
	}
	servertest.WantSeries(t, "http://"+metrics+"/metrics", `tandem_certificate_expiry_timestamp_seconds{host=""}`,
		float64(answer.TLS.PeerCertificates[0].NotAfter.Unix()))
	conn, response, err := websocket.Dial(t.Context(), instance.URL+"/graphql", &websocket.DialOptions{
		HTTPClient: first, Subprotocols: []string{"graphql-transport-ws"},
	})
	if err != nil {
		t.Fatal(err, response)
	}
	defer func() { _ = conn.CloseNow() }()
	if err := conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"connection_init","payload":{"authorization":"Bearer `+ada.Token+`"}}`)); err != nil {
		t.Fatal(err)
	}
	if _, message, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(message), "connection_ack") {
		t.Errorf("the socket is answered with %s, %v", message, err)
	}

	files.Renew(t)
	eventually.True(t, "a new connection gets the renewed certificate", func() bool {
		answer, err := client().Get(instance.URL + "/healthz")
		if err != nil {
			return false
		}
		_ = answer.Body.Close()
		return true
	})
}

// get asks for a path of the instance as a person.
func get(t *testing.T, client *http.Client, as *servertest.Person, path string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, as.At.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+as.Token)
	client.Timeout = time.Minute
	answer, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}
