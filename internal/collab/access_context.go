package collab

import "context"

type contextKey int

const (
	claimsKey contextKey = iota
	viewerKey
	scopeKey
	originKey
)

// WithClaims returns a context that carries the claims of a verified token.
func WithClaims(ctx context.Context, claims Claims) context.Context {
	return context.WithValue(ctx, claimsKey, claims)
}

// ClaimsFrom returns the claims that ctx carries.
func ClaimsFrom(ctx context.Context) (Claims, bool) {
	claims, ok := ctx.Value(claimsKey).(Claims)
	return claims, ok
}

// WithViewer returns a context that carries the viewer.
func WithViewer(ctx context.Context, v *Viewer) context.Context {
	return context.WithValue(ctx, viewerKey, v)
}

// ViewerFrom returns the viewer that ctx carries, or an Unauthenticated error.
func ViewerFrom(ctx context.Context) (*Viewer, error) {
	if v, ok := ctx.Value(viewerKey).(*Viewer); ok {
		return v, nil
	}
	return nil, Errorf(Unauthenticated, "sign in: send Authorization: Bearer <token>")
}

// WithScope returns a context that carries a scope without a viewer: for an execution whose result
// goes to everybody in the scope.
func WithScope(ctx context.Context, s Scope) context.Context {
	return context.WithValue(ctx, scopeKey, s)
}

// ScopeFrom returns the scope that WithScope put into ctx.
func ScopeFrom(ctx context.Context) (Scope, bool) {
	s, ok := ctx.Value(scopeKey).(Scope)
	return s, ok
}

// WithOrigin returns a context that carries where a request came from.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey, o)
}

// OriginFrom returns the origin that ctx carries, or an empty origin.
func OriginFrom(ctx context.Context) Origin {
	o, _ := ctx.Value(originKey).(Origin)
	return o
}
