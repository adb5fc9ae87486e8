package httpd

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

const (
	// compressFrom is how long an answer is at least, in bytes, that is compressed.
	// Shorter ones fit into one packet as they are.
	compressFrom = 1 << 10
	// blur is by how many bytes at most a compressed answer is longer than it need be.
	// An answer may hold what its reader must not know beside what an attacker made them
	// send, and its exact length would tell how alike the two are.
	blur = 64
)

// newCompress returns what compresses the answers of a handler with zstd or gzip, as
// their clients accept. It holds back what is written, so it is not for streams.
func newCompress() func(http.Handler) http.HandlerFunc {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(compressFrom), gzhttp.RandomJitter(blur, 0, false))
	if err != nil {
		panic(err) // the options are constants
	}
	return compress
}
