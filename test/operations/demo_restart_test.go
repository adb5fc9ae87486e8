package operations_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"tandem/internal/eventually"
	"tandem/internal/servertest"
)

// The demo stops when its user asks for it, and is back at the same address with the same data; tokens stay valid.
func TestDemoRestart(t *testing.T) {
	t.Chdir(t.TempDir())
	at := servertest.Start(t, map[string]string{"AUTH_SECRET": ""})
	ada := signInToDemo(t, at, `{"person": "ada"}`)
	ada.Create(servertest.Object{"name": "Kept"})
	socket := ada.Connect()
	answer := servertest.Knock(t, http.MethodPost, at.URL+"/demo/restart", "")
	servertest.Want(t, "the answer", answer.StatusCode, http.StatusAccepted)
	servertest.Want(t, "the socket's end", socket.CloseCode(), 1012)
	eventually.True(t, "the instance is back", func() bool { return isReady(at.URL) })
	ada.Ask(`{ customers(filter: {search: "Kept"}) { totalCount } }`, nil).Is(`{"customers": {"totalCount": 1}}`)
}

func signInToDemo(t *testing.T, at *servertest.Instance, body string) *servertest.Person {
	t.Helper()
	var signed struct {
		Token string `json:"token"`
	}
	if err := json.Unmarshal([]byte(servertest.Knock(t, http.MethodPost, at.URL+"/demo/token", body).Text()), &signed); err != nil {
		t.Fatal(err)
	}
	return &servertest.Person{T: t, At: at, Token: signed.Token}
}

func isReady(url string) bool {
	client := http.Client{Timeout: time.Second}
	response, err := client.Get(url + "/readyz")
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK
}
