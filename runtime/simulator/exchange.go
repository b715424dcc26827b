package simulator

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// exchange is one request of a webhook and its answer.
type exchange struct {
	hook     *hook
	target   target
	fallback bool
	copy     bool          // nobody waits for the answer
	slow     time.Duration // the answer takes so much longer
}

func (c *Carrier) exchange(h *hook, fallback bool) *exchange {
	x := &exchange{hook: h, target: h.targets.primary, fallback: fallback}
	if fallback {
		x.target = h.targets.fallback
	}
	return x
}

// maxRedirects is how often a webhook is sent on with Choices.FollowRedirects.
const maxRedirects = 5

// do makes the round trip. It is called without the lock.
func (c *Carrier) do(ctx context.Context, x *exchange) answer {
	ctx, cancel := context.WithTimeout(ctx, x.hook.timeout)
	defer cancel()
	at := x.target.url
	for range maxRedirects {
		a, next := c.once(ctx, x, at)
		if next == nil || !c.cfg.Choices.FollowRedirects {
			return a
		}
		at = next
	}
	return answer{err: fmt.Errorf("more than %d redirects", maxRedirects)}
}

// once makes one request. Of an answer that points elsewhere it returns where.
func (c *Carrier) once(ctx context.Context, x *exchange, at *url.URL) (answer, *url.URL) {
	req, err := c.newRequest(ctx, x, at)
	if err != nil {
		return answer{err: err, connection: true}, nil
	}
	res, err := c.cfg.Transport.RoundTrip(req)
	if err != nil {
		return answer{err: reachable(err), connection: !expired(ctx, err)}, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, bxml.MaxBytes+1))
	if err != nil {
		return answer{err: &undelivered{fmt.Errorf("read the answer: %w", err), "connection lost"}}, nil
	}
	a := answer{status: res.StatusCode, body: body, url: at}
	if res.StatusCode/100 != 3 {
		return a, nil
	}
	next, err := at.Parse(res.Header.Get("Location"))
	if err != nil || res.Header.Get("Location") == "" {
		return a, nil
	}
	return a, next
}

func expired(ctx context.Context, err error) bool {
	var timeout net.Error
	return ctx.Err() != nil || errors.As(err, &timeout) && timeout.Timeout()
}

// undelivered is why a round trip failed: the error, for the feed, and the words of errorMessage.
type undelivered struct {
	error
	words string
}

func (u *undelivered) Unwrap() error { return u.error }

// wording says why a webhook failed, without what only we understand.
func wording(err error) string {
	if u := (*undelivered)(nil); errors.As(err, &u) {
		return u.words
	}
	return err.Error()
}

// reachable says why a round trip failed.
func reachable(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return errors.New("no answer in time")
	}
	words := "connection failed"
	var number syscall.Errno
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &number):
		words = number.Error()
	case errors.As(err, &name):
		words = "host not found"
	case errors.As(err, &certificate):
		words = "the certificate is not valid"
	}
	return &undelivered{err, words}
}

// newRequest builds the request as the page about webhooks describes it: JSON by POST, or the same members as parameters by GET,
// with HTTP Basic credentials when there are any, and no signature.
func (c *Carrier) newRequest(ctx context.Context, x *exchange, at *url.URL) (*http.Request, error) {
	u := *at
	var body io.Reader
	if x.target.method == http.MethodGet {
		query, err := c.query(x.hook.body)
		if err != nil {
			return nil, err
		}
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += query
	} else {
		body = bytes.NewReader(x.hook.body)
	}
	req, err := http.NewRequestWithContext(ctx, x.target.method, u.String(), body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/xml, text/xml")
	req.Header.Set("User-Agent", "bxmlflow-simulator")
	if x.target.user != "" || x.target.password != "" {
		req.SetBasicAuth(x.target.user, x.target.password)
	}
	return req, nil
}

// query writes an event as parameters.
func (c *Carrier) query(body []byte) (string, error) {
	var e event.Event
	if err := e.DecodeJSON(body); err != nil {
		return "", err
	}
	query := string(e.AppendCanonical(nil))
	if !c.cfg.Choices.OmitNested {
		return query, nil
	}
	var kept []string
	for part := range strings.SplitSeq(query, "&") {
		if name, _, _ := strings.Cut(part, "="); !strings.Contains(name, ".") {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&"), nil
}

// plainTransport is the default Transport: no proxy, no redirects.
func plainTransport() http.RoundTripper {
	return &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second, MaxIdleConnsPerHost: 16, IdleConnTimeout: time.Minute,
	}
}
