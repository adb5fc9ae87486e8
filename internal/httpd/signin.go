package httpd

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"tandem/internal/auth"
	"tandem/internal/collab"
	"tandem/internal/transport"
)

var (
	// errNobody refuses a request without credentials.
	errNobody = collab.Errorf(collab.Unauthenticated, "sign in: send Authorization: Bearer <token>")
	// errElsewhere refuses a session cookie that a page of another site may have
	// made a browser send. It is no attempt of the person to sign in.
	errElsewhere = collab.Errorf(collab.Unauthenticated, "a session cookie counts only from pages of this site, "+
		"or of an origin that is allowed (ALLOWED_ORIGINS): send Authorization: Bearer <token>")
)

// keysAfter is when somebody comes back whose token could not be checked.
const keysAfter = 5 * time.Second

type (
	expiryKey  struct{} // until when the credentials of a request are good
	refusalKey struct{} // why those of an upgrade are not
)

// authenticate lets a request through with the claims of its credentials. A socket
// may bring better ones later, in connection_init, and is let through without.
func (c Config) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, err := c.verify(r)
		switch {
		case err == nil:
			if r.Header.Get("Upgrade") == "" { // a socket has to send connection_init too
				c.Gate.welcome(r.Context())
			}
			r = r.WithContext(withToken(r.Context(), token))
		case r.Header.Get("Upgrade") != "" && r.Header.Get("Authorization") == "":
			r = r.WithContext(context.WithValue(r.Context(), refusalKey{}, err))
		default:
			c.refuse(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// verify checks the credentials of a request: its bearer token, or else its
// session cookie. Only a browser sends a cookie by itself, whatever page asks it
// to, so only a cookie depends on where the request comes from.
func (c Config) verify(r *http.Request) (auth.Token, error) {
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		return c.Verifier.Verify(r.Context(), authorization)
	}
	session, found := auth.FindSession(r)
	switch {
	case !found || !c.Verifier.TakesSessions():
		return auth.Token{}, errNobody
	case !c.cookiesCount(r):
		return auth.Token{}, errElsewhere
	}
	return c.Verifier.VerifySession(session)
}

// refuse answers a request that can't be let in.
func (c Config) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if busy := unchecked(err); busy != nil {
		c.Count.error(busy.Code)
		transport.WriteBusy(w, r, busy)
		return
	}
	if err = c.signInRefused(r.Context(), err); isBusy(err) {
		transport.WriteBusy(w, r, err)
		return
	}
	w.Header().Set("WWW-Authenticate", "Bearer")
	transport.WriteErrors(w, r, http.StatusUnauthorized, errorsOf(err)) // signInRefused has counted it
}

// unchecked returns how credentials are refused that could not be checked for
// now, or nil if they were.
func unchecked(err error) *transport.Busy {
	if code := collab.CodeOf(err); code == collab.Unavailable {
		return &transport.Busy{Code: string(code), Message: err.Error(), After: keysAfter}
	}
	return nil
}

// init signs a socket in: by the payload of connection_init, or else by what the
// upgrade brought. The context that it returns holds nothing else of the upgrade
// request, which is long over.
func (c Config) init(ctx context.Context, payload map[string]any) (context.Context, time.Time, error) {
	signedIn, err := c.signIn(ctx, payload)
	if busy := unchecked(err); busy != nil {
		return nil, time.Time{}, busy
	}
	if err != nil {
		c.Count.refused(refusedToken)
		return nil, time.Time{}, c.signInRefused(ctx, err)
	}
	c.Gate.keep(ctx)
	claims, _ := collab.ClaimsFrom(signedIn)
	expires, _ := signedIn.Value(expiryKey{}).(time.Time)
	return connectionOf(ctx, claims), expires, nil
}

// connectionOf returns a context with what the operations of a socket need to
// know: who asks, and from where the socket was opened.
func connectionOf(ctx context.Context, claims collab.Claims) context.Context {
	kept := context.WithValue(context.Background(), addressKey{}, addressOf(ctx))
	return collab.WithClaims(collab.WithOrigin(kept, collab.OriginFrom(ctx)), claims)
}

// renew checks a fresh token for a socket. It has to be of the same person, or what
// runs on the socket would go on in the name of another.
func (c Config) renew(ctx context.Context, authorization string) (context.Context, time.Time, error) {
	signedIn, err := c.signIn(ctx, map[string]any{"authorization": authorization})
	if err != nil {
		if unchecked(err) == nil {
			err = c.signInRefused(ctx, err)
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
func (c Config) signIn(ctx context.Context, payload map[string]any) (context.Context, error) {
	authorization, found, err := auth.InPayload(payload)
	if err != nil {
		return nil, err
	}
	if !found {
		refusal, _ := ctx.Value(refusalKey{}).(error)
		return ctx, refusal
	}
	token, err := c.Verifier.Verify(ctx, authorization)
	if err != nil {
		return nil, err
	}
	return withToken(ctx, token), nil
}

// signInRefused is told of everybody who could not sign in, with the context of
// the request, or of the upgrade, and returns what to say of it. err is errNobody
// for those who did not try, and errElsewhere for what a page of another site did.
func (c Config) signInRefused(ctx context.Context, err error) error {
	c.Count.error(string(collab.CodeOf(err)))
	if err == errNobody || err == errElsewhere {
		return err
	}
	if c.SignInRefused != nil {
		var claims collab.Claims
		if expired, ok := errors.AsType[*auth.Expired](err); ok {
			claims = expired.Claims
		}
		c.SignInRefused(ctx, claims, err.Error())
	}
	if auth.Issued(err) {
		return err // no guess, so it counts against no address
	}
	return c.Limiter.signIn(ctx, err)
}

func withToken(ctx context.Context, token auth.Token) context.Context {
	return context.WithValue(collab.WithClaims(ctx, token.Claims), expiryKey{}, token.ExpiresAt)
}

// bearer returns the person whose credentials a request came with, and until when they are good.
func bearer(ctx context.Context) (string, time.Time) {
	claims, _ := collab.ClaimsFrom(ctx)
	expires, _ := ctx.Value(expiryKey{}).(time.Time)
	return fmt.Sprintf("%q %q", claims.OrganizationID, claims.UserID), expires
}
