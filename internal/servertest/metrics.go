package servertest

import (
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/eventually"
	"tandem/internal/programtest"
)

// FreeAddress is an address that nobody listens on.
func FreeAddress(t testing.TB) string {
	t.Helper()
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(programtest.FreePort(t)))
}

// Get returns the status and the body at an address.
func Get(t testing.TB, address string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// Value returns what a line of a scrape says; -1 if there is none.
func Value(scrape, series string) float64 {
	for line := range strings.Lines(scrape) {
		if rest, found := strings.CutPrefix(line, series+" "); found {
			number, _ := strconv.ParseFloat(strings.TrimSpace(rest), 64)
			return number
		}
	}
	return -1
}

// WantSeries scrapes until a series has a value.
func WantSeries(t testing.TB, at, series string, want float64) {
	t.Helper()
	eventually.Is(t, series+" has its value", func() float64 {
		_, scrape := Get(t, at)
		return Value(scrape, series)
	}, want)
}
