package flowtest

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// newAPI serves the REST API in a test that is made of events. It makes calls that nobody answers but the author, and lets the
// documents be heard that it is sent.
func newAPI(w *events) http.Handler {
	mux := http.NewServeMux()
	const account = "/api/v2/accounts/{account}"
	serve := func(method, path, operation string, do func(r *http.Request) (int, any)) {
		mux.HandleFunc(method+" "+account+path, func(rw http.ResponseWriter, r *http.Request) {
			status, body := w.failed(rw, operation)
			if status == 0 {
				status, body = do(r)
			}
			rw.Header().Set("Content-Type", "application/json")
			rw.WriteHeader(status)
			if body != nil {
				_ = json.NewEncoder(rw).Encode(body) // into memory
			}
		})
	}
	done := func(*http.Request) (int, any) { return http.StatusNoContent, nil }
	serve("POST", "/calls", "createCall", w.createCall)
	serve("GET", "/calls", "listCalls", func(*http.Request) (int, any) { return http.StatusOK, []any{} })
	serve("GET", "/calls/{id}", "getCallState", w.callState)
	serve("POST", "/calls/{id}", "updateCall", w.updateCall)
	serve("PUT", "/calls/{id}/bxml", "updateCallBxml", w.updateBXML)
	serve("PUT", "/calls/{id}/recording", "updateCallRecordingState", func(*http.Request) (int, any) { return http.StatusOK, nil })
	serve("DELETE", "/calls/{id}/recordings/{recording}", "deleteRecording", done)
	serve("POST", "/calls/{id}/recordings/{recording}/transcription", "transcribeCallRecording", done)
	serve("POST", "/conferences/{id}", "updateConference", done)
	serve("PUT", "/conferences/{id}/bxml", "updateConferenceBxml", w.updateBXML)
	serve("PUT", "/conferences/{id}/members/{member}", "updateConferenceMember", done)
	return mux
}

// apiError is the body of an answer that refuses.
type apiError struct {
	Type        string `json:"type"`
	Description string `json:"description"`
	ID          string `json:"id"`
}

// failed returns the answer to a request that the test lets fail, 0 for others.
func (w *events) failed(rw http.ResponseWriter, operation string) (int, any) {
	i := slices.IndexFunc(w.fails, func(f failing) bool { return f.operation == operation })
	if i < 0 {
		return 0, nil
	}
	f := &w.fails[i]
	status, body := f.status, apiError{errorType(f.status), or(f.description, http.StatusText(f.status)), "e-1"}
	if f.after > 0 {
		rw.Header().Set("Retry-After", strconv.Itoa(int(f.after.Seconds())))
	}
	if f.count--; f.count <= 0 {
		w.fails = slices.Delete(w.fails, i, i+1)
	}
	return status, body
}

// errorType returns what Bandwidth's API calls an error of a status. It says by system-overloaded that it did not take the request.
func errorType(status int) string {
	switch {
	case status == http.StatusTooManyRequests:
		return "error"
	case status == http.StatusServiceUnavailable:
		return "system-overloaded"
	case status >= http.StatusInternalServerError:
		return "internal-error"
	}
	return "validation"
}

func unknownCall(id string) (int, any) {
	return http.StatusNotFound, apiError{"validation", "Call [" + id + "] not found", "e-1"}
}

func (w *events) createCall(r *http.Request) (int, any) {
	var c bandwidth.CreateCall
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return http.StatusBadRequest, apiError{"validation", err.Error(), "e-1"}
	}
	l := &leg{number: c.To, urls: map[string]string{"answer": c.AnswerURL, "disconnect": c.DisconnectURL}}
	if c.MachineDetection != nil {
		l.urls["machineDetectionComplete"] = c.MachineDetection.CallbackURL
	}
	if keys, err := token.New(testKey); err == nil {
		var claims token.Claims
		if keys.Verify(tokenOf(c.AnswerURL), &claims) == nil {
			l.key = claims.Machine
		}
	}
	l.id = w.callIDOf(or(w.legName(l), "leg"))
	fields := map[string]any{"callId": l.id, "from": c.From, "to": c.To, "direction": "outbound"}
	if c.Tag != "" {
		fields["tag"] = c.Tag
	}
	l.caller = callerOf(fields, w.clock)
	w.legs = append(w.legs, l)
	return http.StatusCreated, &bandwidth.CreatedCall{AccountID: defaultAccount, ApplicationID: defaultApplication, CallID: l.id, From: c.From, To: c.To, Tag: c.Tag}
}

func (w *events) callState(r *http.Request) (int, any) {
	l := w.legWithID(r.PathValue("id"))
	if l == nil {
		return unknownCall(r.PathValue("id"))
	}
	state := map[string]string{legDialing: "initiated", legAnswered: "answered", legEnded: "disconnected"}[w.status(l)]
	return http.StatusOK, map[string]string{"callId": l.id, "state": state}
}

// updateCall ends a call: the runtime asks for nothing else.
func (w *events) updateCall(r *http.Request) (int, any) {
	l := w.legWithID(r.PathValue("id"))
	if l == nil || w.status(l) == legEnded {
		return unknownCall(r.PathValue("id"))
	}
	l.hung = true
	return http.StatusOK, nil
}

// updateBXML lets a call or a conference hear a document.
func (w *events) updateBXML(r *http.Request) (int, any) {
	id := r.PathValue("id")
	l := w.legWithID(id)
	if l == nil || w.status(l) == legEnded {
		return unknownCall(id)
	}
	if w.status(l) == legDialing {
		return http.StatusConflict, apiError{"validation", "Call [" + id + "] is not answered", "e-1"}
	}
	document, err := io.ReadAll(r.Body)
	if err == nil {
		err = l.hear(document)
	}
	if err != nil {
		return http.StatusBadRequest, apiError{"validation", err.Error(), "e-1"}
	}
	return http.StatusNoContent, nil
}
