package httpd

import (
	"net/http"

	"tandem/internal/collab"
)

// refuseLostUpgrades rejects a WebSocket handshake without the Upgrade header, which a proxy has removed.
// Otherwise it would get 401 as a request without credentials, which hides the cause.
func refuseLostUpgrades(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Sec-WebSocket-Key") != "" && r.Header.Get("Upgrade") == "" {
			w.Header().Set("Upgrade", "websocket")
			w.Header().Set("Connection", "Upgrade")
			writeError(w, r, http.StatusUpgradeRequired, collab.Errorf(collab.BadInput,
				"this WebSocket handshake has no Upgrade header: have the proxy in front of the server pass Upgrade and Connection"))
			return
		}
		next.ServeHTTP(w, r)
	})
}
