package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
)

// checkAddr keeps the demo, whose tokens anybody can read, on this machine.
func (s *Settings) checkAddr() error {
	host, err := checkHostPort("ADDR", s.Addr, "127.0.0.1:8080")
	if err != nil {
		return err
	}
	ip, err := netip.ParseAddr(host)
	if s.Demo() && host != "localhost" && (err != nil || !ip.IsLoopback()) {
		return errors.New("without AUTH_SECRET or AUTH_JWKS_URL this is a demo that listens on this machine only: set AUTH_SECRET, or ADDR=127.0.0.1:8080")
	}
	if s.MetricsAddr == "" {
		return nil
	}
	_, err = checkHostPort("METRICS_ADDR", s.MetricsAddr, "127.0.0.1:9090")
	return err
}

// checkHostPort returns the host of an address to listen on.
func checkHostPort(setting, addr, example string) (host string, err error) {
	host, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return "", fmt.Errorf("%s must be host:port with a port from 0 to 65535, for example %s; it is %q", setting, example, addr)
	}
	return host, nil
}
