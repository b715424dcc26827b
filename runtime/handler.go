package runtime

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// PathPrefix is where flows are served: PathPrefix + name.
const PathPrefix = "/flows/"

// tokenParameter is the query parameter that carries the token of a callback URL.
const tokenParameter = "t"

// maxQuery bounds the query of a webhook in bytes.
const maxQuery = 16 << 10

// Handler returns the handler of webhooks: GET and POST /flows/{flow}, and GET /healthz, which answers 200 while the engine
// takes webhooks and 503 when it stops. It never answers 5xx because of a flow or a store.
func (e *Engine) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc(PathPrefix+"{flow}", e.serveFlow)
	mux.HandleFunc("GET /healthz", e.serveHealth)
	if len(e.config.Kit.Middleware) == 0 {
		return mux
	}
	var h http.Handler = mux
	for i := len(e.config.Kit.Middleware) - 1; i >= 0; i-- {
		h = e.config.Kit.Middleware[i](h)
	}
	return e.guarded(h)
}

// guarded answers with the apology when middleware panics before there is an answer: a call may wait for it, and a webhook
// that nobody waits on does not look at it.
func (e *Engine) guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		begun := &begunWriter{ResponseWriter: rw}
		defer func() {
			p := recover()
			if p == nil {
				return
			}
			if p == http.ErrAbortHandler || begun.yes || !strings.HasPrefix(r.URL.Path, PathPrefix) {
				panic(p)
			}
			e.logError("panic while answering", fmt.Errorf("%v", p), "stack", string(debug.Stack()))
			w := e.work()
			defer e.release(w)
			w.status, w.document = http.StatusOK, e.apology
			w.write(rw)
		}()
		h.ServeHTTP(begun, r)
	})
}

// begunWriter knows whether an answer was begun.
type begunWriter struct {
	http.ResponseWriter
	yes bool
}

func (w *begunWriter) WriteHeader(status int) {
	w.yes = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *begunWriter) Write(p []byte) (int, error) {
	w.yes = true
	return w.ResponseWriter.Write(p)
}

