package tracing

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tandem/internal/requestid"
)

// header is the header of the W3C in which a client names its trace, and maxHeader how much of it is read: version 00 has 55
// bytes. Its companion tracestate, which clients may fill as they like, is ignored.
const (
	header    = "traceparent"
	maxHeader = 64
)

// parse returns ctx as part of the trace that a traceparent names. If it names none, ctx is returned as it is.
func parse(ctx context.Context, traceparent string) context.Context {
	if traceparent == "" || len(traceparent) > maxHeader {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{header: traceparent})
}

// write returns the traceparent of the span of ctx.
func write(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[header]
}

// Handler traces requests. The span of a request for a stream ends when its subscription has begun, and a socket has
// none: each of its operations is a trace of its own.
func (t *Tracer) Handler(next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Upgrade") != "" {
			next.ServeHTTP(w, r)
			return
		}
		ctx, span := t.tracer.Start(parse(r.Context(), r.Header.Get(header)), "HTTP "+method(r), trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		if span.IsRecording() {
			span.SetAttributes(attribute.String("http.request.method", method(r)), attribute.String("http.route", r.Pattern),
				attribute.String("tandem.request_id", requestid.From(ctx)))
			ctx = context.WithValue(ctx, requestKey{}, span)
			w = &statusWriter{w, span}
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// method returns the method of a request, if it is one that the route has. Clients can make up others.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodHead:
		return r.Method
	}
	return "_OTHER"
}

// requestKey is the key of the span of the HTTP request.
type requestKey struct{}

// A statusWriter notes the status of a response in its span.
type statusWriter struct {
	http.ResponseWriter
	span trace.Span
}

// WriteHeader begins the response.
func (w *statusWriter) WriteHeader(status int) {
	w.span.SetAttributes(attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		w.span.SetStatus(codes.Error, "")
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// An Operation describes an operation, without its variables and without its document.
type Operation struct {
	// Name is that of its metrics: the client's, or the beginning of the document's hash.
	Name, Type, Organization string
}

func (o Operation) options(began time.Time) []trace.SpanStartOption {
	return []trace.SpanStartOption{trace.WithTimestamp(began), trace.WithAttributes(attribute.String("graphql.operation.name", o.Name),
		attribute.String("graphql.operation.type", o.Type), attribute.String("tandem.organization", o.Organization))}
}

// Operation traces an operation until end is called with its status.
func (t *Tracer) Operation(ctx context.Context, o Operation) (traced context.Context, end func(status string, failed bool)) {
	traced, span := t.tracer.Start(ctx, o.Type+" "+o.Name, o.options(time.Now())...)
	return traced, func(status string, failed bool) { endOperation(span, status, failed) }
}

// Subscribed traces an attempt to subscribe, which has just ended, and ends the span of its HTTP request: what follows
// is the stream.
func (t *Tracer) Subscribed(ctx context.Context, o Operation, began time.Time, status string, failed bool) {
	_, span := t.tracer.Start(ctx, o.Type+" "+o.Name, o.options(began)...)
	endOperation(span, status, failed)
	if request, ok := ctx.Value(requestKey{}).(trace.Span); ok {
		request.End()
	}
}

func endOperation(span trace.Span, status string, failed bool) {
	span.SetAttributes(attribute.String("tandem.status", status))
	if failed {
		span.SetStatus(codes.Error, status)
	}
	span.End()
}
