package smtp

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"strconv"

	"github.com/wneessen/go-mail"

	"tandem/internal/diagnosis"
)

// Diagnose connects to the mail server, and signs in, as for a message. It hands over none.
func (s *Sender) Diagnose(ctx context.Context) (report diagnosis.Report) {
	ctx, cancel := context.WithTimeout(ctx, s.time)
	defer cancel()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	address := net.JoinHostPort(s.server.host, strconv.Itoa(s.server.port))
	client, err := s.client(ctx, end, nil)
	if err != nil {
		report.Fail("SMTP_URL can't be used (%s); correct it", err)
		return report
	}
	connection, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		s.reportRefusal(&report, address, err)
		return report
	}
	defer func() { _ = client.CloseWithSMTPClient(connection) }()
	by := "without a user"
	if s.server.user != "" {
		by = "and the user of SMTP_URL"
	}
	_, hasTLS := connection.TLSConnectionState()
	switch {
	case hasTLS || s.server.usesTLS:
		report.OK("the mail server at %s accepts connections over TLS, %s", address, by)
	case s.server.isLoopback():
		report.OK("the mail server at %s accepts connections, %s", address, by)
	default:
		report.Warn("the mail server at %s offers no STARTTLS, so messages pass the network unencrypted; use one that does, or smtps://", address)
	}
	return report
}

// reportRefusal reports why there is no connection to the mail server.
func (s *Sender) reportRefusal(report *diagnosis.Report, address string, err error) {
	_, isVerification := errors.AsType[*tls.CertificateVerificationError](err)
	reply, isReply := errors.AsType[*textproto.Error](err)
	_, isRecord := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case isVerification:
		report.Fail("the certificate of the mail server at %s can't be verified (%s); name the host of the certificate in SMTP_URL, and list its authority in the file of SSL_CERT_FILE", address, err)
	case isRecord:
		report.Fail("the mail server at %s does not speak TLS from the first byte; write smtp:// in SMTP_URL, or correct the port", address)
	case errors.Is(err, mail.ErrNoSupportedAuthDiscovered):
		report.Fail("the mail server at %s offers no way to sign in that is safe and supported; remove the user from SMTP_URL, or use the port for submission, 587 or 465", address)
	case isReply && s.server.user != "":
		report.Fail("the mail server at %s refuses to be signed in to (%d %s); correct the user and the password of SMTP_URL", address, reply.Code, reply.Msg)
	case isReply:
		report.Fail("the mail server at %s refuses connections of this machine (%d %s); have it accept them, or give SMTP_URL a user", address, reply.Code, reply.Msg)
	default:
		report.Fail("the mail server at %s can't be used (%s); start it, or correct SMTP_URL", address, err)
	}
}
