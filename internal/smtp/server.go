package smtp

import (
	"errors"
	"net/netip"
	"net/url"
	"strconv"
)

// A Server is a mail server that takes the messages.
type Server struct {
	host string
	port int
	// usesTLS is set for a server that speaks TLS from the first byte. Another one is asked for STARTTLS.
	usesTLS        bool
	user, password string
}

// ParseServer reads the URL of a mail server: smtp://user:password@host:port, or smtps:// for one that speaks TLS from the
// first byte. The error never has the password.
func ParseServer(text string) (*Server, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("it must be like smtp://USER:SECRET@mail.example:587 or smtps://mail.example, with special characters escaped")
	}
	s := &Server{host: u.Hostname(), port: 587, usesTLS: u.Scheme == "smtps", user: u.User.Username()}
	if s.usesTLS {
		s.port = 465
	}
	if u.Port() != "" {
		port, err := strconv.ParseUint(u.Port(), 10, 16)
		if err != nil || port == 0 {
			return nil, errors.New("its port must be from 1 to 65535")
		}
		s.port = int(port)
	}
	s.password, _ = u.User.Password()
	if (s.user == "") != (s.password == "") {
		return nil, errors.New("it must have a user and a password, or neither")
	}
	return s, nil
}

// needsTLS reports whether the server must offer STARTTLS: credentials leave this machine encrypted only.
func (s *Server) needsTLS() bool { return s.user != "" && !s.isLoopback() }

func (s *Server) isLoopback() bool {
	ip, err := netip.ParseAddr(s.host)
	return s.host == "localhost" || err == nil && ip.IsLoopback()
}
