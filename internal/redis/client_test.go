package redis_test

import (
	"log/slog"
	"strings"
	"testing"

	"tandem/internal/redis"
	"tandem/internal/redistest"
)

func TestOpen(t *testing.T) {
	client, err := redis.Open(t.Context(), testURL(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Error(err)
	}
}

// A Redis that is not there is logged, without the password, and used once it is there.
func TestOpenWithoutRedis(t *testing.T) {
	server := redistest.Start(t)
	server.Kill()
	var logged strings.Builder
	client, err := redis.Open(t.Context(), strings.Replace(server.URL(), "//", "//:hunter2@", 1), slog.New(slog.NewTextHandler(&logged, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	if said := logged.String(); !strings.Contains(said, "Redis does not answer; the instance starts without it") || strings.Contains(said, "hunter2") {
		t.Errorf("it logged %q", said)
	}
	client, err = redis.Open(t.Context(), server.URL(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	server.Start()
	if err := client.Ping(t.Context()).Err(); err != nil {
		t.Error(err)
	}
}

// Every error says what to do, in one sentence and without the password.
func TestOpenRefuses(t *testing.T) {
	server := testURL(t)
	for _, test := range []struct{ name, url, want string }{
		{"nothing", "", "REDIS_URL must begin with redis://"},
		{"no scheme", "localhost:6379", "REDIS_URL must begin with redis://"},
		{"another scheme", "http://:hunter2@localhost", "REDIS_URL must begin with redis://"},
		{"a database that is not a number", "redis://:hunter2@localhost/tandem", "REDIS_URL is not a URL like"},
		{"a password with a #", "redis://:hunter2#@localhost", "REDIS_URL is not a URL like"},
		{"a password with a # after digits", "redis://:12#hunter2@localhost", "REDIS_URL is not a URL like"},
		{"a password with a %", "redis://:%hunter2@localhost", "REDIS_URL is not a URL like"},
		{"a password with a /", "redis://:/hunter2@localhost", "REDIS_URL is not a URL like"},
		{"a password with a ?", "redis://:1?hunter2@localhost", "REDIS_URL is not a URL like"},
		{"a password where none is asked for", strings.Replace(server, "//", "//tandem:hunter2@", 1), "refuses the user name or the password of REDIS_URL"},
		{"addresses of nobody knows what", "redis://:hunter2@localhost?addr=other:6379", "add master_name=NAME if they are Sentinels"},
		{"Sentinels and a cluster", "redis://:hunter2@localhost?master_name=tandem&cluster=true", "keep the one that fits"},
		{"Sentinels without a name", "redis://:hunter2@localhost?master_name=", "REDIS_URL is not a URL like"},
		{"Sentinels with an unknown parameter", "redis://:hunter2@localhost?master_name=tandem&nodes=3", "REDIS_URL is not a URL like"},
		{"a cluster that is none", "redis://:hunter2@localhost?cluster=false", "must be true, or absent"},
		{"a database of a cluster", "redis://:hunter2@localhost/3?cluster=true", "no numbered databases"},
		{"a node of a cluster without a port", "redis://:hunter2@localhost?cluster=true&addr=other", "REDIS_URL is not a URL like"},
		{"a database that is not there", strings.TrimSuffix(server, "/0") + "/99", "answers with an error"},
	} {
		t.Run(test.name, func(t *testing.T) {
			client, err := redis.Open(t.Context(), test.url, slog.New(slog.DiscardHandler))
			if err == nil {
				client.Close()
				t.Fatal("it was opened")
			}
			said := err.Error()
			if !strings.Contains(said, test.want) {
				t.Errorf("the error is %q, want %q", said, test.want)
			}
			if strings.Contains(said, "hunter2") || strings.Contains(said, "\n") {
				t.Errorf("the error is %q, which has the password in it, or lines", said)
			}
		})
	}
}
