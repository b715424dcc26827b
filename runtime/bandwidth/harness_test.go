package bandwidth

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testUser     = "api-user"
	testPassword = "swordfish-password"
	testClient   = "client-7"
	testSecret   = "sesame-secret"
)

// seen is a request as the carrier got it.
type seen struct {
	Method, Path, Query, Type, Accept, Authorization, Agent, Body string
}

// carrier is a server that answers with a function, and keeps what it was asked.
type carrier struct {
	*httptest.Server
	mu   sync.Mutex
	seen []seen
}

// respond answers the request that came as number n, from 0.
type respond func(w http.ResponseWriter, r *http.Request, n int)

func newCarrier(t *testing.T, answer respond) *carrier {
	t.Helper()
	c := &carrier{}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(w, r, c.note(r))
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *carrier) note(r *http.Request) int {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, seen{
		r.Method, r.URL.EscapedPath(), r.URL.RawQuery, r.Header.Get("Content-Type"), r.Header.Get("Accept"),
		r.Header.Get("Authorization"), r.Header.Get("User-Agent"), string(body),
	})
	return len(c.seen) - 1
}

func (c *carrier) requests() []seen {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]seen(nil), c.seen...)
}

// naps are the waits between attempts; none takes time.
type naps struct {
	mu    sync.Mutex
	taken []time.Duration
}

func (n *naps) sleep(ctx context.Context, d time.Duration) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.taken = append(n.taken, d)
	return ctx.Err()
}

func testConfig(base string) Config {
	return Config{
		AccountID: "9900000", Username: testUser, Password: testPassword, BaseURL: base, EndpointsURL: base + "/brtc",
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

func newClient(t *testing.T, config Config) *Client {
	t.Helper()
	c, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	c.wire.jitter = func(most time.Duration) time.Duration { return most }
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// status answers with a status and a body.
func status(code int, body string) respond {
	return func(w http.ResponseWriter, _ *http.Request, _ int) {
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

// cut closes the connection without an answer.
func cut(http.ResponseWriter, *http.Request, int) { panic(http.ErrAbortHandler) }

func validCall() *CreateCall {
	return &CreateCall{To: "+15551234567", From: "+15557654321", ApplicationID: "app-1", AnswerURL: "https://voice.example.com/answer"}
}

func asError(t *testing.T, err error) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error is %T (%v), want *Error", err, err)
	}
	return e
}

// transport is a http.RoundTripper made of a function.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func leaks(text string) bool {
	for _, secret := range []string{testPassword, testSecret, "c3dvcmRmaXNo", newBasic(testUser, testPassword)()[6:], "tok-"} {
		if strings.Contains(text, secret) {
			return true
		}
	}
	return false
}
