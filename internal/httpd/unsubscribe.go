package httpd

import (
	"context"
	_ "embed"
	"html/template"
	"net/http"
	"time"

	"tandem/internal/collab"
)

//go:embed unsubscribe.html
var unsubscribeHTML string

var unsubscribePage = template.Must(template.New("unsubscribe.html").Parse(unsubscribeHTML))

// An Unsubscribe has what the links need that end e-mail.
type Unsubscribe struct {
	// ReaderOf returns whose e-mail the token of a link ends; nil for a link that does not work.
	ReaderOf func(ctx context.Context, token string) (*collab.Viewer, error)
	// Wants reports whether there is e-mail of the person to end.
	Wants func(ctx context.Context, reader *collab.Viewer) (bool, error)
	// End ends a person's e-mail.
	End func(ctx context.Context, reader *collab.Viewer) error
	// Product is the name of the product.
	Product string
	// PublicURL is where people open the application, without a slash at its end.
	PublicURL string
}

// An unsubscribeAnswer is what the page of a link says. Only the question has a button, and only the person whose link it is
// reads their name and address.
type unsubscribeAnswer struct {
	Title, Text   string
	Name, Address string
	Asks          bool
	Preferences   string
}

// unsubscribeTime bounds an attempt to end somebody's e-mail.
const unsubscribeTime = 10 * time.Second

// ask shows a button that ends somebody's e-mail, unless it has ended. Opening the link does not end it, since mail scanners open
// every link.
func (u *Unsubscribe) ask(w http.ResponseWriter, r *http.Request) {
	u.answer(w, r, func(ctx context.Context, reader *collab.Viewer) (unsubscribeAnswer, error) {
		if wants, err := u.Wants(ctx, reader); err != nil || !wants {
			return u.done(), err
		}
		return unsubscribeAnswer{Title: "Unsubscribe from e\u2011mails of " + u.Product + "?", Text: u.Product + " will no longer send digests of notifications to", Asks: true}, nil
	})
}

// end ends somebody's e-mail: by the button, or by a mail program that the person told to (RFC 8058). The token is
// all that it needs, so the origin of the request does not matter, and neither does its body.
func (u *Unsubscribe) end(w http.ResponseWriter, r *http.Request) {
	u.answer(w, r, func(ctx context.Context, reader *collab.Viewer) (unsubscribeAnswer, error) {
		return u.done(), u.End(ctx, reader)
	})
}

// done is the answer to the person whose e-mail has ended.
func (u *Unsubscribe) done() unsubscribeAnswer {
	return unsubscribeAnswer{Title: "You are unsubscribed", Text: u.Product + " no longer sends digests of notifications to"}
}

// answer answers with what work says to the person whose link it is.
func (u *Unsubscribe) answer(w http.ResponseWriter, r *http.Request, work func(context.Context, *collab.Viewer) (unsubscribeAnswer, error)) {
	ctx, cancel := context.WithTimeout(r.Context(), unsubscribeTime)
	defer cancel()
	status, answer := http.StatusOK, unsubscribeAnswer{}
	reader, err := u.ReaderOf(ctx, r.URL.Query().Get("token"))
	if err == nil && reader != nil {
		answer, err = work(ctx, reader)
		answer.Name, answer.Address = reader.User.Name, *reader.User.Email
	}
	switch {
	case err != nil:
		status, answer = http.StatusServiceUnavailable, unsubscribeAnswer{
			Title: "That did not work", Text: "Something went wrong on our side. Try again in a few minutes.",
		}
	case reader == nil:
		status, answer = http.StatusNotFound, unsubscribeAnswer{
			Title: "This link does not work any more", Text: "Sign in to " + u.Product + ", and choose what you get in your notification preferences.",
		}
	}
	answer.Preferences = u.PublicURL + "/inbox/preferences"
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_ = unsubscribePage.Execute(w, answer)
}
