package server

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"log/slog"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/delivery"
	"tandem/internal/smtp"
)

// keyOfLinks is the name of the key in the database that signs the links of digests. Without it, another one is made, and
// the links that were sent work no more.
const keyOfLinks = "unsubscribe"

// openMail returns what sends e-mail; nil without SMTP_URL.
func openMail(s config.Settings, log *slog.Logger) (*smtp.Sender, error) {
	if s.SMTPURL == "" {
		return nil, nil
	}
	server, err := smtp.ParseServer(s.SMTPURL)
	if err != nil {
		return nil, fmt.Errorf("SMTP_URL can't be used: %w", err)
	}
	sender, err := smtp.NewSender(server, s.MailFrom, log)
	if err != nil {
		return nil, fmt.Errorf("MAIL_FROM can't be used: %w", err)
	}
	return sender, nil
}

// openLinks reads the key of the links in digests. An instance without mail also answers them, since another one may have sent them.
func openLinks(ctx context.Context, s config.Settings, store collab.Store) (links delivery.Links, err error) {
	proposed := make([]byte, 32)
	_, _ = rand.Read(proposed) // it never fails
	text, err := store.DeploymentKey(ctx, keyOfLinks, base64.RawURLEncoding.EncodeToString(proposed))
	if err != nil {
		return links, err
	}
	key, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(key) != len(proposed) {
		return links, fmt.Errorf("the key %q in the database is damaged; restore it, or delete its row", keyOfLinks)
	}
	return delivery.Links{PublicURL: s.PublicURL, Key: key}, nil
}

// readerOf returns whose e-mail the token of a link ends; nil for a link that does not work any more.
func (s *Server) readerOf(ctx context.Context, token string) (*collab.Viewer, error) {
	orgID, userID, isTo, ok := s.links.Open(token)
	if !ok {
		return nil, nil
	}
	return s.Service.MailReader(ctx, orgID, userID, isTo)
}
