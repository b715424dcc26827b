package runtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// maxAdminBody bounds a request from outside in bytes.
const maxAdminBody = 64 << 10

// idempotencyKey is the header of a request that may be sent twice and shall be done once.
const idempotencyKey = "Idempotency-Key"

// Admin returns the handler of what is asked from outside:
//
//	POST /flows/{flow}/calls             {"to": "+15551234567", "vars": {...}}   201 {"id": "leg-..."}
//	POST /calls/{callId}/signals/{signal}  {"with": {...}}                       200 {"handled": true}
//
// Bodies are JSON, whose members are those of CallRequest, and `with`. A request with the header Idempotency-Key is done once.
// Refusals are JSON too: {"error": "..."}. The handler asks for no credentials: it belongs on an address that only those reach
// who may use it, never on that of the webhooks.
func (e *Engine) Admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+PathPrefix+"{flow}/calls", e.serveCall)
	mux.HandleFunc("POST /calls/{callId}/signals/{signal}", e.serveSignal)
	mux.HandleFunc(PathPrefix+"{flow}/calls", onlyPost)
	mux.HandleFunc("/calls/{callId}/signals/{signal}", onlyPost)
	return mux
}

func onlyPost(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Allow", http.MethodPost)
	writeJSON(rw, http.StatusMethodNotAllowed, problem{"requests come by POST"})
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
	handled, err := e.Signal(r.Context(), r.PathValue("callId"), r.PathValue("signal"), s.With, r.Header.Get(idempotencyKey))
	if err != nil {
		e.refuseJSON(rw, err)
		return
	}
	writeJSON(rw, http.StatusOK, struct {
		Handled bool `json:"handled"`
	}{handled})
}

// problem is the body of a refusal.
type problem struct {
	Error string `json:"error"`
}

// readJSON reads the body of a request. It answers and reports false when it cannot. That the type must be written keeps pages of
// other sites from sending requests with somebody's browser.
func readJSON(rw http.ResponseWriter, r *http.Request, into any) bool {
	if given := r.Header.Get("Content-Type"); given == "" || !isJSON(given) {
		writeJSON(rw, http.StatusUnsupportedMediaType, problem{"the content type must be application/json"})
		return false
	}
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxAdminBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		writeJSON(rw, http.StatusRequestEntityTooLarge, problem{fmt.Sprintf("the body is larger than %d bytes", maxAdminBody)})
		return false
	case err != nil:
		writeJSON(rw, http.StatusBadRequest, problem{"the body cannot be read"})
		return false
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	d.UseNumber()
	if err = d.Decode(into); err == nil && d.More() {
		err = errors.New("there is something behind the object")
	}
	if err != nil {
		writeJSON(rw, http.StatusBadRequest, problem{"the body is not the JSON that is expected: " + err.Error()})
		return false
	}
	return true
}

// refuseJSON answers a request that was not done.
func (e *Engine) refuseJSON(rw http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, ErrUnknownFlow), errors.Is(err, ErrUnknownCall):
		status = http.StatusNotFound
	case errors.Is(err, ErrRequest):
		status = http.StatusBadRequest
	case errors.Is(err, ErrClosed):
		status = http.StatusServiceUnavailable
	default:
		e.logError("request from outside not done", err)
		err = errors.New("it could not be done now")
	}
	writeJSON(rw, status, problem{err.Error()})
}

func writeJSON(rw http.ResponseWriter, status int, body any) {
	rw.Header().Set("Content-Type", "application/json")
	rw.WriteHeader(status)
	json.NewEncoder(rw).Encode(body) // who asked may be gone; nobody is left to tell
}
