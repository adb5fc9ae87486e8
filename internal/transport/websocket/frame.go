package websocket

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/gobwas/ws"

	"tandem/internal/engine"
	"tandem/internal/transport"
)

// maxMessage bounds a client's message, in bytes, with all of its fragments. A larger one closes the
// connection with 1009.
const maxMessage = 1 << 20

const (
	// maxEarlyMessage bounds a message before connection_ack, in bytes. It only has to hold a token.
	maxEarlyMessage = 64 << 10
	// maxEarlyMessages bounds the number of messages before connection_ack.
	maxEarlyMessages = 8
	// maxPingPayload bounds the payload of a ping or pong, in bytes. The server sends a ping's back.
	maxPingPayload = 1 << 10
)

// A closeError closes the connection with a code and a reason.
type closeError struct {
	code   ws.StatusCode
	reason string
}

func (e *closeError) Error() string { return e.reason }

// closeWith returns the error that closes a connection with a code whose reason is always the same.
func closeWith(code ws.StatusCode) *closeError { return &closeError{code, transport.ReasonOf(code)} }

var (
	errProtocol = closeWith(transport.CloseProtocolError)
	errNotUTF8  = &closeError{transport.CloseNotUTF8, "a text message must be UTF-8"}
	errInflate  = &closeError{transport.CloseNotUTF8, "a compressed message can't be decompressed"}
	errBinary   = &closeError{transport.CloseBadMessage, "messages must be text"}
)

// tooLarge returns the error for a message of more than most bytes.
func tooLarge(most int) *closeError {
	return &closeError{transport.CloseTooBig, fmt.Sprintf("a message may have at most %d kB", most>>10)}
}

// errGoodbye ends the reader of a connection that the client closed.
var errGoodbye = errors.New("the client closed the connection")

// A reader reads a client's messages. It has no buffer between messages, so an idle connection costs
// little.
type reader struct {
	from   io.Reader
	header [ws.MaxHeaderSize]byte
	// inflates reports whether the client may compress its messages.
	inflates bool
	// most bounds a message, in bytes, before and after it is decompressed.
	most int
	// room, if set, is called before a message takes more than transport.LargeMessage bytes. An error
	// closes the connection.
	room func() error
	// control is called with each control frame, also between the fragments of a message.
	control func(op ws.OpCode, payload []byte) error
}

// message returns the next text message. The error is a *closeError if the server has to close the
// connection; any other error means that the connection is gone.
func (r *reader) message() ([]byte, error) {
	var message []byte
	compressed := false
	for begun := false; ; {
		header, err := ws.ReadHeaderBuffer(r.from, r.header[:])
		if err != nil {
			return nil, frameError(err)
		}
		if err := r.checkHeader(header, begun, len(message)); err != nil {
			return nil, err
		}
		if header.OpCode.IsControl() {
			payload, err := r.payload(nil, header)
			if err == nil {
				err = r.control(header.OpCode, payload)
			}
			if err != nil {
				return nil, err
			}
			continue
		}
		if begun, now := len(message), len(message)+int(header.Length); begun <= transport.LargeMessage && now > transport.LargeMessage && r.room != nil {
			if err := r.room(); err != nil {
				return nil, err
			}
		}
		if message, err = r.payload(message, header); err != nil {
			return nil, err
		}
		compressed = compressed || header.Rsv1()
		begun = true
		if header.Fin {
			return r.text(message, compressed)
		}
	}
}

// text returns the text of a complete message.
func (r *reader) text(message []byte, compressed bool) (text []byte, err error) {
	if compressed {
		room := r.room
		if len(message) > transport.LargeMessage {
			room = nil // it was called already
		}
		if message, err = inflate(message, r.most, room); err != nil {
			return nil, err
		}
	}
	if !utf8.Valid(message) {
		return nil, errNotUTF8
	}
	return message, nil
}

// readStep is the number of bytes to allocate for a frame before its payload arrives. More is allocated
// as it arrives.
const readStep = 16 << 10

