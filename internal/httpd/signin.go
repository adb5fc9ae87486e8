package httpd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/engine"
	"tandem/internal/transport"
)

var (
	// errNobody rejects a request without credentials.
	errNobody = collab.Errorf(collab.Unauthenticated, "sign in: send Authorization: Bearer <token>")
	// errElsewhere rejects a session cookie that the browser may have sent for a page of another site.
	// It does not count as a failed sign-in of the person.
	errElsewhere = collab.Errorf(collab.Unauthenticated, "a session cookie counts only from pages of this site, "+
		"or of an origin that is allowed (ALLOWED_ORIGINS): send Authorization: Bearer <token>")
)

// keysAfter is how long a client waits before it retries when its token could not be checked.
const keysAfter = 5 * time.Second

// SignInRefusals are the reasons for which credentials are rejected, as Count has them. A member who was removed has
// credentials that are accepted, so SignInRemoved is for the caller to count.
var SignInRefusals = []string{signInMissing, signInElsewhere, signInExpired, signInClaims, signInInvalid, SignInRemoved}

const (
	signInMissing   = "missing"   // there are none
	signInElsewhere = "elsewhere" // a cookie that came from a page of another site
	signInExpired   = "expired"
	signInClaims    = "claims"  // genuine, but without what they have to say, or for somebody else
	signInInvalid   = "invalid" // not genuine

	// SignInRemoved is for a person who was taken out of the organization.
	SignInRemoved = "removed"
)

// signInRefusal returns the reason for which credentials were rejected.
func signInRefusal(err error) string {
	_, expired := errors.AsType[*auth.Expired](err)
	switch {
	case err == errNobody:
		return signInMissing
	case err == errElsewhere:
		return signInElsewhere
	case expired:
		return signInExpired
	case auth.Issued(err):
		return signInClaims
	}
	return signInInvalid
}

type (
	expiryKey  struct{} // when the credentials of a request expire
	refusalKey struct{} // why the credentials of an upgrade are rejected
)

// authenticate adds the claims of a request's credentials to its context, and rejects requests without
// valid credentials. An upgrade passes without them: connection_init may bring better ones.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := s.verify(r)
		switch {
		case err == nil:
			if r.Header.Get("Upgrade") == "" { // a socket has to send connection_init too
				s.Gate.signIn(r.Context())
			}
			r = r.WithContext(withToken(r.Context(), token))
		case r.Header.Get("Upgrade") != "" && r.Header.Get("Authorization") == "":
			r = r.WithContext(context.WithValue(r.Context(), refusalKey{}, err))
		default:
			s.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// verify checks the credentials of a request: its bearer token, or otherwise its session cookie. A
// browser sends cookies for a page of any site, so a cookie also needs an allowed origin.
func (s *Server) verify(r *http.Request) (auth.Token, error) {
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		return s.Verifier.Verify(r.Context(), authorization)
	}
	session, found := auth.FindSession(r)
	switch {
	case !found || !s.Verifier.TakesSessions():
		return auth.Token{}, errNobody
	case !s.cookiesCount(r):
		return auth.Token{}, errElsewhere
	}
	return s.Verifier.VerifySession(session)
}

// refuse answers a request whose credentials are rejected.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if busy := unchecked(err); busy != nil {
		s.Count.error(busy.Code)
		transport.WriteBusy(w, r, busy)
		return
	}
	if err = s.signInRefused(r.Context(), err); isBusy(err) {
		transport.WriteBusy(w, r, err)
		return
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	transport.WriteErrors(w, r, http.StatusUnauthorized, errorsOf(err)) // signInRefused has counted it
}

// unchecked returns the refusal of credentials that can't be checked at the moment, or nil if they
// were checked.
func unchecked(err error) *transport.Busy {
	if code := collab.CodeOf(err); code == collab.Unavailable {
		return &transport.Busy{Code: string(code), Message: err.Error(), After: keysAfter}
	}
	return nil
}

