package model

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// object is a JSON object, as requests and answers have it.
type object = map[string]any

// An answer is a GraphQL response, or the reason why there is none.
type answer struct {
	data object
	code string // of the first error; "" if there is none
	text string // the first error's message
	lost error  // there is no answer: whether anything was written is not known
}

// failed reports whether the operation has to be repeated: it got no answer, or the server was away.
func (a answer) failed() bool {
	return a.lost != nil || a.code == "UNAVAILABLE" || a.code == "TIMEOUT"
}

var httpClient = &http.Client{Timeout: 40 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 32}}

// ask sends an operation to an instance.
func ask(url, token, query string, variables object) answer {
	body, err := json.Marshal(object{"query": query, "variables": variables})
	if err != nil {
		panic(err)
	}
	request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, url+"/graphql", bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := httpClient.Do(request)
	if err != nil {
		return answer{lost: err}
	}
	defer response.Body.Close()
	encoded, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{lost: err}
	}
	return decode(encoded)
}

func decode(encoded []byte) answer {
	var decoded struct {
		Data   object
		Errors []struct {
			Message    string
			Extensions struct{ Code string }
		}
	}
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		return answer{lost: fmt.Errorf("%w in %.200q", err, encoded)}
	}
	a := answer{data: decoded.Data}
	if len(decoded.Errors) > 0 {
		a.code, a.text = decoded.Errors[0].Extensions.Code, decoded.Errors[0].Message
	}
	if a.data == nil && a.code == "" {
		a.lost = errors.New("the answer has neither data nor errors")
	}
	return a
}

// sign returns a token of a person.
func sign(org, user, name, role string) string {
	encode := func(v any) string {
		encoded, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(encoded)
	}
	now := time.Now()
	signed := encode(object{"alg": "HS256", "typ": "JWT"}) + "." + encode(object{
		"sub": user, "org": org, "role": role, "name": name, "iat": now.Unix(), "exp": now.Add(2 * time.Hour).Unix()})
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
