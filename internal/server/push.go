package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tandem/internal/collab"
	"tandem/internal/config"
	"tandem/internal/webpush"
)

// keyOfPush is the name of the VAPID key in the database.
const keyOfPush = "vapid"

// A pusher is what Web Push needs.
type pusher struct {
	identity *webpush.Identity
	hosts    webpush.Hosts
}

// openPush reads the keys of Web Push from the settings, or else from the database, where the first instance leaves them.
func openPush(ctx context.Context, s config.Settings, store collab.Store) (*pusher, error) {
	push, err := readPush(s)
	if err != nil || push.identity != nil {
		return push, err
	}
	proposed, err := webpush.NewPrivateKey()
	if err != nil {
		return nil, err
	}
	private, err := store.DeploymentKey(ctx, keyOfPush, proposed)
	if err != nil {
		return nil, err
	}
	if push.identity, err = webpush.ParseIdentity(private, s.PushSubject(), time.Now); err != nil {
		return nil, fmt.Errorf("the key of Web Push in the database is damaged (%w); restore it, or set VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY", err)
	}
	return push, nil
}

// readPush reads what the settings have of Web Push. The identity is nil if they have no keys.
func readPush(s config.Settings) (push *pusher, err error) {
	push = &pusher{}
	if push.hosts, err = webpush.ParseHosts(s.PushHosts); err != nil {
		return nil, fmt.Errorf("PUSH_HOSTS must list hosts, for example push.example:8443,*.corp.example; %w", err)
	}
	push.hosts.Only = s.PushHostsOnly
	if s.VAPIDPrivateKey == "" {
		return push, nil
	}
	push.identity, err = webpush.ParseIdentity(s.VAPIDPrivateKey, s.PushSubject(), time.Now)
	switch {
	case err != nil:
		return nil, fmt.Errorf("VAPID_PRIVATE_KEY can't be used: %w", err)
	case s.VAPIDPublicKey != "" && !push.identity.Has(s.VAPIDPublicKey):
		return nil, errors.New("VAPID_PUBLIC_KEY is not the key of VAPID_PRIVATE_KEY: set both to one pair, or neither")
	}
	return push, nil
}

// offer returns what browsers may register, and what they are told.
func (p *pusher) offer(s config.Settings) collab.Push {
	return collab.Push{ShowsContent: s.PushContent, PublicKey: p.identity.PublicKey(), Check: p.hosts.CheckSubscription}
}
