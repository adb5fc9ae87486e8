package main

import (
	"errors"
	"testing"
)

func TestParseEvent(t *testing.T) {
	const event = `{"id":"1","type":"next","payload":{"data":{"customerChanged":{"cursor":"AbC-_","version":12,"customer":{"id":"c","tags":[]}}}}}`
	got, err := parseEvent([]byte(event))
	if err != nil || string(got.cursor) != "AbC-_" || got.version != 12 {
		t.Errorf("got %q, %d, %v", got.cursor, got.version, err)
	}
}

func TestParseEventRefusesAllElse(t *testing.T) {
	for _, message := range []string{
		``,
		`{}`,
		`{"id":"1","type":"complete"}`,
		`{"id":"1","type":"error","payload":[{"message":"no"}]}`,
		`{"id":"1","type":"next","payload":{"errors":[{"message":"no"}],"data":null}}`,
		`{"id":"2","type":"next","payload":{"data":{"customerChanged":{"cursor":"A","version":12,"customer":{"id":"c"}}}}}`,
		`{"id":"1","type":"next","payload":{"data":{"customerChanged":{"cursor":"A","version":x,"customer":{"id":"c"}}}}}`,
		`{"id":"1","type":"next","payload":{"data":{"customerChanged":{"cursor":"A","version":12,"customer":{"id":"c"}}},"errors":[]}}`,
		`{"id":"1","type":"next","payload":{"data":{"customerChanged":{"cursor":"A","version":12,"customer":{"id":"c`,
	} {
		if e, err := parseEvent([]byte(message)); !errors.Is(err, errNoEvent) {
			t.Errorf("%s: got %+v, %v", message, e, err)
		}
	}
}
