package transport

import (
	"fmt"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Bounds that hold for every transport.
const (
	// MaxOperations bounds the concurrent operations of one connection.
	MaxOperations = 1000
	// MaxID bounds the id of an operation, in bytes. Every event repeats it.
	MaxID = 256
	// LargeMessage is the size in bytes above which an operation counts as large: decoded, its JSON takes
	// many times as much.
	LargeMessage = 16 << 10
	// Chunk is the number of bytes that are written under one deadline to a slow reader.
	Chunk = 16 << 10
	// KernelBuffer bounds the bytes that the kernel buffers for a stalled reader. A low value slows down a
	// fast reader far away. A high value makes each stalled reader cost memory.
	KernelBuffer = 128 << 10
	// DrainWindow is the time over which a stopping instance closes its connections.
	DrainWindow = 2 * time.Second
	// DrainTick is the time between two batches.
	DrainTick = 100 * time.Millisecond
)

// LimitError returns the error for an operation beyond the bound of a connection.
func LimitError(most int) *gqlerror.Error {
	return &gqlerror.Error{
		Message:    fmt.Sprintf("a connection may have at most %d operations at a time; complete some first", most),
		Extensions: map[string]any{"code": "LIMIT_EXCEEDED"},
	}
}
