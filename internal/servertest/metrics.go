package servertest

import (
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"tandem/internal/eventually"
)

// FreeAddress is one that nobody listens on. Its port is below those that systems give to outgoing connections, so that none of
// them takes it before the test listens.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 100 {
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(10_000+rand.IntN(10_000))))
		if err != nil {
			continue // somebody uses it
		}
		defer listener.Close()
		return listener.Addr().String()
	}
	t.Fatal("no port is free")
	return ""
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
