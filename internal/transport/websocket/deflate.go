package websocket

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"

	"tandem/internal/transport"
)

// deflateFrom is the smallest payload, in bytes, that is compressed for connections that accept it.
// Compressing a smaller one saves at most a packet, and costs more than that for an event with few
// receivers.
const deflateFrom = 1024

// deflateWindow is the window of Go's compressor, in bits.
const deflateWindow = 15

// negotiate accepts the first offer of permessage-deflate (RFC 7692) that the server can meet. Neither
// side keeps its window between messages: a payload is compressed once for all receivers, so it can't
// refer to earlier messages to one of them. An offer with a smaller window than Go's is declined.
func negotiate(agreed *bool) func(httphead.Option) (httphead.Option, error) {
	return func(offer httphead.Option) (httphead.Option, error) {
		var p wsflate.Parameters
		if *agreed || string(offer.Name) != wsflate.ExtensionName || p.Parse(offer) != nil ||
			p.ServerMaxWindowBits.Defined() && p.ServerMaxWindowBits < deflateWindow {
			return httphead.Option{}, nil
		}
		*agreed = true
		return wsflate.Parameters{
			ServerNoContextTakeover: true, ClientNoContextTakeover: true, ServerMaxWindowBits: p.ServerMaxWindowBits,
		}.Option(), nil
	}
}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // the level is valid
	return w
}}

// deflate compresses a payload into byte-aligned, non-final blocks without back-references to
// earlier blocks. A message may have other blocks before and after them.
func deflate(payload []byte) []byte {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var out bytes.Buffer
	out.Grow(len(payload) / 2)
	w.Reset(&out)
	_, _ = w.Write(payload) // writing to a buffer does not fail
	_ = w.Flush()
	return out.Bytes()
}

// appendDeflatedFrame appends a compressed message of three parts: stored blocks around one that is
// compressed already. The message ends with the first byte of an empty block; the receiver appends the
// rest of it (RFC 7692, 7.2).
func appendDeflatedFrame(dst, before, deflated, after []byte) []byte {
	const stored = 5 // bytes of the header of a stored block
	dst = appendHeader(dst, ws.OpText, rsv1, stored+len(before)+len(deflated)+stored+len(after)+1)
	dst = appendStored(dst, before)
	dst = append(dst, deflated...)
	dst = appendStored(dst, after)
	return append(dst, 0)
}

// appendStored appends a stored block (RFC 1951, 3.2.4) of at most 64 kB. An operation's id is far
// shorter.
func appendStored(dst, b []byte) []byte {
	dst = append(dst, 0)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(b)))
	dst = binary.LittleEndian.AppendUint16(dst, ^uint16(len(b)))
	return append(dst, b...)
}

var inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// inflateEnd is the end that senders cut off a compressed message, and an empty final block.
var inflateEnd = []byte{0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff}

// inflate decompresses a client's message of at most most bytes. It calls room, if it is not nil, before
// the result takes more than transport.LargeMessage bytes.
func inflate(compressed []byte, most int, room func() error) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	whole := io.MultiReader(bytes.NewReader(compressed), bytes.NewReader(inflateEnd))
	if err := r.(flate.Resetter).Reset(whole, nil); err != nil {
		return nil, errInflate
	}
	message, err := io.ReadAll(io.LimitReader(r, transport.LargeMessage+1))
	if err == nil && len(message) > transport.LargeMessage {
		if room != nil {
			if err := room(); err != nil {
				return nil, err
			}
		}
		buffer := bytes.NewBuffer(message)
		_, err = buffer.ReadFrom(io.LimitReader(r, int64(most-len(message))+1))
		message = buffer.Bytes()
	}
	switch {
	case err != nil:
		return nil, errInflate
	case len(message) > most:
		return nil, tooLarge(most)
	}
	return message, nil
}
