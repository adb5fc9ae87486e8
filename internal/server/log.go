package server

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/99designs/gqlgen/graphql"

	"tandem/internal/collab"
	"tandem/internal/httpd"
	"tandem/internal/requestid"
	"tandem/internal/tracing"
)

// instanceName tells the log lines of several instances apart: the host and the process.
func instanceName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

// A requestLog adds to a line what its context says of the request: its id, the ids of the
// organization and the person that it is for, the operation, the region of its client, and the id of its trace. It adds no names of
// people and no content.
type requestLog struct{ slog.Handler }

// Handle writes a line.
func (l requestLog) Handle(ctx context.Context, line slog.Record) error {
	line = line.Clone()
	if id := requestid.From(ctx); id != "" {
		line.AddAttrs(slog.String("requestId", id))
	}
	if claims, ok := collab.ClaimsFrom(ctx); ok {
		line.AddAttrs(slog.String("organization", string(claims.OrganizationID)), slog.String("person", string(claims.UserID)))
	} else if scope, ok := collab.ScopeFrom(ctx); ok {
		line.AddAttrs(slog.String("organization", string(scope.OrgID)))
	}
	if name := operationName(ctx); name != "" {
		line.AddAttrs(slog.String("operation", name))
	}
	if region := httpd.RegionOf(ctx); region != "" {
		line.AddAttrs(slog.String("clientRegion", region))
	}
	if id := tracing.ID(ctx); id != "" {
		line.AddAttrs(slog.String("trace", id))
	}
	return l.Handler.Handle(ctx, line)
}

// maxLoggedName bounds the name of an operation in a line: clients choose it.
const maxLoggedName = 64

// operationName returns the name of the operation that ctx executes: the client's, or the name of its first field.
func operationName(ctx context.Context) string {
	if !graphql.HasOperationContext(ctx) {
		return ""
	}
	operation := graphql.GetOperationContext(ctx).Operation
	if operation == nil {
		return ""
	}
	name := operation.Name
	if name == "" {
		if fields := graphql.CollectFields(graphql.GetOperationContext(ctx), operation.SelectionSet, nil); len(fields) > 0 {
			name = fields[0].Name
		}
	}
	return name[:min(len(name), maxLoggedName)]
}

// WithAttrs returns a log whose lines all have attributes.
func (l requestLog) WithAttrs(attributes []slog.Attr) slog.Handler {
	return requestLog{l.Handler.WithAttrs(attributes)}
}

// WithGroup returns a log whose attributes are in a group.
func (l requestLog) WithGroup(name string) slog.Handler { return requestLog{l.Handler.WithGroup(name)} }
