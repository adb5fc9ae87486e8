package server

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"time"

	"tandem/internal/config"
)

// healthPatience is how long tandem health waits for an answer.
const healthPatience = 3 * time.Second

// health asks the server that runs here with the same settings whether it is alive, or ready. Containers have no other client.
func health(ctx context.Context, arguments []string, environment map[string]string, out io.Writer) error {
	flags := flag.NewFlagSet("health", flag.ContinueOnError)
	ready := flags.Bool("ready", false, "ask whether it is ready for clients, and not only alive")
	helped, err := parseFlags(flags, "asks the server that runs on this machine with these settings whether it is alive, and fails if it is not.", arguments, out)
	if err != nil || helped {
		return err
	}
	s, err := config.Read(environment)
	if err != nil {
		return err
	}
	at := healthURL(s)
	if *ready {
		at += "/readyz"
	} else {
		at += "/healthz"
	}
	ctx, cancel := context.WithTimeout(ctx, healthPatience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return err
	}
	// The names of the certificate are those that clients use, and this address is none of them.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // #nosec G402 -- it sends and learns nothing secret
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("the server does not answer: %w", err)
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 1<<10)) // it is only printed
	if answer.StatusCode != http.StatusOK {
		return errors.New("the server says " + answer.Status)
	}
	_, err = out.Write(said)
	return err
}

// healthURL is where the server of settings listens, for a program on the same machine.
func healthURL(s config.Settings) string {
	scheme, addr := "http://", s.Addr
	if s.TLSCert != "" || len(s.ACMEHosts) > 0 {
		scheme = "https://"
	}
	host, port, _ := net.SplitHostPort(addr) // config.Read has checked it
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip == netip.IPv4Unspecified() {
		host = "127.0.0.1"
	} else if err == nil && ip == netip.IPv6Unspecified() {
		host = "::1"
	}
	return scheme + net.JoinHostPort(host, port)
}
