package delivery

import (
	"bytes"
	_ "embed"
	"fmt"
	htmltemplate "html/template"
	"strconv"
	"strings"
	texttemplate "text/template"

	"tandem/internal/collab"
	"tandem/internal/smtp"
)

//go:embed digest.txt
var digestText string

//go:embed digest.html
var digestHTML string

var (
	textOfDigest = texttemplate.Must(texttemplate.New("digest.txt").Parse(digestText))
	htmlOfDigest = htmltemplate.Must(htmltemplate.New("digest.html").Parse(digestHTML))
)

// A digestPage is what the templates of a digest show.
type digestPage struct {
	Product, Heading string
	Lines            []digestLine
	// More tells how many notifications have no line; empty if all have one.
	More                            string
	Inbox, Preferences, Unsubscribe string
}

// A digestLine is a notification, as the inbox shows it. Its texts have one line each.
type digestLine struct{ Title, Body, When, URL string }

// message returns the e-mail of a digest.
func (d *Digester) message(job *collab.Job, c *collab.DigestContent) (smtp.Message, error) {
	page := digestPage{
		Product: d.Product, Heading: "1 notification",
		Inbox: d.Links.PublicURL + "/inbox", Preferences: d.Links.PublicURL + "/inbox/preferences",
		Unsubscribe: d.Links.Unsubscribe(job.OrgID, job.UserID, c.Address),
	}
	if c.Count > 1 {
		page.Heading = fmt.Sprintf("%d notifications", c.Count)
	}
	atLeast := ""
	if c.OrMore {
		page.Heading, atLeast = fmt.Sprintf("%d or more notifications", c.Count), "at least "
	}
	if more := c.Count - len(c.Notifications); more > 0 {
		page.More = atLeast + strconv.Itoa(more)
	}
	for _, n := range c.Notifications {
		page.Lines = append(page.Lines, digestLine{
			Title: oneLine(n.Title), Body: oneLine(n.Body), When: n.UpdatedAt.In(c.Zone).Format("2 January, 15:04 MST"), URL: d.Links.PublicURL + pathOf(n),
		})
	}
	var text, html bytes.Buffer
	if err := textOfDigest.Execute(&text, page); err != nil {
		return smtp.Message{}, err
	}
	if err := htmlOfDigest.Execute(&html, page); err != nil {
		return smtp.Message{}, err
	}
	return smtp.Message{
		ID: string(c.ID), To: c.Address, Owner: ownerOf(job), Subject: d.Product + ": " + page.Heading, Text: text.String(), HTML: html.String(), Date: d.Now(), Unsubscribe: page.Unsubscribe,
	}, nil
}

// oneLine returns a text without line breaks, so that no part of it looks like another notification.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
