package collab

import "context"

// MaxPushSubscriptions bounds the browsers of a person that are sent messages.
const MaxPushSubscriptions = 20

// A PushStore keeps the browsers that are sent messages. Its writes have no position in the log, since a person's browsers
// concern nobody else.
type PushStore interface {
	// RegisterPush stores a subscription, and reports whether the person is a member; if not, it stores nothing. An endpoint
	// belongs to the person who registered it last, in any organization: an earlier subscription of somebody else is deleted,
	// with its jobs. If the person registered it before, it keeps its id and its jobs. It is sent the ends of the person's snoozes
	// that run, those first that end first, as many as MaxJobsPerBrowser leaves room for. Of more than MaxPushSubscriptions of a
	// person, the oldest are deleted.
	RegisterPush(ctx context.Context, orgID ID, s *PushSubscription) (bool, error)
	// RemovePush deletes the person's subscription of an endpoint, with its jobs, and reports whether there was one.
	RemovePush(ctx context.Context, orgID, userID ID, endpoint string) (bool, error)
	// DropPush deletes a subscription, with its jobs.
	DropPush(ctx context.Context, orgID, id ID) error
	// PushCheck returns what decides at a time on a JobPush, in one state; nil if its subscription is gone or is somebody else's, its
	// person is not a member, or its notification is gone.
	PushCheck(ctx context.Context, job *Job, now Time) (*PushCheck, error)
	// DeploymentKey returns the key of a name that all instances share. The first call with a proposed one stores it;
	// until then the key is "".
	DeploymentKey(ctx context.Context, name, proposed string) (string, error)
}

// A PushSubscription is a browser that is sent a person's messages.
type PushSubscription struct {
	ID       ID     `json:"id"`
	UserID   ID     `json:"userId"`
	Endpoint string `json:"endpoint"`
	// Host is that of the endpoint. The keys, which encrypt messages, are in no export.
	Host      string `json:"-"`
	P256dh    string `json:"-"`
	Auth      string `json:"-"`
	CreatedAt Time   `json:"createdAt"`
}

func (*PushSubscription) personal() {}

// A PushCheck is what decides on a JobPush.
type PushCheck struct {
	Waiting
	Subscription *PushSubscription
	Role         Role // of the person
	Preferences  *NotificationPreferences
	IsHidden     bool // the notification, from the person
	Grown        int  // how often the job had grown by what is here
	// PushContent is the choice of the person's organization; nil where the setting of the server holds.
	PushContent *bool
	// DueAt is when the job is due, or now if it is under way; nil if nothing of it waits.
	DueAt *Time
	// Behind are older notifications about the same record whose messages to the same browser are under way, are due within TurnTime, as that
	// of the next but one of several is, or failed and were not read since. Older ones have a lower position, so no two wait for each other.
	Behind []ID
}

// Push is what browsers are told, and what they may register.
type Push struct {
	// ShowsContent lets messages of organizations that did not choose name records and people, which a locked screen shows too.
	ShowsContent bool
	// PublicKey is the VAPID key for PushManager.subscribe: 65 bytes, base64url.
	PublicKey string
	// Check returns the host of a subscription's endpoint, or why the subscription can't be one.
	Check func(endpoint, p256dh, auth string) (host string, err error)
}

// OfferPush has the service accept subscriptions. It is called before the first request.
func (s *Service) OfferPush(push Push) { s.push = &push }

// PushPublicKey returns the VAPID key; nil if push is off.
func (s *Service) PushPublicKey() *string {
	if s.push == nil {
		return nil
	}
	return &s.push.PublicKey
}

// RegisterPush sends the viewer's messages to a browser too. The error is BadInput for what no browser has.
func (s *Service) RegisterPush(ctx context.Context, v *Viewer, endpoint, p256dh, auth string) error {
	if s.push == nil {
		return Errorf(BadInput, "push is off")
	}
	host, err := s.push.Check(endpoint, p256dh, auth)
	if err != nil {
		return Errorf(BadInput, "%s", err)
	}
	now := At(s.now())
	member, err := s.store.RegisterPush(ctx, v.Organization.ID, &PushSubscription{
		ID: NewID(prefixPush, now.Time), UserID: v.User.ID, Endpoint: endpoint, Host: host, P256dh: p256dh, Auth: auth, CreatedAt: now,
	})
	if err == nil && !member {
		return Errorf(Forbidden, "you are not a member of this organization")
	}
	return err
}

// RemovePush ends the viewer's messages to a browser, and reports whether it was sent any.
func (s *Service) RemovePush(ctx context.Context, v *Viewer, endpoint string) (bool, error) {
	return s.store.RemovePush(ctx, v.Organization.ID, v.User.ID, endpoint)
}
