package webpush

import "context"

// Header is (*Identity).header.
var Header = (*Identity).header

// ErrAddress is errAddress.
var ErrAddress = errAddress

// Dial dials an address as the transport does.
func Dial(ctx context.Context, hosts Hosts, address string) error {
	conn, err := newTransport(hosts).DialContext(ctx, "tcp", address)
	if err == nil {
		_ = conn.Close()
	}
	return err
}

// OutcomeOfError is outcomeOfError.
var OutcomeOfError = outcomeOfError
