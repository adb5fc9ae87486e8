package stream

import (
	"net/http"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
	"tandem/internal/transport"
)

// multipart is the format of Apollo's clients: a part for each response. A client recognizes the end of a part by
// the boundary after it, so the boundary is sent with the part rather than with the next one.
type multipart struct{}

const partHeader = "\r\nContent-Type: application/json\r\n\r\n"

const boundary = "\r\n--graphql"

func (multipart) header(h http.Header) {
	h.Set("Content-Type", `multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"`)
}

func (multipart) open(dst []byte, _ string) []byte { return append(dst, boundary...) }

// alive appends a part that clients ignore.
func (multipart) alive(dst []byte) []byte { return append(dst, partHeader+"{}"+boundary...) }

func (multipart) every() time.Duration { return 5 * time.Second }

func (multipart) event(dst []byte, e hub.Event) []byte {
	dst = append(dst, partHeader+`{"payload":`...)
	dst = append(dst, e.Payload...)
	return append(dst, "}"+boundary...)
}

// failed appends errors beside the payload, where the protocol has the errors that end a subscription. They have
// no path and no location.
func (f multipart) failed(dst []byte, errs gqlerror.List) []byte {
	bare := make(gqlerror.List, len(errs))
	for i, err := range errs {
		bare[i] = &gqlerror.Error{Message: err.Message, Extensions: err.Extensions}
	}
	dst = append(dst, partHeader+`{"payload":null,`...)
	dst = append(dst, transport.ErrorsPayload(bare)[1:]...)
	return f.complete(append(dst, boundary...))
}

func (multipart) complete(dst []byte) []byte { return append(dst, "--\r\n"...) }
