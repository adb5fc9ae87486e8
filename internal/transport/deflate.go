package transport

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"sync"

	"github.com/gobwas/httphead"
	"github.com/gobwas/ws"
	"github.com/gobwas/ws/wsflate"
)

// deflateFrom is from which size on a payload is compressed for the connections
// that take it, in bytes. Below, a packet more or less is saved at most, and an
// event that few get would cost more than it brings.
const deflateFrom = 1024

// deflateWindow is the window of Go's compressor, in bits.
const deflateWindow = 15

// negotiate answers the offers of permessage-deflate (RFC 7692): the first one
// that can be met is taken. Neither side keeps a window from one message to the
// next, since what is compressed for all of a broadcast may refer to nothing that
// was sent to one; and an offer with a smaller window than Go's is declined.
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
	w, _ := flate.NewWriter(io.Discard, flate.BestSpeed) // a level that there is
	return w
}}

// deflate compresses a payload into blocks that end at a byte, none of which is
// the last one, and which refer to nothing before them. So any blocks may come
// before and after them in a message.
func deflate(payload []byte) []byte {
	w := deflaters.Get().(*flate.Writer)
	defer deflaters.Put(w)
	var out bytes.Buffer
	out.Grow(len(payload) / 2)
	w.Reset(&out)
	_, _ = w.Write(payload) // a buffer takes everything
	_ = w.Flush()
	return out.Bytes()
}

// appendDeflatedFrame appends a compressed message of three parts, the middle one
// of which is compressed already. The others are stored as they are. A message
// lacks the end of an empty block at its end, which the receiver puts there (RFC
// 7692, 7.2): the last byte is its beginning.
func appendDeflatedFrame(dst, before, deflated, after []byte) []byte {
	const stored = 5 // bytes before those of a block that is stored as it is
	dst = appendHeader(dst, ws.OpText, rsv1, stored+len(before)+len(deflated)+stored+len(after)+1)
	dst = appendStored(dst, before)
	dst = append(dst, deflated...)
	dst = appendStored(dst, after)
	return append(dst, 0)
}

// appendStored appends bytes as a block that is stored as it is (RFC 1951, 3.2.4);
// at most 64 kB, and an operation's id has far less.
func appendStored(dst, b []byte) []byte {
	dst = append(dst, 0)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(b)))
	dst = binary.LittleEndian.AppendUint16(dst, ^uint16(len(b)))
	return append(dst, b...)
}

var inflaters = sync.Pool{New: func() any { return flate.NewReader(bytes.NewReader(nil)) }}

// inflateEnd is what a compressed message lacks at its end, and an empty last block.
var inflateEnd = []byte{0x00, 0x00, 0xff, 0xff, 0x01, 0x00, 0x00, 0xff, 0xff}

// inflate returns a client's message as it was before it was compressed. What it
// becomes is bounded like any other message, whatever it promises. room, if not
// nil, is called before it becomes a large one.
func inflate(compressed []byte, most int, room func() error) ([]byte, error) {
	r := inflaters.Get().(io.ReadCloser)
	defer inflaters.Put(r)
	whole := io.MultiReader(bytes.NewReader(compressed), bytes.NewReader(inflateEnd))
	if err := r.(flate.Resetter).Reset(whole, nil); err != nil {
		return nil, errInflate
	}
	message, err := io.ReadAll(io.LimitReader(r, largeMessage+1))
	if err == nil && len(message) > largeMessage {
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