// init signs a socket in: with the credentials in the payload of connection_init, or otherwise with
// those of the upgrade. The context that it returns keeps nothing else of the upgrade request.
func (s *Server) init(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
	signedIn, err := s.signIn(ctx, payload)
	if busy := unchecked(err); busy != nil {
		return nil, time.Time{}, busy
	}
	if err != nil {
		s.Count.refused(refusedToken)
		return nil, time.Time{}, s.signInRefused(ctx, err)
	}
	s.Gate.pin(ctx)
	claims, _ := collab.ClaimsFrom(signedIn)
	expires, _ := signedIn.Value(expiryKey{}).(time.Time)
	return connectionOf(ctx, claims), expires, nil
}

// acknowledgement returns the function that makes the payload of connection_ack: the head of the log.
func (s *Server) acknowledgement(operations *engine.Engine) func(context.Context) map[string]any {
	return func(signedIn context.Context) map[string]any {
		asOf := operations.Head(signedIn)
		if asOf == "" {
			return nil
		}
		return map[string]any{"asOf": asOf}
	}
}

// connectionOf returns the context of a socket's operations, with the person and the address.
func connectionOf(ctx context.Context, claims collab.Claims) context.Context {
	kept := context.WithValue(context.Background(), addressKey{}, addressOf(ctx))
	return collab.WithClaims(collab.WithOrigin(kept, collab.OriginFrom(ctx)), claims)
}

// renew checks a fresh token for a socket. It must belong to the same person: the operations of the
// socket go on with it.
func (s *Server) renew(ctx context.Context, authorization string) (context.Context, time.Time, error) {
	signedIn, err := s.signIn(ctx, map[string]any{"authorization": authorization})
	if err != nil {
		if unchecked(err) == nil {
			err = s.signInRefused(ctx, err)
		}
		return nil, time.Time{}, err
	}
	was, _ := collab.ClaimsFrom(ctx)
	is, _ := collab.ClaimsFrom(signedIn)
	if is.UserID != was.UserID || is.OrganizationID != was.OrganizationID {
		return nil, time.Time{}, collab.Errorf(collab.Forbidden, "the fresh token is another person's; open another connection with it")
	}
	expires, _ := signedIn.Value(expiryKey{}).(time.Time)
	return connectionOf(ctx, is), expires, nil
}

// signIn returns the context of a socket with the claims of its credentials.
func (s *Server) signIn(ctx context.Context, payload map[string]any) (context.Context, error) {
	authorization, found, err := auth.InPayload(payload)
	if err != nil {
		return nil, err
	}
	if !found {
		refusal, _ := ctx.Value(refusalKey{}).(error)
		return ctx, refusal
	}
	token, err := s.Verifier.Verify(ctx, authorization)
	if err != nil {
		return nil, err
	}
	return withToken(ctx, token), nil
}

// signInRefused records a failed sign-in, with the context of the request or the upgrade, and returns
// the error for the client.
func (s *Server) signInRefused(ctx context.Context, err error) error {
	s.Count.error(string(collab.CodeOf(err)))
	s.Count.signInRefused(signInRefusal(err))
	if err == errNobody || err == errElsewhere {
		return err
	}
	if s.SignInRefused != nil {
		var claims collab.Claims
		if expired, ok := errors.AsType[*auth.Expired](err); ok {
			claims = expired.Claims
		}
		s.SignInRefused(ctx, claims, err.Error())
	}
	if auth.Issued(err) {
		return err // it is not a guess, so it does not count for the address
	}
	return s.Limiter.signIn(ctx, err)
}

func withToken(ctx context.Context, token auth.Token) context.Context {
	return context.WithValue(collab.WithClaims(ctx, token.Claims), expiryKey{}, token.ExpiresAt)
}

// bearer returns the person whose credentials came with a request, and when the credentials expire.
func bearer(ctx context.Context) (string, time.Time) {
	claims, _ := collab.ClaimsFrom(ctx)
	expires, _ := ctx.Value(expiryKey{}).(time.Time)
	return fmt.Sprintf("%q %q", claims.OrganizationID, claims.UserID), expires
}
