package httpd

import (
	"context"
	"errors"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/collab"
	"tandem/internal/transport"
)

func TestStatusTellsWhoseFaultItWas(t *testing.T) {
	t.Parallel()
	left, leave := context.WithCancel(t.Context())
	leave()
	for name, test := range map[string]struct {
		ctx   context.Context
		codes []string
		want  string
	}{
		"no error":                       {t.Context(), nil, statusOK},
		"an error of the client":         {t.Context(), []string{"FORBIDDEN"}, statusRefused},
		"an error of the server":         {t.Context(), []string{"UNAVAILABLE"}, statusFailed},
		"errors of both":                 {t.Context(), []string{"FORBIDDEN", "INTERNAL", "FORBIDDEN"}, statusFailed},
		"a time that was used up":        {t.Context(), []string{"TIMEOUT"}, statusFailed},
		"the client left":                {left, []string{"UNAVAILABLE"}, statusCanceled},
		"the client left after it ended": {left, nil, statusOK},
	} {
		if got := statusOf(test.ctx, test.codes...); got != test.want {
			t.Errorf("%s: the status is %s, want %s", name, got, test.want)
		}
	}
}

func TestCodesOfErrorsThatAreNotPresentedYet(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"FORBIDDEN":    gqlerror.List{{Extensions: map[string]any{"code": collab.Forbidden}}},
		"RATE_LIMITED": &transport.Busy{Code: "RATE_LIMITED"},
		"UNAVAILABLE":  collab.Errorf(collab.Unavailable, "away"),
		"INTERNAL":     errors.New("a fault"),
	} {
		if codes := codesOfError(err); len(codes) != 1 || codes[0] != want {
			t.Errorf("%v has the codes %v, want %s", err, codes, want)
		}
	}
}
