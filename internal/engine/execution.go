package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"tandem/internal/hub"
	"tandem/internal/requestid"
)

// start begins an execution. Its resolver connects the feed.
func (o *Operation) start(ctx context.Context, carry func(context.Context) context.Context, feed *hub.Feed) (*execution, error) {
	ctx, cancel := context.WithCancel(hub.WithFeed(requestid.OfExecution(carry(ctx)), feed))
	params := o.params
	opCtx, errs := o.exec.CreateOperationContext(graphql.StartOperationTrace(ctx), &params)
	if errs != nil {
		cancel()
		return nil, errs
	}
	ctx = graphql.WithOperationContext(ctx, opCtx)
	responses, ctx := o.exec.DispatchOperation(ctx, opCtx)
	feed.Operation = nameOf(opCtx)
	x := &execution{responses: responses, ctx: withRoot(ctx, opCtx), cancel: cancel, time: o.engine.config.RenderTime, show: o.engine.Show}
	if feed.Connected() {
		return x, nil
	}
	defer cancel()
	response := responses(ctx)
	if response == nil || len(response.Errors) == 0 {
		return nil, fmt.Errorf("the resolver of %s connected no feed", opCtx.Operation.Name)
	}
	return nil, response.Errors
}

// nameOf returns the name of an operation, or its field if it has none.
func nameOf(opCtx *graphql.OperationContext) string {
	if fields := RootFields(opCtx); opCtx.Operation.Name == "" && len(fields) > 0 {
		return fields[0].Name
	}
	return opCtx.Operation.Name
}

// withRoot adds the root field to the context of an event. gqlgen leaves it out, and the path of an
// error would then lack it.
func withRoot(ctx context.Context, opCtx *graphql.OperationContext) context.Context {
	fields := RootFields(opCtx)
	if len(fields) != 1 {
		return ctx
	}
	return graphql.WithFieldContext(ctx, &graphql.FieldContext{
		Object: rootTypes[opCtx.Operation.Operation], Field: fields[0], IsResolver: true,
	})
}

// execution renders the events of one operation.
type execution struct {
	responses graphql.ResponseHandler
	ctx       context.Context
	cancel    context.CancelFunc
	time      time.Duration // for one event
	show      func(context.Context, error) gqlerror.List
}

// Render executes the selection for the event that was pushed last. A panic that gqlgen does not
// catch becomes an error in this event.
func (x *execution) Render(context.Context) (payload []byte, failed bool) {
	return x.render(x.ctx)
}

// renderShared is Render for an event that other clients receive too: it continues when this
// execution's client leaves.
func (x *execution) renderShared() (payload []byte, failed bool) {
	return x.render(context.WithoutCancel(x.ctx))
}

func (x *execution) render(ctx context.Context) (payload []byte, failed bool) {
	defer func() {
		if cause := recover(); cause != nil {
			errs := x.show(x.ctx, fmt.Errorf("panic: %v\n%s", cause, debug.Stack()))
			payload, failed = encode(&graphql.Response{Errors: errs}), true
		}
	}()
	if x.time > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, x.time)
		defer cancel()
	}
	response := x.responses(ctx)
	return encode(response), response == nil || len(response.Errors) > 0
}

// Close ends the execution.
func (x *execution) Close() { x.cancel() }

// encode returns a copy of a response as JSON: gqlgen reuses the bytes of the response.
func encode(response *graphql.Response) []byte {
	if response == nil {
		return []byte(`{"data":null}`)
	}
	if len(response.Errors) == 0 && len(response.Extensions) == 0 {
		payload := make([]byte, 0, len(response.Data)+len(`{"data":}`))
		payload = append(payload, `{"data":`...)
		payload = append(payload, response.Data...)
		return NormalizeJSON(append(payload, '}'))
	}
	payload, err := json.Marshal(response)
	if err != nil {
		return []byte(`{"errors":[{"message":"the response can't be encoded","extensions":{"code":"INTERNAL"}}]}`)
	}
	return NormalizeJSON(payload)
}
