package httpd

import (
	"context"
	_ "embed"
	"html/template"
	"net/http"
	"time"
)

//go:embed unsubscribe.html
var unsubscribeHTML string

var unsubscribePage = template.Must(template.New("unsubscribe.html").Parse(unsubscribeHTML))

// An unsubscribeAnswer is what the page of a link says. Only the question has a button.
type unsubscribeAnswer struct {
	Title, Text string
	Asks        bool
}

// unsubscribeTime bounds an attempt to end somebody's e-mail.
const unsubscribeTime = 10 * time.Second

// askToUnsubscribe shows a button that ends somebody's e-mail. Opening the link does not, since mail scanners open every link.
func askToUnsubscribe(w http.ResponseWriter, _ *http.Request) {
	writeUnsubscribe(w, http.StatusOK, unsubscribeAnswer{"Get no more e-mail?", "You will get no digests of your notifications any more.", true})
}

// unsubscribe ends somebody's e-mail: by the button, or by a mail program that the person told to (RFC 8058). The token is
// all that it needs, so the origin of the request does not matter, and neither does its body.
func (s *Server) unsubscribe(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), unsubscribeTime)
	defer cancel()
	switch works, err := s.Unsubscribe(ctx, r.URL.Query().Get("token")); {
	case err != nil:
		writeUnsubscribe(w, http.StatusServiceUnavailable, unsubscribeAnswer{
			Title: "That did not work", Text: "Something is wrong on our side. Try again in a few minutes.",
		})
	case !works:
		writeUnsubscribe(w, http.StatusNotFound, unsubscribeAnswer{
			Title: "This link does not work any more", Text: "Sign in, and choose what you get in your notification preferences.",
		})
	default:
		writeUnsubscribe(w, http.StatusOK, unsubscribeAnswer{
			Title: "You get no more e-mail", Text: "To get digests again, sign in and choose them in your notification preferences.",
		})
	}
}

func writeUnsubscribe(w http.ResponseWriter, status int, answer unsubscribeAnswer) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = unsubscribePage.Execute(w, answer)
}
