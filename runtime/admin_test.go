package runtime_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// ask sends a request to the admin handler.
func ask(t *testing.T, h http.Handler, method, target, body string, headers ...string) (int, map[string]any, http.Header) {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for _, line := range headers {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	var got map[string]any
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil && rec.Code != http.StatusNotFound {
		t.Errorf("%s %s: the answer is no JSON: %q", method, target, rec.Body)
	}
	return rec.Code, got, rec.Header()
}

func TestTheAdminHandlerCallsAndSignals(t *testing.T) {
	s := newStage(t, nil, reminder)
	h := s.Admin()
	const body = `{"to": "+15551112222", "vars": {"when": "now"}}`
	status, first, header := ask(t, h, "POST", "/flows/reminder/calls", body, "Idempotency-Key: a")
	id, _ := first["id"].(string)
	if status != http.StatusCreated || !strings.HasPrefix(id, "leg-") || header.Get("Content-Type") != "application/json" {
		t.Fatalf("status %d, %v, %v", status, first, header)
	}
	if _, again, _ := ask(t, h, "POST", "/flows/reminder/calls", body, "Idempotency-Key: a"); again["id"] != id {
		t.Errorf("the same key again: %v", again)
	}
	if _, other, _ := ask(t, h, "POST", "/flows/reminder/calls", body); other["id"] == id {
		t.Errorf("without a key: %v", other)
	}
	s.settle()
	c := s.carrier.call(t, 0)
	s.post(c.url(t, "answer"), legEvent("answer", c.id)).words(t)
	status, got, _ := ask(t, h, "POST", "/calls/"+c.id+"/signals/moved", `{"with": {"when": "later"}}`)
	if when, _ := s.machine(c.id).Var("when"); status != http.StatusOK || got["handled"] != true || when != "later" {
		t.Errorf("signal: status %d, %v; it is %v", status, got, when)
	}
	if status, got, _ := ask(t, h, "POST", "/calls/"+c.id+"/signals/other", `{}`); status != http.StatusNotFound || got["type"] != "not-found" {
		t.Errorf("another signal: status %d, %v", status, got)
	}
}

func TestWhatTheAdminHandlerRefuses(t *testing.T) {
	s := newStage(t, nil, reminder)
	h := s.Admin()
	id, err := s.Call(t.Context(), "reminder", runtime.CallRequest{To: "+15551112222"}, "k")
	if err != nil {
		t.Fatal(err)
	}
	const calls, signal = "/flows/reminder/calls", "/calls/c-nobody/signals/moved"
	given := func(more string) string { return `{"to":"+15551112222",` + more + `}` }
	tests := []struct {
		sentence, method, target, body, header string
		status                                 int
		description                            string // a part
	}{
		{"no JSON", "POST", calls, "{", "", 400, "the body is not the JSON that is expected: unexpected EOF"},
		{"nothing", "POST", calls, "", "", 400, "EOF"},
		{"more than one object", "POST", calls, `{"to":"+15551112222"} {}`, "", 400, "there is something behind the object"},
		{"an unknown member", "POST", calls, given(`"too":1`), "", 400, `expected: unknown field "too"`},
		{"a member of another type", "POST", calls, `{"to":5}`, "", 400, "to cannot be number"},
		{"nobody to call", "POST", calls, `{}`, "", 400, "to is missing; give an E164 telephone number"},
		{"a number without its plus", "POST", calls, `{"to":"5551112222"}`, "", 400, `invalid to "5551112222": it must be an E164 telephone number such as +15551234567, or a sip: URI`},
		{"a caller without a plus", "POST", calls, given(`"from":"5551112222"`), "", 400, `invalid from "5551112222"`},
		{"a phone that rings too long", "POST", calls, given(`"callTimeout":301`), "", 400, `invalid callTimeout "301"`},
		{"an unknown variable", "POST", calls, given(`"vars":{"wen":"x"}`), "", 400, `flow "reminder" has no variable "wen", did you mean "when"?`},
		{"an unknown param", "POST", calls, given(`"params":{"colour":1}`), "", 400, `flow "reminder" has no param "colour", it has number, who`},
		{"a variable of another type", "POST", calls, given(`"vars":{"when":5}`), "", 400, `flow "reminder": variable "when" is declared string, 5 is none`},
		{"a form", "POST", calls, `{"to":"+15551112222"}`, "Content-Type: text/plain", 415, "application/json"},
		{"too much", "POST", calls, `{"to":"` + strings.Repeat("1", 1<<20) + `"}`, "", 413, "65536 bytes"},
		{"an unknown flow", "POST", "/flows/nobody/calls", `{"to":"+15551112222"}`, "", 404, `flow "nobody": there is no such flow`},
		{"a call by GET", "GET", calls, "", "", 405, "requests come by POST"},
		{"an unknown call", "POST", signal, `{}`, "", 404, `call "c-nobody": there is no such call`},
		{"a signal by GET", "GET", signal, "", "", 405, "requests come by POST"},
		{"a signal that is no JSON", "POST", signal, `[]`, "", 400, "the body cannot be array"},
		{"an unknown signal", "POST", "/calls/" + id + "/signals/mved", `{}`, "", 404, `flow "reminder" declares no signal "mved", did you mean "moved"?`},
		{"an unknown field", "POST", "/calls/" + id + "/signals/moved", `{"with":{"place":"x"}}`, "", 400, `signal "moved" of flow "reminder" has no field "place", it has when`},
		{"a field of another type", "POST", "/calls/" + id + "/signals/moved", `{"with":{"when":3}}`, "", 400, `signal "moved" of flow "reminder": field "when" is declared string, 3 is none`},
		{"the state of an unknown call", "GET", "/calls/c-nobody", "", "", 404, `there is no such call`},
		{"the state by POST", "POST", "/calls/" + id, `{}`, "", 405, "requests come by GET"},
		{"anything else", "POST", "/", `{}`, "", 404, "nothing at this path"},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			headers := []string{}
			if tt.header != "" {
				headers = append(headers, tt.header)
			}
			status, got, header := ask(t, h, tt.method, tt.target, tt.body, headers...)
			description, _ := got["description"].(string)
			kind := "validation"
			if tt.status == 404 {
				kind = "not-found"
			}
			if status != tt.status || got["type"] != kind || !strings.Contains(description, tt.description) {
				t.Errorf("status %d, %v", status, got)
			}
			if status == 405 && !strings.HasSuffix(tt.description, header.Get("Allow")) {
				t.Errorf("Allow %q", header.Get("Allow"))
			}
		})
	}
	s.settle()
	if got := s.carrier.did("createCall"); len(got) != 1 {
		t.Errorf("dialled %v", got)
	}
}

