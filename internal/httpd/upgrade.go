package httpd

import (
	"net/http"

	"tandem/internal/collab"
)

// refuseLostUpgrades answers a WebSocket handshake whose Upgrade header a proxy has taken out. Without
// it the request looks like one that forgot to sign in, and a 401 sends people to look in the wrong place.
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
