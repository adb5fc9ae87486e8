package announce

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
)

// Announcements that are too large have a line of their own, and say nothing of the wire.
func TestLinesOfLosses(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	o := &outbox{log: slog.New(slog.NewTextHandler(&text, nil))}
	tooLarge := fmt.Errorf("%w: 9 bytes", ErrTooLarge)
	for _, attempt := range []struct {
		lost int
		err  error
		want string
	}{
		{1, tooLarge, "are too large"},
		{0, nil, ""},
		{2, errors.New("away"), "don't reach"},
		{1, errors.New("away"), ""},
		{1, tooLarge, "are too large"},
		{0, nil, ""},
	} {
		text.Reset()
		o.record(attempt.lost, attempt.err)
		if got := text.String(); attempt.want == "" && strings.Contains(got, "WARN") || !strings.Contains(got, attempt.want) {
			t.Errorf("after %d lost by %v: %q", attempt.lost, attempt.err, got)
		}
		if attempt.err == nil && text.Len() > 0 {
			t.Errorf("the wire was there, and it says %q", text.String())
		}
	}
	if got := o.total.Load(); got != 5 {
		t.Errorf("%d are lost in all", got)
	}
}
