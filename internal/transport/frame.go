package transport

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/gobwas/ws"
)

// maxMessage bounds a message of a client, in bytes, over all of its fragments.
// A larger one closes its connection with 1009.
const maxMessage = 1 << 20

const (
	// maxEarlyMessage bounds a message before the client has signed in, in bytes.
	// It only has to hold a token.
	maxEarlyMessage = 64 << 10
	// maxEarlyMessages bounds how many messages a client sends before it has signed in.
	maxEarlyMessages = 8
	// maxPingPayload bounds the payload of a ping or pong, in bytes. A ping's is sent back.
	maxPingPayload = 1 << 10
)

// A closeError is why a connection has to be closed, in the words of the protocol.
type closeError struct {
	code   ws.StatusCode
	reason string
}

func (e *closeError) Error() string { return e.reason }

var (
	errProtocol = &closeError{ws.StatusProtocolError, "a frame breaks RFC 6455"}
	errNotUTF8  = &closeError{ws.StatusInvalidFramePayloadData, "a text message must be UTF-8"}
	errInflate  = &closeError{ws.StatusInvalidFramePayloadData, "a compressed message can't be decompressed"}
	errBinary   = &closeError{closeBadMessage, "messages must be text"}
)

// tooLarge is why a connection is closed whose client sent a message of more bytes
// than it may.
func tooLarge(most int) *closeError {
	return &closeError{ws.StatusMessageTooBig, fmt.Sprintf("a message may have at most %d kB", most>>10)}
}

// errGoodbye ends the reading of a connection whose client closed it.
var errGoodbye = errors.New("the client closed the connection")

// A reader reads a client's messages. Between two of them it holds no buffer, so
// that an idle connection costs little.
type reader struct {
	from   io.Reader
	header [ws.MaxHeaderSize]byte
	// inflates tells that the client may compress its messages.
	inflates bool
	// most bounds a message, in bytes, before and after it is decompressed.
	most int
	// room, if set, is called before a message takes more than largeMessage bytes.
	// An error closes the connection.
	room func() error
	// control is called with each control frame, whenever it comes.
	control func(op ws.OpCode, payload []byte) error
}

// message returns the next text message. A *closeError says how the connection
// has to be closed; any other error is that it is gone.
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
		if begun, now := len(message), len(message)+int(header.Length); begun <= largeMessage && now > largeMessage && r.room != nil {
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

// text returns the text of a message that is complete.
func (r *reader) text(message []byte, compressed bool) (text []byte, err error) {
	if compressed {
		room := r.room
		if len(message) > largeMessage {
			room = nil // there is room already
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

// readStep is how much memory is taken for a frame before any of it has come. What
// a header announces is only believed as it arrives.
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

// checkHeader refuses a frame that may not come here. begun tells that a message
// of so many bytes is not complete yet.
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

// frameError tells a malformed header from a connection that is gone.
func frameError(err error) error {
	if errors.Is(err, ws.ErrHeaderLengthMSB) || errors.Is(err, ws.ErrHeaderLengthUnexpected) {
		return errProtocol
	}
	return err
}

// answerClose returns the code to answer a client's close frame with (RFC 6455, 5.5.1 and 7.4).
func answerClose(payload []byte) ws.StatusCode {
	switch {
	case len(payload) == 0:
		return ws.StatusNormalClosure
	case len(payload) == 1 || !utf8.Valid(payload[2:]):
		return ws.StatusProtocolError
	}
	code := ws.StatusCode(binary.BigEndian.Uint16(payload))
	if code.IsNotUsed() || code.IsProtocolReserved() || code.IsProtocolSpec() && !code.IsProtocolDefined() || code >= 5000 {
		return ws.StatusProtocolError
	}
	return code
}

// appendFrame appends one whole frame of the server.
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

// appendHeader appends the header of one whole frame of the server.
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

// frameEnd returns the first place from n on where one of the frames ends. frames
// are whole ones of the server.
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

// maxReason is how long the reason of a close frame may be, in bytes (RFC 6455, 5.5).
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
	return appendFrame(dst, ws.OpText, encodePlain(m))
}

// quote returns a text as JSON.
func quote(text string) []byte { return encodePlain(text) }
