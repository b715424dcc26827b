// Package fetch asks HTTP services for a flow. A flow builds its addresses and
// bodies from what a caller says, so the client trusts no address: it asks only
// hosts that the operator listed, connects only to public addresses unless the
// listed host is private, and takes only so much time and so many bytes.
package fetch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Failures of Do. What it returns wraps one of them. An answer of any status is
// none of them.
var (
	// ErrRefused says that the address, or one that it was redirected to, may
	// not be asked. Nothing was sent to it.
	ErrRefused = errors.New("host refused")
	// ErrNoAnswer says that no whole answer came in time.
	ErrNoAnswer = errors.New("no answer")
	// ErrTooLarge says that the answer is larger than allowed.
	ErrTooLarge = errors.New("answer too large")
	// ErrRequest says that the request cannot be sent as it is.
	ErrRequest = errors.New("bad request")
)

const (
	// DefaultTimeout is the time for a request, redirects and body included.
	DefaultTimeout = 2 * time.Second
	// MaxBody is the largest body of an answer in bytes, after decompression.
	MaxBody = 256 << 10

	maxHeaders   = 64 << 10 // bytes of an answer's headers
	maxRedirects = 3
	maxConns     = 64 // to a host, so that a slow one does not eat the process
)

// Request is what to ask.
type Request struct {
	Method  string // GET when empty
	URL     string
	Headers map[string]string
	Query   map[string]string // added to the URL's own, escaped
	JSON    any               // sent as the body when not nil
	Timeout time.Duration     // DefaultTimeout when 0
}

// Result is an answer.
type Result struct {
	Status int
	// Body is a string, or what the JSON holds: nil, bool, int, float64, string,
	// []any and map[string]any. JSON that cannot be read is given as a string.
	Body    any
	Headers map[string]string // by lower-case name
}

// Client asks services. It may be used concurrently. Create it with New.
type Client struct {
	rules []rule
	http  http.Client
	// open and guarded connect; guarded refuses addresses that are not public.
	open, guarded net.Dialer
}

// New returns a client for these hosts and no others. Proxies named in the
// environment are not used: they would resolve names in our place.
func New(hosts []Host) (*Client, error) {
	c := &Client{guarded: net.Dialer{Control: control}}
	for _, host := range hosts {
		r, err := parseHost(host)
		if err != nil {
			return nil, fmt.Errorf("fetch: %w", err)
		}
		c.rules = append(c.rules, r)
	}
	c.http = http.Client{
		CheckRedirect: c.redirect,
		Transport: &http.Transport{
			DialContext:            c.dial,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    maxConns / 4,
			MaxConnsPerHost:        maxConns,
			IdleConnTimeout:        30 * time.Second,
			MaxResponseHeaderBytes: maxHeaders,
		},
	}
	return c, nil
}

// Allows reports whether a host, "name" or "name:port", is among those that may be asked. One without a port stands for the
// ports 80 and 443 as well.
func (c *Client) Allows(host string) bool {
	u := &url.URL{Scheme: "https", Host: host}
	ports := []string{u.Port()}
	if u.Port() == "" {
		ports = append(ports, "80", "443")
	}
	name, ok := canonical(u.Hostname())
	return ok && slices.ContainsFunc(c.rules, func(r rule) bool {
		return slices.ContainsFunc(ports, func(port string) bool { return r.allows(name, port) })
	})
}

// Close closes idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Do sends the request and reads the answer. The error tells the host but not
// the rest of the address, which may hold what a caller said.
func (c *Client) Do(ctx context.Context, r *Request) (*Result, error) {
	timeout := r.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	request, err := c.prepare(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("fetch: %w", err)
	}
	result, err := c.send(request)
	if err != nil {
		return nil, fmt.Errorf("fetch %s://%s: %w", request.URL.Scheme, request.URL.Host, err)
	}
	return result, nil
}

// prepare builds the request and refuses what may not be asked.
func (c *Client) prepare(ctx context.Context, r *Request) (*http.Request, error) {
	u, err := url.Parse(r.URL)
	if err != nil {
		return nil, fmt.Errorf("%w: the address is no URL", ErrRefused)
	}
	if err := match(c.rules, u); err != nil {
		return nil, err
	}
	addQuery(u, r.Query)
	var body []byte
	if r.JSON != nil {
		if body, err = json.Marshal(r.JSON); err != nil {
			return nil, fmt.Errorf("%w: the body is no JSON: %w", ErrRequest, err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, u.String(), bytes.NewReader(body))
	if err != nil || !methods[request.Method] {
		return nil, fmt.Errorf("%w: method %q", ErrRequest, r.Method)
	}
	if r.JSON != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	request.Header.Set("User-Agent", "bxmlflow")
	return request, addHeaders(request.Header, r.Headers)
}

// methods are those that mean something to a flow.
var methods = map[string]bool{
	http.MethodGet: true, http.MethodHead: true, http.MethodPost: true,
	http.MethodPut: true, http.MethodPatch: true, http.MethodDelete: true,
}

// addHeaders refuses what would end a header and begin another.
func addHeaders(header http.Header, more map[string]string) error {
	for name, value := range more {
		if name == "" || strings.Trim(strings.ToLower(name), letters) != "" {
			return fmt.Errorf("%w: header name %q", ErrRequest, name)
		}
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }) {
			return fmt.Errorf("%w: header %s has a control character", ErrRequest, name)
		}
		header.Set(name, value)
	}
	return nil
}

// addQuery appends to the query as it is written: a service may care how.
func addQuery(u *url.URL, query map[string]string) {
	if len(query) == 0 {
		return
	}
	values := make(url.Values, len(query))
	for name, value := range query {
		values.Set(name, value)
	}
	u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+values.Encode(), "&")
}

func (c *Client) send(request *http.Request) (*Result, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return nil, failure(err)
	}
	defer response.Body.Close()
	body, err := read(response, MaxBody)
	if err != nil {
		return nil, failure(err)
	}
	return &Result{
		Status:  response.StatusCode,
		Body:    decode(response.Header.Get("Content-Type"), body),
		Headers: lower(response.Header),
	}, nil
}

// failure sorts an error of net/http, without the URL that it holds.
func failure(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if errors.Is(err, ErrRefused) || errors.Is(err, ErrTooLarge) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrNoAnswer, err)
}

// redirect follows to the same host only: another one may be told secrets in
// headers, or lie in a network of ours.
func (c *Client) redirect(next *http.Request, before []*http.Request) error {
	if len(before) > maxRedirects {
		return fmt.Errorf("%w: more than %d redirects", ErrRefused, maxRedirects)
	}
	first := before[0].URL
	if !strings.EqualFold(next.URL.Hostname(), first.Hostname()) {
		return fmt.Errorf("%w: redirected to another host", ErrRefused)
	}
	if first.Scheme == "https" && next.URL.Scheme != "https" {
		return fmt.Errorf("%w: redirected from https to %s", ErrRefused, next.URL.Scheme)
	}
	return match(c.rules, next.URL)
}

// dial connects to the host of a URL. The transport shares a connection only
// between requests to the same scheme, host and port, so a private host's is
// never used for another.
func (c *Client) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("%w: %q is no host and port", ErrRefused, address)
	}
	host, _ = canonical(host)
	for _, r := range c.rules {
		if r.private && r.allows(host, port) {
			return c.open.DialContext(ctx, network, address)
		}
	}
	return c.guarded.DialContext(ctx, network, address)
}
