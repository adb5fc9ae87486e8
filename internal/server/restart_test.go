package server

import (
	"context"
	"testing"
)

// Two clicks are one restart: the second one comes while the instance still stops for the first.
func TestARestartAnswersAllThatAskForIt(t *testing.T) {
	t.Parallel()
	r := newRestart()
	r.ask()
	<-r.asked // the instance stops
	r.ask()
	if !r.again(context.Background()) {
		t.Fatal("the instance does not start again")
	}
	select {
	case <-r.asked:
		t.Error("the instance that has just started stops again")
	default:
	}
	r.ask()
	select {
	case <-r.asked:
	default:
		t.Error("later, it can't be asked again")
	}
}