// Unwrap serves http.ResponseController.
func (w *begunWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (e *Engine) serveHealth(w http.ResponseWriter, _ *http.Request) {
	if e.closing.Load() {
		refuse(w, http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusOK)
}

func (e *Engine) serveFlow(rw http.ResponseWriter, r *http.Request) {
	w := e.work()
	defer e.release(w)
	if e.closing.Load() || !e.open.TryRLock() {
		refuse(rw, http.StatusServiceUnavailable)
		return
	}
	defer e.open.RUnlock()
	defer e.inFlight.Add(-1)
	if e.inFlight.Add(1) > int64(e.config.MaxInFlight) {
		rw.Header().Set("Retry-After", "1")
		w.delivery.Flow = r.PathValue("flow")
		w.refused(rw, r, http.StatusTooManyRequests)
		return
	}
	if status := w.receive(rw, r); status != 0 {
		w.refused(rw, r, status)
		return
	}
	// Whoever sent the webhook may hang up: the step is finished all the same, since the carrier sends it again.
	w.handle(r.Context())
	w.write(rw)
}

// receive authenticates and decodes a request. It returns the status of a refusal, or 0.
func (w *work) receive(rw http.ResponseWriter, r *http.Request) int {
	e := w.engine
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		rw.Header().Set("Allow", "GET, POST")
		return http.StatusMethodNotAllowed
	}
	w.delivery.Flow = r.PathValue("flow")
	query, err := w.cutToken(r.URL.RawQuery)
	if err != nil {
		return w.understood(err)
	}
	if status := w.authenticate(rw, r); status != 0 {
		return status
	}
	if w.delivery.Token == "" && !e.versions.known(w.delivery.Flow) {
		return http.StatusNotFound
	}
	w.delivery.Event = &w.event
	if r.Method == http.MethodGet {
		return w.understood(w.event.DecodeQuery(query))
	}
	if given := r.Header.Get("Content-Type"); !isJSON(given) {
		return w.understood(fmt.Errorf("the content type is %q, not application/json", clip(given)))
	}
	body, status := w.read(rw, r)
	if status != 0 {
		return status
	}
	return w.understood(w.event.DecodeJSON(body))
}

// isJSON reports whether a content type is that of a webhook. None at all is taken for it.
func isJSON(contentType string) bool {
	if contentType == "" || contentType == "application/json" {
		return true
	}
	t, _, err := mime.ParseMediaType(contentType)
	return err == nil && t == "application/json"
}

// authenticate accepts a valid token, else credentials. A token that is not valid is refused even with credentials.
func (w *work) authenticate(rw http.ResponseWriter, r *http.Request) int {
	e := w.engine
	if w.delivery.Token != "" {
		w.claims.Flow = w.delivery.Flow
		if err := e.tokens.Verify(w.delivery.Token, &w.claims); err != nil {
			w.why = "token not valid"
			return http.StatusForbidden
		}
		w.verified = true
		return 0
	}
	if !e.guards.admit(r) {
		rw.Header().Set("WWW-Authenticate", `Basic realm="bxmlflow", charset="UTF-8"`)
		w.why = "neither a token nor credentials"
		if r.Header.Get("Authorization") != "" {
			w.why = "no token, and credentials that are not valid"
		}
		return http.StatusUnauthorized
	}
	w.delivery.Trusted = true
	return 0
}

// cutToken takes the token out of a query and returns the rest: the event, when it came by GET.
func (w *work) cutToken(query string) (string, error) {
	if len(query) > maxQuery {
		return "", event.ErrTooLarge
	}
	rest := query
	for part := range strings.SplitSeq(query, "&") {
		value, ok := strings.CutPrefix(part, tokenParameter+"=")
		if !ok {
			continue
		}
		text, err := url.QueryUnescape(value)
		if err != nil || w.delivery.Token != "" {
			return "", errors.New("the token in the URL cannot be read")
		}
		w.delivery.Token = text
		rest = strings.TrimPrefix(strings.Replace("&"+query, "&"+part, "", 1), "&")
	}
	return rest, nil
}

// read returns the body, in memory that is used again: values of the event are parts of it, see forget.
func (w *work) read(rw http.ResponseWriter, r *http.Request) ([]byte, int) {
	limit := w.engine.config.MaxBody
	if r.ContentLength > limit {
		return nil, http.StatusRequestEntityTooLarge
	}
	if r.ContentLength > 0 {
		w.body = slices.Grow(w.body[:0], int(r.ContentLength))[:r.ContentLength]
		if _, err := io.ReadFull(r.Body, w.body); err != nil {
			return nil, w.understood(errors.New("the body is shorter than announced"))
		}
		return w.body, 0
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, limit))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, http.StatusRequestEntityTooLarge
	case err != nil:
		return nil, w.understood(errors.New("the body cannot be read"))
	}
	return body, 0
}

// understood turns a webhook that cannot be decoded into an answer: a safe document for one that bore a valid token, since
// only the carrier has those and a call waits for the answer; 400 otherwise.
func (w *work) understood(err error) int {
	if err == nil {
		return 0
	}
	w.why = err.Error()
	w.engine.broken(w, err)
	if w.verified {
		w.last(w.claims.Event)
		return http.StatusOK
	}
	return http.StatusBadRequest
}

// Header values, shared by all answers.
var (
	xmlType   = []string{"application/xml; charset=utf-8"}
	plainText = []string{"text/plain; charset=utf-8"}
)

// implicitLength is the size up to which net/http sets Content-Length by itself.
const implicitLength = 2048

// write sends the answer.
func (w *work) write(rw http.ResponseWriter) {
	if w.status != http.StatusOK {
		if w.status == http.StatusNoContent {
			rw.WriteHeader(w.status)
			return
		}
		refuse(rw, w.status)
		return
	}
	h := rw.Header()
	h["Content-Type"] = xmlType
	if len(w.document) > implicitLength {
		h.Set("Content-Length", strconv.Itoa(len(w.document)))
	}
	rw.Write(w.document) // the step is saved: the carrier asks again and gets the same bytes
}
