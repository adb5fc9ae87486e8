package main

import (
	"io"
	"strings"
	"testing"
)

func TestSettings(t *testing.T) {
	tests := []struct{ args, want string }{
		{"", ""},
		{"-clients 5000 -topics 50 -rate 200 -duration 20s -json", ""},
		{"-url http://127.0.0.1:8080 -secret s -pid 1 -resume-url http://[::1]:8081/", ""},
		{"-url http://localhost:8080 -secret s", ""},
		{"-url http://10.0.0.1:8080 -secret s", "not this machine"},
		{"-url http://example.com -secret s", "not this machine"},
		{"-url http://127.0.0.1.example.com -secret s", "not this machine"},
		{"-url http://127.0.0.1@example.com -secret s", "not this machine"},
		{"-url http://0.0.0.0:8080 -secret s", "not this machine"},
		{"-url http://127.0.0.1:8080 -secret s -resume-url http://10.0.0.1", "not this machine"},
		{"-url https://127.0.0.1:8080 -secret s", "not an address"},
		{"-url http://127.0.0.1:8080/graphql -secret s", "not an address"},
		{"-url http://127.0.0.1:8080", "needs -secret"},
		{"-url http://127.0.0.1:8080 -secret s -kill-at 1s", "don't go with -url"},
		{"-pid 1", "need -url"},
		{"-clients 0", "-clients"},
		{"-clients 100000", "-clients"},
		{"-clients 5 -topics 6", "-topics"},
		{"-users -1", "-users"},
		{"-window 0", "-window"},
		{"-rate -1", "-rate"},
		{"-rate 1000000", "-rate"},
		{"-duration 0s", "-duration"},
		{"-duration 1h", "-duration"},
		{"-kill-at 6s", "-kill-at"},
		{"-also 21", "-also"},
		{"-clients 1000 -topics 1000 -also 11", "-also"},
		{"-reads -1", "-reads"},
		{"-apart", "-apart needs -database"},
		{"-apart -database postgres://localhost/x", ""},
		{"-url http://localhost:8080 -secret s -limits", "don't go with -url"},
		{"-capacity all", "needs -database and -redis"},
		{"-capacity idle,single -repeat 3 -share 0.5 -database postgres://localhost/x -redis redis://localhost", ""},
		{"-capacity sizes -database postgres://localhost/x -redis redis://localhost", `no "sizes"`},
		{"-repeat 0", "-repeat"},
		{"-share 2", "-share"},
		{"-no-such-flag", "not defined"},
		{"now", `"now" is not understood`},
	}
	for _, test := range tests {
		_, err := readSettings(strings.Fields(test.args), io.Discard)
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%q: got %v, want %q", test.args, err, test.want)
		}
	}
}

func TestEachUserHasFewConnections(t *testing.T) {
	for args, want := range map[string]int{"": 20, "-clients 101": 3, "-clients 1": 1, "-clients 5 -users 2": 2} {
		s, err := readSettings(strings.Fields(args), io.Discard)
		if err != nil || s.users != want {
			t.Errorf("%q: got %d users, %v; want %d", args, s.users, err, want)
		}
	}
}
