package httpd

import (
	"encoding/json"
	"net/http"
)

// documentIDInURL moves the documentId of a URL to the extensions, since gqlgen's parameters lack it.
func documentIDInURL(r *http.Request) {
	query := r.URL.Query()
	id := query.Get("documentId")
	if r.Method != http.MethodGet || id == "" {
		return
	}
	extensions := map[string]json.RawMessage{}
	if given := query.Get("extensions"); given != "" && json.Unmarshal([]byte(given), &extensions) != nil {
		return // the request is rejected later
	}
	query.Set("extensions", string(withID(extensions, id)))
	copied := *r.URL
	copied.RawQuery = query.Encode()
	r.URL = &copied
}

func withID(extensions map[string]json.RawMessage, id string) json.RawMessage {
	if extensions == nil {
		extensions = map[string]json.RawMessage{}
	}
	extensions["documentId"], _ = json.Marshal(id)
	changed, _ := json.Marshal(extensions)
	return changed
}
