package bandwidth

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
)

// Client performs operations. It is safe for concurrent use, and never changes.
type Client struct {
	wire      *wire
	auth      authorizer
	limiter   Limiter
	voice     string // the account's path of the voice API
	endpoints string // and of the API of endpoints
	shown     string
	logged    slog.Value
}

// New makes a client. It sends nothing: wrong credentials show with the first operation.
func New(c Config) (*Client, error) {
	if err := c.defaults(); err != nil {
		return nil, fmt.Errorf("new client: %w", err)
	}
	account := "/accounts/" + url.PathEscape(c.AccountID)
	client := &Client{
		wire: &wire{
			http: still(c.HTTP), timeout: c.Timeout, attempts: c.Attempts, clock: c.Clock, sleep: c.Sleep,
			jitter: jitter, hide: concealer(c.Password, c.ClientSecret),
		},
		limiter: c.Limiter,
		voice:   c.BaseURL + account, endpoints: c.EndpointsURL + account,
		shown: c.String(), logged: c.LogValue(),
	}
	if c.Username != "" {
		client.auth = newBasic(c.Username, c.Password)
	} else {
		client.auth = newOAuth(client.wire, &c)
	}
	return client, nil
}

// CloseIdleConnections closes the connections that wait for another request. The client can still be used.
func (c *Client) CloseIdleConnections() { c.wire.http.CloseIdleConnections() }

// String describes the client without its secrets.
func (c *Client) String() string {
	if c == nil {
		return "bandwidth.Client(nil)"
	}
	return strings.Replace(c.shown, "Config", "Client", 1)
}

// GoString is String, so that %#v hides the secrets too.
func (c *Client) GoString() string { return c.String() }

// Format is String for every verb.
func (c *Client) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, c.String()) }

// LogValue is the client's configuration for a log, without its secrets.
func (c *Client) LogValue() slog.Value {
	if c == nil {
		return slog.Value{}
	}
	return c.logged
}

// still copies an HTTP client and has it follow no redirects: one that led elsewhere would take the request along.
func still(given *http.Client) *http.Client {
	var c http.Client
	if given != nil {
		c = *given
	} else if t, ok := http.DefaultTransport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = 32
		c.Transport = t
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

func concealer(secrets ...string) func(string) string {
	return func(text string) string {
		for _, secret := range secrets {
			if secret != "" {
				text = strings.ReplaceAll(text, secret, hidden)
			}
		}
		return text
	}
}

// send performs r in as many attempts as it may have.
func (c *Client) send(ctx context.Context, r *request) error {
	if r.invalid != nil {
		return &Error{Operation: r.operation, Type: "validation", cause: r.invalid, unsent: true}
	}
	return c.wire.repeat(ctx, r, func(ctx context.Context) *Error { return c.attempt(ctx, r) })
}

// one performs a request whose answer is one thing.
func one[T any](ctx context.Context, c *Client, r *request) (*T, error) {
	var answer T
	if err := c.send(ctx, r.to(&answer)); err != nil {
		return nil, err
	}
	return &answer, nil
}

// attempt sends r once, or twice when the first was refused because its token is no longer good.
func (c *Client) attempt(ctx context.Context, r *request) *Error {
	if r.limited && c.limiter != nil {
		if err := c.limiter.Wait(ctx); err != nil {
			return &Error{Operation: r.operation, cause: fmt.Errorf("wait for the limiter: %w", err), unsent: true}
		}
	}
	p, err := c.auth.pass(ctx)
	if err != nil {
		return &Error{Operation: r.operation, cause: err, unsent: true}
	}
	e := c.wire.exchange(ctx, r, p.header)
	if e == nil || e.Status != http.StatusUnauthorized || !c.auth.renew(p) {
		return e
	}
	if p, err = c.auth.pass(ctx); err != nil {
		e.cause = err
		return e
	}
	return c.wire.exchange(ctx, r, p.header)
}

// get reads path of the voice API.
func (c *Client) get(operation string, path ...string) *request {
	return at(c.voice, path).is(operation, http.MethodGet).twice()
}

// at makes a request of a path below base. Its elements are names and ids in turn; an id cannot change the path.
func at(base string, path []string) *request {
	r := &request{}
	for i, element := range path {
		if i%2 == 1 && (element == "" || dots(element)) {
			field := strings.TrimSuffix(path[i-1], "s") + "Id"
			r.invalid = &InvalidError{Field: field, Value: element, Legal: "an id of Bandwidth's"}
		}
		base += "/" + url.PathEscape(element)
	}
	r.url = base
	return r
}

// dots reports whether a path element would be taken for a direction.
func dots(element string) bool { return element == "." || element == ".." }

func (r *request) is(operation, method string) *request {
	r.operation, r.method = operation, method
	return r
}

// twice says that doing it twice is doing it once.
func (r *request) twice() *request {
	r.repeatable = true
	return r
}

func (r *request) to(into any) *request {
	r.into = into
	return r
}

// with adds query parameters.
func (r *request) with(query url.Values) *request {
	if len(query) > 0 {
		r.url += "?" + query.Encode()
	}
	return r
}

// checked is what a request body or a filter knows of what is legal in it.
type checked interface{ check(*check) }

// checks has value checked, if the request is fine so far.
func (r *request) checks(value checked) *request {
	k := &check{}
	if value.check(k); r.invalid == nil && k.first != nil {
		r.invalid = k.first
	}
	return r
}

// json gives the request a body, after it was checked.
func (r *request) json(body checked) *request {
	if r.checks(body).invalid != nil {
		return r
	}
	r.contentType = "application/json"
	if r.body, r.invalid = json.Marshal(body); r.invalid != nil {
		r.invalid = fmt.Errorf("encode: %w", r.invalid)
	}
	return r
}

// maxDocument is the most bytes of a document, by Bandwidth's page on BXML.
const maxDocument = 64 << 10

// bxml gives the request a document.
func (r *request) bxml(document []byte) *request {
	if r.invalid == nil && (len(document) == 0 || len(document) > maxDocument) {
		r.invalid = &InvalidError{
			Field: "document", Value: fmt.Sprintf("%d bytes", len(document)), Legal: fmt.Sprintf("a BXML document of at most %d bytes", maxDocument),
		}
	}
	r.contentType, r.body = "application/xml", document
	return r
}
