package config

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// TracesURL is where the collector takes traces, or "" if nothing is traced.
func (s Settings) TracesURL() string {
	if s.OTLPEndpoint == "" {
		return ""
	}
	return strings.TrimRight(s.OTLPEndpoint, "/") + "/v1/traces"
}

// TraceHeaders are the headers for the collector.
func (s Settings) TraceHeaders() map[string]string {
	headers := make(map[string]string, len(s.OTLPHeaders))
	for _, header := range s.OTLPHeaders {
		name, value, _ := strings.Cut(header, "=")
		headers[strings.TrimSpace(name)], _ = url.PathUnescape(strings.TrimSpace(value)) // checkTraces has tried
	}
	return headers
}

// headerValue matches what the value of a header may have.
var headerValue = regexp.MustCompile(`^[\t -~]*$`)

// checkTraces checks the settings of traces. Its errors leave out the headers, which may be secret, and a password of the URL.
func (s *Settings) checkTraces() error {
	if s.TraceRatio < 0 || s.TraceRatio > 1 || s.TraceRatio != s.TraceRatio {
		return fmt.Errorf("OTEL_TRACES_SAMPLER_ARG must be from 0 to 1, for example 0.1 to trace one request in ten; it is %v", s.TraceRatio)
	}
	for i, header := range s.OTLPHeaders {
		name, value, found := strings.Cut(header, "=")
		text, err := url.PathUnescape(strings.TrimSpace(value))
		if !found || err != nil || !headerName.MatchString(strings.TrimSpace(name)) || !headerValue.MatchString(text) {
			return fmt.Errorf("OTEL_EXPORTER_OTLP_HEADERS must list headers, for example api-key=secret,x-team=crm, with values percent-encoded; number %d is none", i+1)
		}
	}
	if s.OTLPEndpoint == "" {
		return nil
	}
	u, isURL := parseWebURL(s.OTLPEndpoint)
	switch {
	case strings.Contains(s.OTLPEndpoint, "@"):
		return errors.New("OTEL_EXPORTER_OTLP_ENDPOINT must have no user and password; put them into OTEL_EXPORTER_OTLP_HEADERS, for example authorization=Basic%20…")
	case !isURL || strings.ContainsAny(s.OTLPEndpoint, "?#"):
		return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT must be the address of a collector, for example http://localhost:4318; it is %q", s.OTLPEndpoint)
	case strings.HasSuffix(strings.TrimRight(u.Path, "/"), "/v1/traces"):
		return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT must end before /v1/traces, which the server appends; it is %q", s.OTLPEndpoint)
	}
	return nil
}