// payload appends the payload of a frame.
func (r *reader) payload(dst []byte, header ws.Header) ([]byte, error) {
	begin := len(dst)
	for left := int(header.Length); left > 0; {
		n := min(left, max(readStep, len(dst)-begin))
		dst = slices.Grow(dst, n)[:len(dst)+n]
		if _, err := io.ReadFull(r.from, dst[len(dst)-n:]); err != nil {
			return nil, err
		}
		left -= n
	}
	ws.Cipher(dst[begin:], header.Mask, 0)
	return dst, nil
}

// checkHeader returns an error for a frame that is not allowed. begun reports whether it continues a
// message, of which bytes have arrived.
func (r *reader) checkHeader(h ws.Header, begun bool, bytes int) error {
	mayCompress := r.inflates && !begun && h.OpCode.IsData()
	switch {
	case !h.Masked || h.Rsv2() || h.Rsv3() || h.Rsv1() && !mayCompress || h.OpCode.IsReserved():
		return errProtocol
	case h.OpCode.IsControl():
		if !h.Fin || h.Length > ws.MaxControlFramePayloadSize {
			return errProtocol
		}
		return nil
	case begun != (h.OpCode == ws.OpContinuation):
		return errProtocol
	case h.OpCode == ws.OpBinary:
		return errBinary
	case h.Length > int64(r.most-bytes):
		return tooLarge(r.most)
	}
	return nil
}

// frameError distinguishes a malformed header from a connection that is gone.
func frameError(err error) error {
	if errors.Is(err, ws.ErrHeaderLengthMSB) || errors.Is(err, ws.ErrHeaderLengthUnexpected) {
		return errProtocol
	}
	return err
}

// answerClose returns the code of the answer to a client's close frame (RFC 6455, 5.5.1 and 7.4).
func answerClose(payload []byte) ws.StatusCode {
	switch {
	case len(payload) == 0:
		return transport.CloseNormal
	case len(payload) == 1 || !utf8.Valid(payload[2:]):
		return transport.CloseProtocolError
	}
	code := ws.StatusCode(binary.BigEndian.Uint16(payload))
	if code.IsNotUsed() || code.IsProtocolReserved() || code.IsProtocolSpec() && !code.IsProtocolDefined() || code >= 5000 {
		return transport.CloseProtocolError
	}
	return code
}

// appendFrame appends one complete frame of the server.
func appendFrame(dst []byte, op ws.OpCode, parts ...[]byte) []byte {
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	dst = appendHeader(dst, op, 0, length)
	for _, part := range parts {
		dst = append(dst, part...)
	}
	return dst
}

// rsv1 marks a message that is compressed (RFC 7692, 6).
const rsv1 = 0x40

// appendHeader appends the header of one complete frame of the server.
func appendHeader(dst []byte, op ws.OpCode, flags byte, length int) []byte {
	dst = append(dst, 0x80|flags|byte(op))
	switch {
	case length < 126:
		dst = append(dst, byte(length))
	case length <= 0xffff:
		dst = append(dst, 126)
		dst = binary.BigEndian.AppendUint16(dst, uint16(length))
	default:
		dst = append(dst, 127)
		dst = binary.BigEndian.AppendUint64(dst, uint64(length))
	}
	return dst
}

// frameEnd returns the first end of a frame at or after n. All frames are complete.
func frameEnd(frames []byte, n int) int {
	end := 0
	for end < n {
		switch frame := frames[end:]; frame[1] {
		case 127:
			end += 10 + int(binary.BigEndian.Uint64(frame[2:]))
		case 126:
			end += 4 + int(binary.BigEndian.Uint16(frame[2:]))
		default:
			end += 2 + int(frame[1])
		}
	}
	return end
}

// maxReason bounds the reason of a close frame, in bytes (RFC 6455, 5.5).
const maxReason = 123

// appendClose appends a close frame.
func appendClose(dst []byte, code ws.StatusCode, reason string) []byte {
	for len(reason) > maxReason || !utf8.ValidString(reason) {
		reason = reason[:min(len(reason)-1, maxReason)]
	}
	body := binary.BigEndian.AppendUint16(nil, uint16(code))
	return appendFrame(dst, ws.OpClose, body, []byte(reason))
}

// appendMessage appends a message in a frame of its own.
func appendMessage(dst []byte, m message) []byte {
	return appendFrame(dst, ws.OpText, engine.EncodeJSON(m))
}
