package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Handler serves the Voice REST API below /api/v2/accounts/{accountId}, and tokens at POST /api/v1/oauth2/token, as the pages of
// the API describe them. It may be used by several goroutines, and by an application while it answers a webhook; no lock is held
// while a request is read or an answer written. What a page leaves open: a body above 1 MiB is refused with 413, and HEAD is GET.
//
// A client is pointed at it by its base URL, which is the address where the handler is served and "/api/v2". Set Config.URL to the
// same, so that the URLs in answers and webhooks lead there.
func (c *Carrier) Handler() http.Handler { return http.HandlerFunc(c.serveREST) }

const (
	voicePath = "/api/v2/accounts/"
	tokenPath = "/api/v1/oauth2/token"
)

// operation is one operation of the API. What it runs expects the lock to be held, like all that is not exported.
type operation struct {
	name, method string
	path         string // below the account, with {id} for what varies
	accepts      string // the media type of its body; "" for none
	status       int    // of its success
	run          func(c *Carrier, q *restRequest) (any, error)
}

// restRequest is a request on its way through an operation.
type restRequest struct {
	operation *operation
	ids       []string // what stands at the places of {id}
	query     url.Values
	path      string // below the account, as it came
	body      []byte
	call      string      // that the request concerns, for the feed
	header    http.Header // of the answer
}

// id returns the first id of the path: of a call, or a conference.
func (q *restRequest) id() string { return q.ids[0] }

// media is the answer to a download.
type media struct {
	kind string
	data []byte
}

// restAnswer is an answer that is ready to be written.
type restAnswer struct {
	status int
	header http.Header
	body   any // JSON, or media, or nil for none
}

func (c *Carrier) serveREST(w http.ResponseWriter, r *http.Request) {
	var a *restAnswer
	if r.URL.EscapedPath() == tokenPath {
		a = c.serveToken(w, r)
	} else {
		a = c.serveVoice(w, r)
	}
	write(w, r, a)
}

// serveVoice finds the operation, reads its body without the lock and runs it with the lock.
func (c *Carrier) serveVoice(w http.ResponseWriter, r *http.Request) *restAnswer {
	q := &restRequest{header: http.Header{}}
	err := c.authorize(r)
	if err == nil {
		err = c.route(q, r)
	}
	if err == nil {
		err = q.read(w, r)
	}
	return c.answerREST(q, r, err)
}

// route finds the operation of a request.
func (c *Carrier) route(q *restRequest, r *http.Request) error {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), voicePath)
	if !ok {
		return errUnknownPath
	}
	account, path, _ := strings.Cut(path, "/")
	if account != c.cfg.Account {
		return errCredentials
	}
	q.path = path
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	var allowed []string
	for _, op := range operations {
		ids, ok := match(op.path, path)
		if !ok {
			continue
		}
		if op.method == method {
			q.operation, q.ids = op, ids
			return nil
		}
		allowed = append(allowed, op.method)
	}
	if allowed == nil {
		return errUnknownPath
	}
	slices.Sort(allowed)
	q.header.Set("Allow", strings.Join(allowed, ", "))
	return errMethod
}

// match compares a path with the path of an operation and returns its ids. Nothing of a path is cleaned: an id that holds
// slashes or dots is an id that nobody knows.
func match(pattern, path string) ([]string, bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil, false
	}
	var ids []string
	for i, part := range got {
		if want[i] != "{id}" {
			if want[i] != part {
				return nil, false
			}
			continue
		}
		id, err := url.PathUnescape(part)
		if err != nil || id == "" {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, true
}

// answerREST runs the operation, unless a fault or an error comes first, and tells the feed.
func (c *Carrier) answerREST(q *restRequest, r *http.Request, err error) *restAnswer {
	c.mu.Lock()
	defer c.mu.Unlock()
	a := &restAnswer{header: q.header}
	e := Event{Kind: RESTRequest, Method: r.Method, URL: r.URL.RequestURI()}
	if q.operation != nil {
		e.Type, a.status = q.operation.name, q.operation.status
		if fault := c.restFault(e.Type); fault != nil {
			err = faulty(fault, q.header)
		}
		if strings.HasPrefix(q.operation.path, "calls/{id}") && c.legs[q.id()] != nil {
			q.call = q.id()
		}
	}
	if err == nil {
		a.body, err = q.operation.run(c, q)
	}
	if err != nil {
		a.status, a.body = c.refused(q, err)
		e.Err = err.Error()
	}
	e.Call, e.Status = q.call, a.status
	c.tell(e)
	return a
}

// write sends an answer.
func write(w http.ResponseWriter, r *http.Request, a *restAnswer) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	var body []byte
	switch b := a.body.(type) {
	case nil:
	case media:
		w.Header().Set("Content-Type", b.kind)
		body = b.data
	default:
		w.Header().Set("Content-Type", "application/json")
		body = marshal(b)
	}
	if a.status != http.StatusNoContent {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead && len(body) > 0 {
		_, _ = w.Write(body) // whoever went away gets nothing
	}
}

// marshal writes JSON as the API does, with & and < in URLs as they are. What is written are our own structs: it cannot fail.
func marshal(v any) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
