package api_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"tandem/internal/collab"
	"tandem/internal/servertest"
)

// unpack decodes an answer by its Content-Encoding.
func unpack(t *testing.T, answer *servertest.Response) string {
	t.Helper()
	var from io.Reader = answer.Body
	var err error
	switch encoding := answer.Header.Get("Content-Encoding"); encoding {
	case "gzip":
		from, err = gzip.NewReader(answer.Body)
	case "zstd":
		var decoder *zstd.Decoder
		if decoder, err = zstd.NewReader(answer.Body); err == nil {
			defer decoder.Close()
			from = decoder
		}
	case "":
	default:
		t.Fatalf("the answer is encoded as %s", encoding)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Answers are compressed as their clients accept, except short ones and streams.
func TestAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	settings := servertest.Embedded(t)
	settings["PLAYGROUND"] = "true"
	at := servertest.Start(t, settings)
	ada := servertest.Join(t, at, "acme", "ada", collab.RoleMember)
	for i := range 20 {
		ada.Create(servertest.Object{"name": fmt.Sprint("Customer ", i), "notes": strings.Repeat("words and words ", 30)})
	}
	const long, short = `{ customers(first: 20) { nodes { id name notes } } }`, `{ viewer { role } }`
	for _, test := range []struct{ query, accepts, encoding string }{
		{long, "gzip", "gzip"}, {long, "zstd", "zstd"}, {long, "gzip, deflate, br, zstd", "zstd"}, {long, "gzip;q=1, zstd;q=0", "gzip"},
		{long, "identity", ""}, {long, "br", ""}, {long, "gzip;q=0", ""}, {short, "gzip, zstd", ""},
	} {
		plain := ada.Do(http.MethodPost, "/graphql", map[string]string{"Accept-Encoding": "identity"}, servertest.Object{"query": test.query}).Text()
		for _, accept := range []string{"application/json", "application/graphql-response+json", "application/json, text/event-stream, multipart/mixed;subscriptionSpec=1.0"} {
			header := map[string]string{"Accept-Encoding": test.accepts, "Accept": accept}
			for _, answer := range []*servertest.Response{
				ada.Do(http.MethodPost, "/graphql", header, servertest.Object{"query": test.query}),
				ada.Do(http.MethodGet, parameters(servertest.Object{"query": test.query}), header, nil),
			} {
				servertest.Want(t, "Content-Encoding", answer.Header.Get("Content-Encoding"), test.encoding)
				if vary := strings.Join(answer.Header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") {
					t.Errorf("Vary is %q", vary)
				}
				if text := unpack(t, answer); text != plain {
					t.Errorf("%s: unpacked it is %d bytes and not %d", test.accepts, len(text), len(plain))
				}
			}
		}
	}
	stream := ada.Do(http.MethodPost, "/graphql", map[string]string{"Accept-Encoding": "gzip, zstd", "Accept": "text/event-stream"}, servertest.Object{"query": long})
	servertest.Want(t, "Content-Encoding", stream.Header.Get("Content-Encoding"), "")
	page := servertest.Knock(t, http.MethodGet, at.URL+"/playground/", "", map[string]string{"Accept-Encoding": "identity"})
	packed := servertest.Knock(t, http.MethodGet, at.URL+"/playground/", "", map[string]string{"Accept-Encoding": "gzip"})
	if text := unpack(t, packed); text != page.Text() || text == "" {
		t.Error("the playground's page is another one when it is compressed")
	}
}

// The length of a compressed answer does not reveal exactly what is in it.
func TestCompressedLengthsAreBlurred(t *testing.T) {
	t.Parallel()
	ada := servertest.Join(t, servertest.Start(t, servertest.Embedded(t)), "acme", "ada", collab.RoleMember)
	ada.Create(servertest.Object{"name": "Acme", "notes": strings.Repeat("the same ", 500)})
	lengths := map[int]bool{}
	for i := range 12 { // the queries differ in a letter that compression removes
		query := fmt.Sprintf(`{ customers { nodes { %c: notes name } } }`, 'a'+i)
		answer := ada.Do(http.MethodPost, "/graphql", map[string]string{"Accept-Encoding": "gzip"}, servertest.Object{"query": query})
		packed, err := io.ReadAll(answer.Body)
		if err != nil || !bytes.HasPrefix(packed, []byte{0x1f, 0x8b}) {
			t.Fatalf("got %d bytes, %v", len(packed), err)
		}
		lengths[len(packed)] = true
	}
	if len(lengths) < 4 {
		t.Errorf("there are %d lengths only", len(lengths))
	}
}