func TestTheAdminHandlerTellsOfACall(t *testing.T) {
	s := newStage(t, nil, telling, reminder)
	h := s.Admin()
	id, err := s.Call(t.Context(), "reminder", runtime.CallRequest{To: "+15551112222"}, "k")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"id": id, "flow": "reminder", "state": "", "phase": "dialing", "legs": []any{}}
	status, got, _ := ask(t, h, "GET", "/calls/"+id, "")
	if diff := cmp.Diff(want, got); status != http.StatusOK || diff != "" {
		t.Errorf("before it is dialled: status %d (-want +got):\n%s", status, diff)
	}
	s.settle()
	c := s.carrier.call(t, 0)
	s.post(c.url(t, "answer"), legEvent("answer", c.id)).words(t)
	want["callId"], want["state"], want["phase"] = c.id, "reminding", "live"
	for _, name := range []string{id, c.id} {
		if _, got, _ := ask(t, h, "GET", "/calls/"+name, ""); cmp.Diff(want, got) != "" {
			t.Errorf("when it is answered, by %s (-want +got):\n%s", name, cmp.Diff(want, got))
		}
	}
	s.post(c.url(t, "disconnect"), legEvent("disconnect", c.id, `"cause":"hangup"`))
	want["phase"], want["cause"] = "ended", "hangup"
	if _, got, _ := ask(t, h, "GET", "/calls/"+id, ""); cmp.Diff(want, got) != "" {
		t.Errorf("when it has ended (-want +got):\n%s", cmp.Diff(want, got))
	}
	s.post(tellingPath, webhook("initiate", callA))
	s.settle()
	leg := s.carrier.call(t, 1)
	want = map[string]any{"id": callA, "callId": callA, "flow": "telling", "state": "begin", "phase": "live", "legs": []any{
		map[string]any{"name": "helper", "id": s.machine(leg.id).Key, "callId": leg.id, "answered": false, "ended": false},
	}}
	if _, got, _ := ask(t, h, "GET", "/calls/"+callA, ""); cmp.Diff(want, got) != "" {
		t.Errorf("a call with a leg (-want +got):\n%s", cmp.Diff(want, got))
	}
}
