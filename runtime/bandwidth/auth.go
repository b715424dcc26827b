package bandwidth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// leeway is how long before its expiry a token is renewed.
const leeway = 60 * time.Second

// maxLifetime bounds what is believed of a token's lifetime.
const maxLifetime = 24 * time.Hour

// pass is the value of an Authorization header.
type pass struct {
	header  string
	version int // of the token
}

// authorizer hands out passes. Secrets are held in closures, which show nothing when a struct around them is printed.
type authorizer interface {
	pass(ctx context.Context) (pass, error)
	// renew takes back a pass that was answered with 401, and reports whether another may be had.
	renew(pass) bool
}

// basic is Basic authentication.
type basic func() string

func newBasic(username, password string) basic {
	header := "Basic " + base64.StdEncoding.EncodeToString([]byte(username+":"+password))
	return func() string { return header }
}

func (b basic) pass(context.Context) (pass, error) { return pass{header: b()}, nil }

func (b basic) renew(pass) bool { return false }

// oauth holds the token of OAuth2 client credentials. One goroutine fetches it; the others wait for that.
type oauth struct {
	fetch func(context.Context) (token, error)
	clock func() time.Time

	mu      sync.Mutex
	current func() pass // nil before the first and after a refused one
	version int
	until   time.Time
	flight  *flight
}

// flight is a token being fetched. pass and err are written before done is closed.
type flight struct {
	done chan struct{}
	pass pass
	err  error
}

// token is the answer of the token endpoint.
type token struct {
	AccessToken string      `json:"access_token"`
	TokenType   string      `json:"token_type"`
	ExpiresIn   json.Number `json:"expires_in"` // s
}

func (o *oauth) pass(ctx context.Context) (pass, error) {
	o.mu.Lock()
	if o.current != nil && o.clock().Before(o.until) {
		defer o.mu.Unlock()
		return o.current(), nil
	}
	f := o.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		o.flight = f
		// The others that wait must not fail because the first of them gives up.
		go o.run(context.WithoutCancel(ctx), f)
	}
	o.mu.Unlock()
	select {
	case <-f.done:
		return f.pass, f.err
	case <-ctx.Done():
		return pass{}, ctx.Err()
	}
}

func (o *oauth) run(ctx context.Context, f *flight) {
	t, err := o.fetch(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	defer close(f.done)
	o.flight = nil
	if err != nil {
		f.err = err
		return
	}
	o.version++
	got := pass{header: "Bearer " + t.AccessToken, version: o.version}
	f.pass = got
	o.current, o.until = func() pass { return got }, o.clock().Add(t.usable())
}

func (o *oauth) renew(used pass) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if used.version == o.version {
		o.current = nil
	}
	return true
}

// usable is how long the token is used: until 60 s before its expiry, or half of a lifetime that is too short for that.
// A token without a lifetime is used for those who waited for it.
func (t token) usable() time.Duration {
	seconds, err := t.ExpiresIn.Float64()
	if err != nil || !(seconds > 0) {
		return 0
	}
	lifetime := maxLifetime
	if seconds < maxLifetime.Seconds() {
		lifetime = time.Duration(seconds * float64(time.Second))
	}
	return max(lifetime-leeway, min(lifetime/2, leeway))
}

func (t token) check() error {
	if t.AccessToken == "" {
		return errors.New("the answer has no access_token")
	}
	if strings.IndexFunc(t.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0 {
		return errors.New("the answer's access_token has characters that no header can carry")
	}
	if t.TokenType != "" && !strings.EqualFold(t.TokenType, "bearer") {
		return fmt.Errorf("the answer's token_type is %q; only Bearer is known", plain(t.TokenType))
	}
	return nil
}

// newOAuth makes the source of tokens. Fetching one twice does no harm, so it is repeated like a read.
func newOAuth(w *wire, c *Config) *oauth {
	credentials, url := newBasic(c.ClientID, c.ClientSecret), c.TokenURL
	fetch := func(ctx context.Context) (token, error) {
		var t token
		r := &request{
			operation: "token", method: http.MethodPost, url: url, repeatable: true, into: &t,
			contentType: "application/x-www-form-urlencoded", body: []byte("grant_type=client_credentials"),
		}
		err := w.repeat(ctx, r, func(ctx context.Context) *Error { return w.exchange(ctx, r, credentials()) })
		if err != nil {
			return t, err
		}
		if err := t.check(); err != nil {
			return t, &Error{Operation: r.operation, Status: http.StatusOK, cause: err}
		}
		return t, nil
	}
	return &oauth{fetch: fetch, clock: c.Clock}
}
