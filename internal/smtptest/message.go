package smtptest

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
)

// A Message is what arrived for one address.
type Message struct {
	From, To string // of the envelope
	UTF8     bool   // the sender asked for SMTPUTF8
	Header   mail.Header
	Subject  string // decoded
	// Types are the content types of the parts, in their order; Text and HTML are their contents, decoded.
	Types      []string
	Text, HTML string
	Raw        string
}

// read reads a message.
func read(from, to string, raw []byte) (Message, error) {
	m := Message{From: from, To: to, Raw: string(raw)}
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return m, err
	}
	m.Header = parsed.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return m, err
	}
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		return m, fmt.Errorf("it is %q, and not multipart/alternative (%w)", kind, err)
	}
	return m, m.readParts(multipart.NewReader(parsed.Body, params["boundary"]))
}

func (m *Message) readParts(parts *multipart.Reader) error {
	for {
		part, err := parts.NextRawPart()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if encoding := part.Header.Get("Content-Transfer-Encoding"); encoding != "quoted-printable" {
			return fmt.Errorf("a part is encoded as %q", encoding)
		}
		content, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		kind, params, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
		if err != nil || params["charset"] != "UTF-8" {
			return fmt.Errorf("a part is in %q (%w)", params["charset"], err)
		}
		m.Types = append(m.Types, kind)
		switch kind {
		case "text/plain":
			m.Text = string(content)
		case "text/html":
			m.HTML = string(content)
		}
	}
}
