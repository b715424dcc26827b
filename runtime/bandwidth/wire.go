package bandwidth

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// Bounds of what is read of an answer, in bytes. A page of calls holds up to 10000.
const (
	maxAnswer = 4 << 20
	maxPage   = 32 << 20
	maxDrain  = 64 << 10
)

const userAgent = "bxmlflow"

// request is one operation on its way: what is sent, what may be done with it, and where its answer goes.
type request struct {
	operation, method, url string
	contentType, accept    string
	body                   []byte
	repeatable             bool  // doing it twice is doing it once
	limited                bool  // it counts against the calls per second
	invalid                error // why it cannot be sent

	into   any           // the answer's JSON is decoded into it; nil when it has none
	most   int64         // bytes of the answer; 0 is maxAnswer
	media  bool          // the answer is handed out as stream
	stream io.ReadCloser // of media
	link   []string      // Link headers of the answer
}

// wire sends requests, one attempt at a time.
type wire struct {
	http     *http.Client
	timeout  time.Duration
	attempts int
	clock    func() time.Time
	sleep    func(context.Context, time.Duration) error
	jitter   func(time.Duration) time.Duration // at random, from 0 to its argument
	hide     func(string) string               // replaces secrets
}

// exchange sends r once and reads its answer.
func (w *wire) exchange(ctx context.Context, r *request, authorization string) *Error {
	if err := ctx.Err(); err != nil {
		return &Error{Operation: r.operation, cause: err, unsent: true}
	}
	watch := &watch{}
	limit := newDeadline(ctx, w.timeout)
	request, err := r.build(watch.follow(limit.ctx), authorization)
	if err != nil {
		limit.release()
		return &Error{Operation: r.operation, cause: err, unsent: true}
	}
	response, err := w.http.Do(request)
	if err != nil {
		defer limit.release()
		return r.unanswered(watch, limit, err)
	}
	if r.media && success(response.StatusCode) {
		limit.pause()
		r.stream = &stream{body: response.Body, limit: limit}
		return nil
	}
	defer limit.release()
	defer drain(response.Body)
	r.link = response.Header.Values("Link")
	body, err := bounded(response.Body, or(r.most, maxAnswer))
	if !success(response.StatusCode) {
		e := answered(r, response.StatusCode, body)
		e.RetryAfter = retryAfter(response.Header.Get("Retry-After"), w.clock())
		for _, text := range []*string{&e.Type, &e.Description, &e.ID} {
			*text = w.conceal(*text, authorization)
		}
		return e
	}
	return r.read(response.StatusCode, body, limit.explain(err))
}

func (r *request) build(ctx context.Context, authorization string) (*http.Request, error) {
	request, err := http.NewRequestWithContext(ctx, r.method, r.url, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Authorization", authorization)
	request.Header.Set("User-Agent", userAgent)
	request.Header.Set("Accept", or(r.accept, "application/json"))
	if r.contentType != "" {
		request.Header.Set("Content-Type", r.contentType)
	}
	return request, nil
}

// read takes the body of a 2xx. When it cannot be read or understood, the request was carried out nevertheless.
func (r *request) read(status int, body []byte, err error) *Error {
	failed := &Error{Operation: r.operation, Status: status, ambiguous: true, repeatable: r.repeatable}
	var large *sizeError
	switch {
	case r.into == nil:
		return nil // nothing is expected of it
	case err != nil:
		failed.cause = fmt.Errorf("read answer: %w", err)
		failed.temporary = !errors.As(err, &large)
		return failed
	case len(bytes.TrimSpace(body)) == 0:
		failed.cause = errors.New("the answer has no body")
		return failed
	}
	if err := json.Unmarshal(body, r.into); err != nil && !member(err) {
		failed.cause = fmt.Errorf("decode answer: %w", err)
		return failed
	}
	return nil
}

// member reports whether no more is wrong with an answer than the type of a member, which is passed over then: a call that
// was created is not lost for that.
func member(err error) bool {
	var kind *json.UnmarshalTypeError
	return errors.As(err, &kind) && kind.Field != ""
}

// unanswered makes an error of a request without an answer. The URL that net/http puts around the cause is taken off: its
// query has telephone numbers.
func (r *request) unanswered(watch *watch, limit *deadline, err error) *Error {
	var around *url.Error
	if errors.As(err, &around) {
		err = around.Err
	}
	e := &Error{Operation: r.operation, cause: limit.explain(err), repeatable: r.repeatable}
	e.unsent = watch.unsent(err)
	e.ambiguous = !e.unsent
	var certificate *tls.CertificateVerificationError
	e.temporary = !errors.Is(e.cause, context.Canceled) && !errors.As(err, &certificate)
	return e
}

// conceal takes secrets out of what an answer said, should it repeat the request.
func (w *wire) conceal(text, authorization string) string {
	if _, credential, ok := strings.Cut(authorization, " "); ok && credential != "" {
		text = strings.ReplaceAll(text, credential, hidden)
	}
	return w.hide(text)
}

func success(status int) bool { return status >= 200 && status <= 299 }

// sizeError is an answer that is too large to be read.
type sizeError struct{ most int64 }

func (e *sizeError) Error() string { return fmt.Sprintf("the answer has more than %d bytes", e.most) }

func bounded(body io.Reader, most int64) ([]byte, error) {
	got, err := io.ReadAll(io.LimitReader(body, most+1))
	if int64(len(got)) > most {
		return nil, &sizeError{most}
	}
	return got, err
}

// drain reads what is left of a body, so that its connection can be used again, unless that is more than a new one costs.
func drain(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, maxDrain)
	_ = body.Close()
}

// watch learns whether a request may have reached the server. net/http may try several connections for one request.
type watch struct{ asked, connected atomic.Bool }

func (s *watch) follow(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn: func(string) { s.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { s.connected.Store(true) },
	})
}

// unsent reports whether the request certainly did not leave. A transport that is not net/http's may tell the watch nothing;
// then only the error of dialling proves it.
func (s *watch) unsent(err error) bool {
	if s.connected.Load() {
		return false
	}
	var dial *net.OpError
	var lookup *net.DNSError
	return s.asked.Load() || errors.As(err, &lookup) || errors.As(err, &dial) && dial.Op == "dial"
}
