package servertest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// SendRaw sends a request byte by byte, and returns the answer as it came.
func SendRaw(t testing.TB, at *Instance, request string) string {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(at.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(Patience))
	if _, err := conn.Write([]byte(request)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

const (
	ListedQuery  = `query Me { viewer { user { id } } }`
	ListedRename = `mutation Hide { setPresenceHidden(hidden: true) { user { id } } }`
)

// Hash is the id of a document as Apollo, urql and Relay make it.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// ListOf writes a list of documents, and returns the settings that name it.
func ListOf(t testing.TB, content any) map[string]string {
	t.Helper()
	settings := Embedded(t)
	settings["PERSISTED_DOCUMENTS"] = filepath.Join(t.TempDir(), "documents.json")
	encoded, ok := content.(string)
	if !ok {
		b, _ := json.Marshal(content)
		encoded = string(b)
	}
	if err := os.WriteFile(settings["PERSISTED_DOCUMENTS"], []byte(encoded), 0o600); err != nil {
		t.Fatal(err)
	}
	return settings
}

// Manifest is a list as Apollo's generate-persisted-query-manifest writes it.
func Manifest() Object {
	return Object{"format": "apollo-persisted-query-manifest", "version": 1, "operations": []Object{
		{"id": Hash(ListedQuery), "name": "Me", "type": "query", "body": ListedQuery},
		{"id": "follow-1", "name": "Follow", "type": "subscription", "body": Follows},
		{"id": Hash(ListedRename), "name": "Hide", "type": "mutation", "body": ListedRename},
	}}
}
