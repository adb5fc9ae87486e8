package tracing

import (
	"math/rand/v2"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// A sampler decides which traces are sent. A client can't have more of its requests traced than the ratio: the decision
// depends neither on its flag alone, nor on the id of its trace, which it could choose. A client that does not want
// a trace gets none.
type sampler struct {
	ratio float64
	draw  func() float64 // from 0 to below 1
}

func newSampler(ratio float64) sampler { return sampler{ratio, rand.Float64} }

// ShouldSample decides for a span. Only the parent of a span of kind Server is from a client. Other parents are of this
// instance, or of the instance that announced a change, and have been decided.
func (s sampler) ShouldSample(p sdk.SamplingParameters) sdk.SamplingResult {
	parent := trace.SpanContextFromContext(p.ParentContext)
	sampled := parent.IsSampled()
	if fromClient := p.Kind == trace.SpanKindServer; fromClient || !parent.IsValid() {
		sampled = (sampled || !parent.IsValid()) && s.draw() < s.ratio
	}
	if sampled {
		return sdk.SamplingResult{Decision: sdk.RecordAndSample}
	}
	return sdk.SamplingResult{Decision: sdk.Drop}
}

// Description names the sampler.
func (s sampler) Description() string { return "tandem" }
