package smtp

import (
	"errors"
	"net"
)

// mostAnswered bounds what the mail server answers in one attempt, with the handshake of TLS: a reply has a few lines of at most
// 512 bytes (RFC 5321, 4.5.3.1.5), and a handshake a few certificates. The library keeps a reply until its last line.
const mostAnswered = 128 << 10

// errTalks is the error of a mail server that answers more than that.
var errTalks = errors.New("the mail server answers more than 128 kB to one message; check that SMTP_URL names a mail server")

// A conversation is a connection to the mail server from which at most mostAnswered bytes are read.
type conversation struct {
	net.Conn
	left int
	// end ends the attempt with a reason, since not every error of the library has its cause.
	end func(error)
}

// Read reads what is left of the bound.
func (c *conversation) Read(p []byte) (int, error) {
	if c.left == 0 {
		c.end(errTalks)
		return 0, errTalks
	}
	n, err := c.Conn.Read(p[:min(len(p), c.left)])
	c.left -= n
	return n, err
}
