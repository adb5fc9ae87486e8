package auth_test

import (
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"tandem/internal/auth"
)

// No input signs in a person who has no credentials for it, and none makes the verifier panic.
func FuzzCredentials(f *testing.F) {
	f.Add(issue(f, jwt.SigningMethodHS256, []byte(newSecret), nil, said(nil)))
	f.Add(issue(f, jwt.SigningMethodES256, ecKey(), kid("e"), said(nil)))
	f.Add(seal(f, plainName, jose.A256GCM, nil, said(nil)))
	f.Add(seal(f, plainName, jose.A256CBC_HS512, &jose.EncrypterOptions{Compression: jose.DEFLATE}, said(nil)))
	f.Add("eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0....")
	f.Add("....")
	f.Fuzz(func(t *testing.T, credential string) {
		v := verifier("", newSecret)
		token, err := v.Verify(t.Context(), "Bearer "+credential)
		if err == nil && token.Claims != ada {
			t.Errorf("let in %+v", token)
		}
		r := &http.Request{Header: http.Header{"Cookie": {plainName + "=" + credential}}}
		if session, found := auth.FindSession(r); found {
			if token, err := v.VerifySession(session); err == nil && token.Claims != ada {
				t.Errorf("let in %+v", token)
			}
		}
	})
}
