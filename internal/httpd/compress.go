package httpd

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

const (
	// compressFrom is the smallest response, in bytes, that is compressed. A smaller one fits into a packet.
	compressFrom = 1 << 10
	// blur bounds the random padding of a compressed response, in bytes. A response may have a secret beside text
	// that an attacker chose, and its exact length would reveal how similar they are (BREACH).
	blur = 64
)

// newCompress returns a middleware that compresses responses with zstd or gzip, as clients accept. It buffers, so it is
// not for streams.
func newCompress() func(http.Handler) http.HandlerFunc {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(compressFrom), gzhttp.RandomJitter(blur, 0, false))
	if err != nil {
		panic(err) // the options are constants
	}
	return compress
}
