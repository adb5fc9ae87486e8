package auth_test

import (
	"fmt"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"tandem/internal/collab"
)

// Parts are put together by their numbers, and only if all are there.
func TestSessionsInParts(t *testing.T) {
	t.Parallel()
	plain, secure := seal(t, plainName, jose.A256GCM, nil, said(nil)), seal(t, secureName, jose.A256GCM, nil, said(nil))
	cut := func(n int) (parts [][2]string) {
		for i := range n {
			parts = append(parts, [2]string{fmt.Sprint(plainName, ".", i), plain[i*len(plain)/n : (i+1)*len(plain)/n]})
		}
		return parts
	}
	three, twelve := cut(3), cut(12)
	renamed := func(name string) [][2]string { return [][2]string{three[0], {name, three[1][1]}, three[2]} }
	nobody, refused := collab.BadInput, collab.Unauthenticated
	for name, tc := range map[string]struct {
		cookies [][2]string
		want    collab.Code
	}{
		"whole":                 {[][2]string{{plainName, plain}}, ""},
		"secure":                {[][2]string{{secureName, secure}}, ""},
		"the secure one counts": {[][2]string{{plainName, "nonsense"}, {secureName, secure}}, ""},
		"in order":              {three, ""},
		"in another order":      {[][2]string{three[2], three[0], three[1]}, ""},
		"more than ten":         {append(twelve[6:], twelve[:6]...), ""},
		"the first counts":      {[][2]string{{plainName, plain}, {plainName, "nonsense"}}, ""},
		"whole, and old parts":  {[][2]string{three[0], {plainName, plain}}, ""},
		"one is missing":        {[][2]string{three[0], three[2]}, refused},
		"one too many":          {[][2]string{{plainName + ".0", plain}, {plainName + ".2", "x"}}, refused},
		"the first is missing":  {three[1:], refused},
		"the last is missing":   {three[:2], refused},
		"one is empty":          {[][2]string{three[0], {plainName + ".1", ""}, three[2]}, refused},
		".01":                   {renamed(plainName + ".01"), refused},
		".+1":                   {renamed(plainName + ".+1"), refused},
		".1.1":                  {renamed(plainName + ".1.1"), refused},
		".x":                    {[][2]string{{plainName + ".x", plain}}, nobody},
		".-1":                   {[][2]string{{plainName + ".-1", plain}}, nobody},
		".999999999":            {[][2]string{{plainName + ".999999999", plain}}, nobody},
		"another suffix":        {[][2]string{{plainName + "x", plain}}, nobody},
		"another case":          {[][2]string{{"Authjs.session-token", plain}}, nobody},
		"of version 4":          {[][2]string{{"next-auth.session-token", plain}}, nobody},
		"empty":                 {[][2]string{{plainName, ""}}, nobody},
		"none":                  {nil, nobody},
	} {
		token, err := bring(t, verifier("", newSecret), tc.cookies...)
		if tc.want == "" && (err != nil || token.Claims != ada) || tc.want != "" && collab.CodeOf(err) != tc.want {
			t.Errorf("%s: got %+v, %v", name, token, err)
		}
	}
}
