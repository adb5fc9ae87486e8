package config

import (
	"maps"
	"strings"
	"testing"
)

func TestSettingsOfTraces(t *testing.T) {
	t.Parallel()
	for name, values := range map[string]map[string]bool{
		"OTEL_EXPORTER_OTLP_ENDPOINT": {
			"http://localhost:4318": true, "https://otlp.example/base/": true, "": true, "http://[::1]:4318": true,
			"localhost:4318": false, "grpc://localhost:4317": false, "http://": false, "https://otlp.example?key=1": false,
			"https://ada:secret@otlp.example": false, "https://otlp.example/v1/traces": false, "https://otlp.example/v1/traces/": false,
		},
		"OTEL_EXPORTER_OTLP_HEADERS": {
			"api-key=secret": true, "authorization=Basic%20c2VjcmV0, x-team=": true, "": true,
			"api-key": false, "=secret": false, "a b=secret": false, "a=%zzsecret": false, "a=secret,": false, "a=%0Asecret": false,
		},
		"OTEL_TRACES_SAMPLER_ARG": {"0": true, "1": true, "0.25": true, "1e-3": true, "-0.1": false, "1.1": false, "NaN": false, "a tenth": false, "10%": false},
	} {
		for value, fit := range values {
			_, err := Read(map[string]string{name: value})
			if (err == nil) != fit || err != nil && !strings.HasPrefix(err.Error(), name+" must ") {
				t.Errorf("%s=%s: got %v", name, value, err)
			}
			if err != nil && strings.Contains(err.Error(), "secret") && !strings.Contains(err.Error(), "api-key=secret,x-team") {
				t.Errorf("the error about %s has the secret: %v", name, err)
			}
		}
	}
}

func TestTracesAreSentBelowTheEndpoint(t *testing.T) {
	t.Parallel()
	s, err := Read(map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "https://otlp.example/base/", "OTEL_EXPORTER_OTLP_HEADERS": "authorization=Basic%20a=b, x-team = crm",
	})
	if err != nil || s.TracesURL() != "https://otlp.example/base/v1/traces" {
		t.Errorf("got %q, %v", s.TracesURL(), err)
	}
	if want := map[string]string{"authorization": "Basic a=b", "x-team": "crm"}; !maps.Equal(s.TraceHeaders(), want) {
		t.Errorf("got %q", s.TraceHeaders())
	}
	if s, err = Read(nil); err != nil || s.TracesURL() != "" || s.TraceRatio != 0.1 || s.ServiceName != "tandem" {
		t.Errorf("without settings: %q, %v of the requests, %q, %v", s.TracesURL(), s.TraceRatio, s.ServiceName, err)
	}
}
