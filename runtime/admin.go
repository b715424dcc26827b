package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxAdminBody bounds a request from outside in bytes.
const maxAdminBody = 64 << 10

// idempotencyKey is the header of a request that may be sent twice and shall be done once.
const idempotencyKey = "Idempotency-Key"

// Admin returns the handler of what is asked from outside:
//
//	POST /flows/{flow}/calls           {"to": "+15551234567", "vars": {...}}   201 {"id": "leg-..."}
//	POST /calls/{id}/signals/{signal}  {"with": {...}}                         200 {"handled": true}
//	GET  /calls/{id}                                                           200 {"id": "leg-...", "callId": "c-...", ...}
//
// A call goes by the id that its start returned, the key of its machine, or by its callId. What is told of it are id, callId (once
// it is known), flow, state, phase (dialing, live, ended), cause (of one that ended) and the legs that it made. Bodies are JSON, whose
// members are those of CallRequest, and `with`. A request with the header Idempotency-Key is done once.
//
// Refusals are JSON too, as those of Bandwidth's API: {"type": "validation", "description": "..."}. The type is validation (400,
// 405, 413, 415), not-found (404), unavailable (503) or internal-error (500). The handler asks for no credentials: it belongs on an
// address that only those reach who may use it, never on that of the webhooks.
func (e *Engine) Admin() http.Handler {
	mux := http.NewServeMux()
	for path, one := range map[string]struct {
		method string
		serve  http.HandlerFunc
	}{
		PathPrefix + "{flow}/calls":    {http.MethodPost, e.serveCall},
		"/calls/{id}/signals/{signal}": {http.MethodPost, e.serveSignal},
		"/calls/{id}":                  {http.MethodGet, e.serveState},
	} {
		mux.HandleFunc(one.method+" "+path, one.serve)
		mux.HandleFunc(path, only(one.method))
	}
	mux.HandleFunc("/", func(rw http.ResponseWriter, _ *http.Request) {
		denied(rw, http.StatusNotFound, "there is nothing at this path")
	})
	return mux
}

// only refuses requests by other methods than one.
func only(method string) http.HandlerFunc {
	return func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Allow", method)
		denied(rw, http.StatusMethodNotAllowed, "requests come by "+method)
	}
}

func (e *Engine) serveCall(rw http.ResponseWriter, r *http.Request) {
	var c CallRequest
	if !readJSON(rw, r, &c) {
		return
	}
	id, err := e.Call(r.Context(), r.PathValue("flow"), c, r.Header.Get(idempotencyKey))
	if err != nil {
		e.refuseJSON(rw, err)
		return
	}
	writeJSON(rw, http.StatusCreated, struct {
		ID string `json:"id"`
	}{id})
}

func (e *Engine) serveSignal(rw http.ResponseWriter, r *http.Request) {
	var s struct {
		With map[string]any `json:"with"`
	}
	if !readJSON(rw, r, &s) {
		return
	}
	handled, err := e.Signal(r.Context(), r.PathValue("id"), r.PathValue("signal"), s.With, r.Header.Get(idempotencyKey))
	if err != nil {
		e.refuseJSON(rw, err)
		return
	}
	writeJSON(rw, http.StatusOK, struct {
		Handled bool `json:"handled"`
	}{handled})
}

// callState is what is told of a call.
type callState struct {
	ID     string     `json:"id"`               // key of its machine
	CallID string     `json:"callId,omitempty"` // absent while it is not known
	Flow   string     `json:"flow"`
	State  string     `json:"state"` // "" before the first one
	Phase  string     `json:"phase"`
	Cause  string     `json:"cause,omitempty"`
	Legs   []legState `json:"legs"`
}

// legState is what a call knows of a leg that it made.
type legState struct {
	Name     string `json:"name"`
	ID       string `json:"id"`
	CallID   string `json:"callId,omitempty"`
	Answered bool   `json:"answered"`
	Ended    bool   `json:"ended"`
	Cause    string `json:"cause,omitempty"`
}

func (e *Engine) serveState(rw http.ResponseWriter, r *http.Request) {
	m, err := e.Machine(r.Context(), r.PathValue("id"))
	if err != nil {
		e.refuseJSON(rw, err)
		return
	}
	s := callState{ID: m.Key, CallID: m.Call.ID, Flow: m.Flow, State: m.State(), Phase: m.Phase.String(), Cause: m.Call.Cause, Legs: []legState{}}
	for _, l := range m.Legs {
		s.Legs = append(s.Legs, legState{Name: l.Name, ID: l.Key, CallID: l.CallID, Answered: l.Answered, Ended: l.Ended, Cause: l.Cause})
	}
	writeJSON(rw, http.StatusOK, s)
}

// problem is the body of a refusal.
type problem struct {
	Type        string `json:"type"`
	Description string `json:"description"`
}

// denied answers a request that is not done.
func denied(rw http.ResponseWriter, status int, description string) {
	kind := "validation"
	switch status {
	case http.StatusNotFound:
		kind = "not-found"
	case http.StatusServiceUnavailable:
		kind = "unavailable"
	case http.StatusInternalServerError:
		kind = "internal-error"
	}
	writeJSON(rw, status, problem{kind, description})
}

// readJSON reads the body of a request. It answers and reports false when it cannot. That the type must be written keeps pages of
// other sites from sending requests with somebody's browser.
func readJSON(rw http.ResponseWriter, r *http.Request, into any) bool {
	if given := r.Header.Get("Content-Type"); given == "" || !isJSON(given) {
		denied(rw, http.StatusUnsupportedMediaType, "the content type must be application/json")
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxAdminBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		denied(rw, http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxAdminBody))
		return false
	case err != nil:
		denied(rw, http.StatusBadRequest, "the body cannot be read")
		return false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err = d.Decode(into); err == nil && d.More() {
		err = errors.New("there is something behind the object")
	}
	if err != nil {
		denied(rw, http.StatusBadRequest, unread(err))
		return false
	}
	return true
}

// unread says why a body cannot be used, without words of Go.
func unread(err error) string {
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		return fmt.Sprintf("%s cannot be %s", or(wrong.Field, "the body"), wrong.Value)
	}
	return "the body is not the JSON that is expected: " + strings.TrimPrefix(err.Error(), "json: ")
}

// refuseJSON answers a request that was not done, with why and not with what was tried.
func (e *Engine) refuseJSON(rw http.ResponseWriter, err error) {
	status, why := http.StatusInternalServerError, "it could not be done now"
	var d *denial
	switch {
	case errors.Is(err, ErrUnknownFlow), errors.Is(err, ErrUnknownCall), errors.Is(err, ErrUnknownSignal):
		status = http.StatusNotFound
	case errors.Is(err, ErrRequest):
		status = http.StatusBadRequest
	case errors.Is(err, ErrClosed):
		status = http.StatusServiceUnavailable
	default:
		e.logError("request from outside not done", err)
		denied(rw, status, why)
		return
	}
	if why = err.Error(); errors.As(err, &d) {
		why = d.why.Error()
	}
	denied(rw, status, why)
}

func writeJSON(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(body) // who asked may be gone; nobody is left to tell
}
