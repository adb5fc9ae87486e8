package main

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
)

// unpack reads an answer by its Content-Encoding.
func unpack(t *testing.T, answer *response) string {
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

// Answers are compressed as their clients accept, unless they are short, or streams.
func TestAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	settings := embedded(t)
	settings["PLAYGROUND"] = "true"
	at := start(t, settings)
	ada := join(t, at, "acme", "ada", collab.RoleMember)
	for i := range 20 {
		ada.create(object{"name": fmt.Sprint("Customer ", i), "notes": strings.Repeat("words and words ", 30)})
	}
	const long, short = `{ customers(first: 20) { nodes { id name notes } } }`, `{ viewer { role } }`
	for _, test := range []struct{ query, accepts, encoding string }{
		{long, "gzip", "gzip"}, {long, "zstd", "zstd"}, {long, "gzip, deflate, br, zstd", "zstd"}, {long, "gzip;q=1, zstd;q=0", "gzip"},
		{long, "identity", ""}, {long, "br", ""}, {long, "gzip;q=0", ""}, {short, "gzip, zstd", ""},
	} {
		plain := ada.do(http.MethodPost, "/graphql", map[string]string{"Accept-Encoding": "identity"}, object{"query": test.query}).text()
		for _, accept := range []string{"application/json", "application/graphql-response+json", "application/json, text/event-stream, multipart/mixed;subscriptionSpec=1.0"} {
			header := map[string]string{"Accept-Encoding": test.accepts, "Accept": accept}
			for _, answer := range []*response{
				ada.do(http.MethodPost, "/graphql", header, object{"query": test.query}),
				ada.do(http.MethodGet, parameters(object{"query": test.query}), header, nil),
			} {
				want(t, test.accepts, answer.Header.Get("Content-Encoding"), test.encoding)
				if vary := strings.Join(answer.Header.Values("Vary"), ","); !strings.Contains(vary, "Accept-Encoding") {
					t.Errorf("Vary is %q", vary)
				}
				if text := unpack(t, answer); text != plain {
					t.Errorf("%s: unpacked it is %d bytes and not %d", test.accepts, len(text), len(plain))
				}
			}
		}
	}
	stream := ada.do(http.MethodPost, "/graphql", map[string]string{"Accept-Encoding": "gzip, zstd", "Accept": "text/event-stream"}, object{"query": long})
	want(t, "a stream", stream.Header.Get("Content-Encoding"), "")
	page := knock(t, http.MethodGet, at.url+"/playground/", "", map[string]string{"Accept-Encoding": "identity"})
	packed := knock(t, http.MethodGet, at.url+"/playground/", "", map[string]string{"Accept-Encoding": "gzip"})
	if text := unpack(t, packed); text != page.text() || text == "" {
		t.Error("the playground's page is another one when it is compressed")
	}
}

// The length of a compressed answer tells nothing exact of what is in it.
func TestCompressedLengthsAreBlurred(t *testing.T) {
	t.Parallel()
	ada := join(t, start(t, embedded(t)), "acme", "ada", collab.RoleMember)
	ada.create(object{"name": "Acme", "notes": strings.Repeat("the same ", 500)})
	lengths := map[int]bool{}
	for i := range 12 { // what is asked for differs in a letter that is compressed away
		query := fmt.Sprintf(`{ customers { nodes { %c: notes name } } }`, 'a'+i)
		answer := ada.do(http.MethodPost, "/graphql", map[string]string{"Accept-Encoding": "gzip"}, object{"query": query})
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
