package collab

import (
	"context"
	"errors"
	"time"
)

const (
	// MaxBatch bounds the inputs of a batch.
	MaxBatch = 100
	// mostTogether bounds the inputs of a batch that are written in one transaction. A high value keeps the
	// other writers of the organization waiting for longer. A low value makes imports slow.
	mostTogether = 25
	// inputTime is how long an input of a batch is expected to take at most, also in a transaction of its own and on a busy machine.
	// Pushes wait for it for each input that is left, within leastPushWait and mostPushWait: with low values they have the number
	// of a part of the batch, and with high ones they come late.
	inputTime     = time.Second
	leastPushWait = 5 * time.Second
	mostPushWait  = 15 * time.Second
)

// An Answered is the answer to one input of a batch: what was saved, or the Problem that kept it from being saved.
type Answered struct {
	Saved   *Saved
	Problem error
}

// CreateAll makes entities, each like Create. The answers have the order of the inputs. After an error some of
// them may have been made: a client sends the batch again, with the same ClientMutationIDs.
func (s *Service) CreateAll(ctx context.Context, v *Viewer, ins []Create) ([]Answered, error) {
	return s.batch(ctx, v, ChangeCreate, len(ins),
		func(i int) *ID { return ins[i].ClientMutationID },
		func(i int) (Planned, error) { return s.planCreate(v, ins[i]) })
}

// UpdateAll merges patches into entities, in order, each like Update. Answers and errors are as for CreateAll.
func (s *Service) UpdateAll(ctx context.Context, v *Viewer, ins []Update) ([]Answered, error) {
	return s.batch(ctx, v, ChangeUpdate, len(ins),
		func(i int) *ID { return ins[i].ClientMutationID },
		func(i int) (Planned, error) { return s.planUpdate(ctx, v, ins[i]) })
}

// batch plans and writes inputs in order, as many in one transaction as may be. keys returns the ClientMutationID
// of an input.
func (s *Service) batch(ctx context.Context, v *Viewer, t ChangeType, size int, keys func(i int) *ID, plan func(i int) (Planned, error)) ([]Answered, error) {
	if size < 1 || size > MaxBatch {
		return nil, Errorf(BadInput, "inputs must have 1 to %d items; there are %d", MaxBatch, size)
	}
	b := &batch{service: s, viewer: v, answers: make([]Answered, size), places: newBatchPlaces(v, t, size, firstKey(size, keys), s.now())}
	for i := range size {
		planned, err := plan(i)
		if err == nil {
			err = checkClientMutationID(planned.Intent.ClientMutationID)
		}
		if err != nil {
			if err := b.answer(i, nil, err); err != nil {
				return nil, err
			}
			continue
		}
		if !b.step.takes(planned.Intent) {
			if err := b.write(ctx, size-i); err != nil {
				return nil, err
			}
		}
		b.step.add(i, b.places.mark(i, len(b.step.writes) == 0, planned))
	}
	return b.answers, b.write(ctx, 0)
}

// firstKey returns the first ClientMutationID of a batch, or nil.
func firstKey(size int, keys func(i int) *ID) *ID {
	for i := range size {
		if key := keys(i); key != nil {
			return key
		}
	}
	return nil
}

// A batch is one mutation with several inputs, under way.
type batch struct {
	service *Service
	viewer  *Viewer
	answers []Answered
	places  *batchPlaces
	step    batchStep
}

// answer sets the answer to an input. It returns an error that is not a Problem.
func (b *batch) answer(i int, saved *Saved, err error) error {
	if err == nil {
		b.answers[i].Saved = saved
		return nil
	}
	if _, is := errors.AsType[Problem](err); !is {
		return err
	}
	b.answers[i].Problem = err
	return nil
}

// write runs the writes of the step, and begins another one for the inputs that are left.
func (b *batch) write(ctx context.Context, left int) error {
	step := b.step
	b.step = batchStep{}
	if len(step.writes) == 0 {
		return nil
	}
	b.places.begin(left)
	outcomes, err := b.service.writeAll(ctx, step.writes)
	if err != nil {
		return err
	}
	b.places.commit()
	for n, outcome := range outcomes {
		var saved *Saved
		err := outcome.Err
		if err == nil {
			saved, err = b.service.saved(ctx, b.viewer, step.writes[n].Intent, outcome.Written)
		}
		if err := b.answer(step.inputs[n], saved, err); err != nil {
			return err
		}
	}
	return nil
}

// writeAll commits several writes, as many as a step has, and announces their changes.
func (s *Service) writeAll(ctx context.Context, writes []Planned) ([]Outcome, error) {
	if len(writes) == 1 {
		written, err := s.write(ctx, writes[0].Intent, writes[0].Decide)
		return []Outcome{{written, err}}, nil
	}
	for i := range writes {
		writes[i].Decide = withOrigin(ctx, writes[i].Decide)
	}
	outcomes, err := s.store.WriteAll(ctx, writes)
	for _, outcome := range outcomes {
		s.committed(ctx, outcome.Written)
	}
	return outcomes, err
}

// A batchStep is the writes of a batch that one transaction makes. They don't depend on one another.
type batchStep struct {
	inputs    []int
	writes    []Planned
	entities  map[ID]bool
	mutations map[ID]bool
	alone     bool // its only write locks the organization from the beginning
}

// takes reports whether a write may be added.
func (s *batchStep) takes(intent Intent) bool {
	switch {
	case len(s.writes) == 0:
		return true
	case len(s.writes) == mostTogether, s.alone, intent.Audited:
		return false
	case s.entities[intent.EntityID]:
		return false
	}
	return intent.ClientMutationID == nil || !s.mutations[*intent.ClientMutationID]
}

func (s *batchStep) add(input int, planned Planned) {
	s.inputs, s.writes = append(s.inputs, input), append(s.writes, planned)
	if s.entities == nil {
		s.entities, s.mutations = map[ID]bool{}, map[ID]bool{}
	}
	if id := planned.Intent.EntityID; id != "" {
		s.entities[id] = true
	}
	if id := planned.Intent.ClientMutationID; id != nil {
		s.mutations[*id] = true
	}
	s.alone = planned.Intent.Audited
}
