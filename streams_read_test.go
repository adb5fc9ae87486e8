package main

import (
	"bufio"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"strings"
)

// An sseEvent is one of an event stream, as an EventSource reads it.
type sseEvent struct{ event, id, data string }

// reader returns a function that reads the next event that has data, or else
// fails with why there is none.
func (r *response) reader() func() (sseEvent, error) {
	r.t.Helper()
	if kind := r.Header.Get("Content-Type"); r.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		r.t.Fatalf("got %s of %q: %s", r.Status, kind, r.text())
	}
	lines := bufio.NewReader(r.Body)
	id := ""
	return func() (e sseEvent, err error) {
		for hasData := false; ; {
			line, err := lines.ReadString('\n')
			if err != nil {
				return e, err
			}
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
			value = strings.TrimPrefix(value, " ")
			switch {
			case line == "\n" && hasData:
				e.id = id
				return e, nil
			case line == "\n":
				e = sseEvent{}
			case name == "event":
				e.event = value
			case name == "id":
				id = value
			case name == "data":
				e.data, hasData = value, true
			}
		}
	}
}

// event reads the next event, which there must be.
func event(r *response, read func() (sseEvent, error)) sseEvent {
	r.t.Helper()
	e, err := read()
	if err != nil {
		r.t.Fatal(err)
	}
	return e
}

// events reads what a subscription tells on an event stream of one or of many operations.
func (r *response) events() func() told {
	read := r.reader()
	return func() told {
		r.t.Helper()
		e, err := read()
		if err != nil {
			return r.lost(err)
		}
		if e.event == "complete" {
			return told{end: "complete"}
		}
		var response object
		if err := json.Unmarshal([]byte(e.data), &response); err != nil {
			r.t.Fatalf("%q: %v", e.data, err)
		}
		if payload, ok := response["payload"].(object); ok {
			want(r.t, "id", response["id"], "1")
			response = payload
		}
		got := heard(r.t, response)
		if got.end != "" {
			if last := event(r, read); last.event != "complete" {
				r.t.Errorf("got %+v after the errors, want complete", last)
			}
		}
		return got
	}
}

// parts reads what a subscription tells in the parts of a response.
func (r *response) parts() func() told {
	r.t.Helper()
	want(r.t, "content type", r.Header.Get("Content-Type"), `multipart/mixed; boundary="graphql"; subscriptionSpec="1.0"`)
	parts := multipart.NewReader(r.Body, "graphql")
	return func() told {
		r.t.Helper()
		for {
			part, err := parts.NextPart()
			if err != nil {
				return r.lost(err)
			}
			var message object
			if err := json.NewDecoder(part).Decode(&message); err != nil {
				return r.lost(err)
			}
			payload, hasPayload := message["payload"]
			switch {
			case !hasPayload && len(message) == 0: // a heartbeat
				continue
			case payload == nil:
				return refusal(message["errors"])
			}
			return heard(r.t, payload.(object))
		}
	}
}
