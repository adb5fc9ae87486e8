package transport

import (
	"context"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The table of docs/protocol.md lists the codes that the server closes with, and the reaction of a client
// to each.
func TestCloseCodes(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(document), "\n| code | cause | reaction |\n|---|---|---|\n")
	if !found {
		t.Fatal("docs/protocol.md has no table of close codes")
	}
	table, _, _ = strings.Cut(table, "\n\n")
	returns := map[string]bool{} // by label
	row := regexp.MustCompile(`^\| ([0-9, ]+) \| .* \| (again|fatal).* \|$`)
	for line := range strings.SplitSeq(table, "\n") {
		cells := row.FindStringSubmatch(line)
		if cells == nil {
			t.Errorf("can't read the row %s", line)
			continue
		}
		for code := range strings.SplitSeq(cells[1], ", ") {
			returns[code] = cells[2] == "again"
		}
	}
	for _, known := range CloseCodes {
		if known.Label != strconv.Itoa(int(known.Code)) {
			t.Errorf("the label of %d is %s", known.Code, known.Label)
		}
		again, listed := returns[known.Label]
		if listed != known.Promised || listed && again != known.Returns {
			t.Errorf("docs/protocol.md lists %d: %t, with a return: %t; the program says %t, %t", known.Code, listed, again, known.Promised, known.Returns)
		}
		delete(returns, known.Label)
	}
	for code := range returns {
		t.Errorf("docs/protocol.md lists %s, which the program does not know", code)
	}
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		cause error
		want  string
	}{
		{nil, "1000"}, {ErrClosed, "1000"}, {context.Canceled, "1001"}, {ErrConnectionLost, "1006"},
		{ErrDraining, "1012"}, {ErrExpired, "4403"}, {errors.New("something else"), "1000"},
	} {
		if got := CodeLabel(CodeOf(test.cause)); got != test.want {
			t.Errorf("%v: got %s, want %s", test.cause, got, test.want)
		}
	}
	if got := CodeLabel(4999); got != "other" {
		t.Errorf("a code that a client made up is counted as %s", got)
	}
}
