package httpd

import (
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Bounds of the errors of one response. A document may have an error for each word, and an error may
// quote parts of the request.
const (
	maxErrors       = 50
	maxErrorMessage = 1 << 10 // bytes
)

// shorten cuts the message of an error that is too long.
func shorten(err *gqlerror.Error) *gqlerror.Error {
	if len(err.Message) > maxErrorMessage {
		const ellipsis = "…"
		end := maxErrorMessage - len(ellipsis)
		for end > 0 && !utf8.RuneStart(err.Message[end]) {
			end--
		}
		err.Message = err.Message[:end] + ellipsis
	}
	return err
}
