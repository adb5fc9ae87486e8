package httpd

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// CheckHeader is the header with which tandem check proves that it knows the database of the instance.
const CheckHeader = "Tandem-Check"

// checkValid is how long a proof is accepted before and after the second that it names.
const checkValid = time.Minute

// checkPause is the time between the two events of a stream, by which tandem check notices a proxy that keeps the first.
const checkPause = time.Second

// A Diagnosis answers tandem check. Others get 404, since an answer names addresses inside the deployment.
type Diagnosis struct {
	// Key is known to everybody who can read the database.
	Key []byte
	// Instance names this one.
	Instance string
}

// A SeenRequest is a request as an instance received it.
type SeenRequest struct {
	Version  string `json:"version"`
	Instance string `json:"instance"`
	Host     string `json:"host"`
	TLS      bool   `json:"tls"` // by X-Forwarded-Proto
	// Peer is the other end of the connection, PeerPort its port, and Trusted whether it is a trusted proxy.
	Peer     string `json:"peer"`
	PeerPort uint16 `json:"peerPort"`
	Trusted  bool   `json:"trusted"`
	// Forwarded is X-Forwarded-For, and Client the address by which the instance limits the client; "" for none.
	Forwarded string `json:"forwarded"`
	Client    string `json:"client"`
}

// Proof returns the value of CheckHeader at a time: the second, and its HMAC-SHA-256 with key.
func Proof(key []byte, at time.Time) string {
	second := strconv.FormatInt(at.Unix(), 10)
	sum := hmac.New(sha256.New, key)
	sum.Write([]byte("tandem check " + second))
	return second + "." + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

// accepts reports whether a request has a proof of about now.
func (d *Diagnosis) accepts(r *http.Request) bool {
	given := r.Header.Get(CheckHeader)
	second, _, _ := strings.Cut(given, ".")
	unix, err := strconv.ParseInt(second, 10, 64)
	if err != nil {
		return false
	}
	at := time.Unix(unix, 0)
	return time.Since(at).Abs() <= checkValid && hmac.Equal([]byte(given), []byte(Proof(d.Key, at)))
}

// diagnose answers with the request as it arrived, or with a stream of two events.
func (s *Server) diagnose(w http.ResponseWriter, r *http.Request) {
	switch {
	case !s.Diagnosis.accepts(r):
		http.NotFound(w, r)
	case r.URL.Query().Has("stream"):
		sendTwoEvents(w, r)
	default:
		peer, _ := netip.ParseAddrPort(r.RemoteAddr)
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(SeenRequest{
			Version: s.Version, Instance: s.Diagnosis.Instance, Host: r.Host, TLS: cameByTLS(r),
			Peer: peer.Addr().Unmap().String(), PeerPort: peer.Port(), Trusted: s.Limiter.trusts(peer.Addr().Unmap()),
			Forwarded: strings.Join(r.Header.Values("X-Forwarded-For"), ","), Client: s.Limiter.address(r),
		})
	}
}

// sendTwoEvents sends an event at once and another after checkPause.
func sendTwoEvents(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for i := range 2 {
		if i > 0 {
			select {
			case <-time.After(checkPause):
			case <-r.Context().Done():
				return
			}
		}
		fmt.Fprintf(w, "data: %d\n\n", i+1)
		_ = http.NewResponseController(w).Flush()
	}
}
