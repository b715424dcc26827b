package simulator

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

func TestMethodsThatAreNotAllowed(t *testing.T) {
	w := newWorld(t, nil)
	for _, tt := range []struct{ method, path, allow string }{
		{"PUT", "calls", "GET, POST"}, {"DELETE", "calls/c-1", "GET, POST"}, {"GET", "calls/c-1/bxml", "PUT"}, {"OPTIONS", "calls", "GET, POST"},
		{"POST", "statistics", "GET"}, {"POST", "calls/c-1/recordings/r-1/media", "DELETE, GET"}, {"BREW", "conferences", "GET"},
	} {
		rec := w.ask(tt.method, tt.path, "")
		w.wantAnswer(rec, 405, `{"type":"validation","description":"Method Not Allowed"}`)
		if got := rec.Header().Get("Allow"); got != tt.allow {
			t.Errorf("%s %s: Allow %q, want %q", tt.method, tt.path, got, tt.allow)
		}
	}
}

func TestContentTypesThatAreNotSupported(t *testing.T) {
	w := newWorld(t, nil)
	for _, given := range []string{"text/plain", "application/xml", "application/json; charset=latin1", "application/vnd.api+json", "application/"} {
		w.wantAnswer(w.ask("POST", "calls", order(""), "Content-Type", given), 415, `{"type":"validation","description":"Content type '`+given+`' not supported"}`)
	}
	w.wantAnswer(w.ask("POST", "calls", order(""), "Content-Type", ""), 415, `{"description":"Unsupported Media Type"}`)
	w.wantAnswer(w.ask("PUT", "calls/c-1/bxml", "<Bxml/>", "Content-Type", "application/json"), 415, `{"type":"validation"}`)
	w.wantAnswer(w.ask("POST", "calls", order(""), "Content-Type", "Application/JSON; charset=UTF-8"), 201, `{}`)
}

func TestBodiesAreBounded(t *testing.T) {
	w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`})
	w.wantAnswer(w.ask("POST", "calls", order(`"x":"`+strings.Repeat("x", maxRequest)+`"`)), 413, `{"type":"validation"}`)
	w.SetPhone(callee, Phone{Answers: true})
	id := w.dial()
	w.advance(time.Second)
	w.wantAnswer(w.ask("PUT", "calls/"+id+"/bxml", "<Bxml><!--"+strings.Repeat("x", bxml.MaxBytes)+"--></Bxml>"), 400, `{"type":"validation"}`)
	if call, _ := w.Call(id); call.State != StateAnswered {
		t.Errorf("the call is %s", call.State)
	}
}

func TestRESTFaults(t *testing.T) {
	w := newWorld(t, nil)
	w.Fault(Fault{Kind: REST, Operation: "createCall", Status: 503, RetryAfter: 1500 * time.Millisecond, Count: 2})
	w.Fault(Fault{Kind: REST})
	w.wantAnswer(w.ask("GET", "statistics", ""), 500, `{"type":"internal-error","description":"Internal Server Error"}`)
	w.Fault(Fault{Kind: REST, Status: 400, Description: "Invalid to"})
	w.wantAnswer(w.ask("GET", "statistics", ""), 400, `{"type":"validation","description":"Invalid to"}`)
	w.wantAnswer(w.ask("GET", "statistics", ""), 200, `{}`)
	for range 2 {
		rec := w.ask("POST", "calls", order(""))
		w.wantAnswer(rec, 503, `{"type":"system-overloaded","description":"Handling too many requests"}`)
		if got := rec.Header().Get("Retry-After"); got != "2" {
			t.Errorf("Retry-After %q", got)
		}
	}
	w.wantAnswer(w.ask("POST", "calls", order("")), 201, `{}`)
	if len(w.Calls()) != 1 {
		t.Errorf("%d calls", len(w.Calls()))
	}
}

func TestTheQueueIsLimited(t *testing.T) {
	w := newWorld(t, nil, func(cfg *Config) { cfg.CallsPerSecond = 1 })
	for range 300 {
		w.wantAnswer(w.ask("POST", "calls", order("")), 201, `{}`)
	}
	rec := w.ask("POST", "calls", order(""))
	w.wantAnswer(rec, 429, `{"type":"error","description":"Account call creation rate limit exceeded","id":null}`)
	if got := rec.Header().Get("Retry-After"); got != "1" {
		t.Errorf("Retry-After %q", got)
	}
	w.wantAnswer(w.ask("GET", "statistics", ""), 200, `{"currentCallQueueSize":300,"maxCallQueueSize":300}`)
	w.advance(2 * time.Second)
	w.wantAnswer(w.ask("POST", "calls", order("")), 201, `{}`)
}

func TestANewCallMayBeUnknownAtFirst(t *testing.T) {
	w := newWorld(t, nil, func(cfg *Config) { cfg.Choices.NearRealtime = 40 * time.Second })
	id := w.dial(func(x *creation) { x.To = "+15550004444" })
	w.wantAnswer(w.ask("GET", "calls/"+id, ""), 404, `{"description":"Call [`+id+`] not found"}`)
	w.wantAnswer(w.ask("GET", "calls", ""), 200, `[]`)
	w.wantAnswer(w.ask("POST", "calls/"+id, `{"state":"completed"}`), 200, "")
	w.advance(40 * time.Second)
	w.wantAnswer(w.ask("GET", "calls/"+id, ""), 200, `{"state":"disconnected","disconnectCause":"cancel"}`)
	w.advance(keepCalls)
	w.wantAnswer(w.ask("GET", "calls/"+id, ""), 404, `{}`)
	w.wantAnswer(w.ask("GET", "calls", ""), 200, `[]`)
}

func TestPagesOfCalls(t *testing.T) {
	w := newWorld(t, nil, func(cfg *Config) { cfg.URL = "http://127.0.0.1:1/api/v2" })
	var want, got []string
	for range 5 {
		want = append(want, w.dial())
	}
	w.dial(func(x *creation) { x.To = "+15550004444" })
	path := "calls?pageSize=2&to=%2B15550003333"
	for pages := 1; path != ""; pages++ {
		rec := w.ask("GET", path, "")
		var calls []callState
		w.check(json.Unmarshal(rec.Body.Bytes(), &calls))
		for _, call := range calls {
			got = append(got, call.CallID)
		}
		next, ok := strings.CutSuffix(rec.Header().Get("Link"), `>; rel="next"`)
		path = strings.TrimPrefix(next, "<http://127.0.0.1:1"+api)
		if ok != (pages < 3) || len(calls) == 0 {
			t.Fatalf("page %d: %d calls, Link %q", pages, len(calls), rec.Header().Get("Link"))
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("calls %v, want %v", got, want)
	}
}

func TestFiltersOfCalls(t *testing.T) {
	w := newWorld(t, nil)
	for range 3 {
		w.wantAnswer(w.ask("POST", "calls", order("")), 201, `{}`)
		w.advance(time.Second)
	}
	w.wantAnswer(w.ask("POST", "calls/"+w.Calls()[1].ID, `{"state":"completed"}`), 200, "")
	for query, n := range map[string]int{
		"":                                      3,
		"from=%2B15550002222":                   3,
		"from=%2B1":                             0,
		"disconnectCause=cancel":                1,
		"minStartTime=2026-03-01T12:00:01Z":     2,
		"minStartTime=2026-03-01T12:00:01.001Z": 1,
		"maxStartTime=2026-03-01T12:00:01Z":     2,
		"maxStartTime=2026-03-01T13:00:00%2B01:00&minStartTime=2026-03-01T12:00:00Z": 1,
		"unknown=1": 3,
	} {
		w.wantAnswer(w.ask("GET", "calls?"+query, ""), 200, "["+strings.TrimSuffix(strings.Repeat("{},", n), ",")+"]")
	}
}

func TestMediaIsAudio(t *testing.T) {
	r := newRig(t)
	rec := r.ask("GET", r.names.Replace("calls/{done}/recordings/{recording}/media"), "")
	b := rec.Body.Bytes()
	if rec.Header().Get("Content-Type") != "audio/vnd.wave" || len(b) < 44 || string(b[:4])+string(b[8:16])+string(b[36:40]) != "RIFFWAVEfmt data" {
		t.Fatalf("%s %q", rec.Header().Get("Content-Type"), b[:min(44, len(b))])
	}
	if riff, data := binary.LittleEndian.Uint32(b[4:]), binary.LittleEndian.Uint32(b[40:]); int(riff) != len(b)-8 || int(data) != len(b)-44 {
		t.Errorf("%d bytes say %d and %d", len(b), riff, data)
	}
	if m := silence("mp3", 1); m.kind != "audio/mpeg" || !bytes.HasPrefix(m.data, []byte{0xff, 0xfb}) || len(m.data)%417 != 0 {
		t.Errorf("%s of %d bytes", m.kind, len(m.data))
	}
}

func TestDeletedMediaAndRecordings(t *testing.T) {
	r := newRig(t)
	at := r.names.Replace("calls/{done}/recordings/{recording}")
	r.wantAnswer(r.ask("DELETE", at+"/media", ""), 204, "")
	r.wantAnswer(r.ask("GET", at, ""), 200, `{"status":"deleted","mediaUrl":null}`)
	r.wantAnswer(r.ask("GET", at+"/media", ""), 404, `{}`)
	r.wantAnswer(r.ask("POST", at+"/transcription", `{}`), 400, `{}`)
	r.wantAnswer(r.ask("DELETE", at+"/transcription", ""), 204, "")
	r.wantAnswer(r.ask("GET", at+"/transcription", ""), 404, `{}`)
	r.wantAnswer(r.ask("DELETE", at, ""), 204, "")
	r.wantAnswer(r.ask("GET", at, ""), 404, `{}`)
}

func TestARequestedTranscriptionIsReportedWithItsTag(t *testing.T) {
	r := newRig(t)
	at := r.names.Replace("calls/{done}/recordings/{recording}/transcription")
	r.wantAnswer(r.ask("POST", at, `{"callbackUrl":"https://app.example/text","callbackMethod":"GET","tag":"mine"}`), 204, "")
	r.advance(time.Minute)
	if got := r.last("transcriptionAvailable").Raw()["tag"]; got != "mine" {
		t.Errorf("tag %v", got)
	}
}

// careless is a client to whom nothing can be written without the carrier's lock.
type careless struct {
	*httptest.ResponseRecorder
	carrier *Carrier
	writes  int
}

func (c *careless) Write(b []byte) (int, error) {
	c.writes++
	c.carrier.Calls()
	return c.ResponseRecorder.Write(b)
}

func TestNoLockIsHeldWhileAnAnswerIsWritten(t *testing.T) {
	w := newWorld(t, nil)
	r := httptest.NewRequest("GET", api+"calls", nil)
	r.SetBasicAuth("user", "secret")
	c := &careless{ResponseRecorder: httptest.NewRecorder(), carrier: w.Carrier}
	w.Handler().ServeHTTP(c, r)
	if c.writes == 0 || c.Code != 200 {
		t.Errorf("%d writes, status %d", c.writes, c.Code)
	}
}

func TestAnApplicationUsesTheAPIWhileItAnswersAWebhook(t *testing.T) {
	w := newWorld(t, nil)
	w.SetPhone(callee, Phone{Answers: true})
	var other string
	w.handlers["/initiate"] = func(rw http.ResponseWriter, _ *http.Request) {
		rec := w.ask("POST", "calls", order(`"disconnectUrl":"https://app.example/disconnect"`))
		w.wantAnswer(rec, 201, `{}`)
		other = strings.TrimPrefix(rec.Header().Get("Location"), w.accountURL()+"/calls/")
		w.wantAnswer(w.ask("GET", "calls", ""), 200, `[{"state":"initiated"},{"state":"queued"}]`)
		_, _ = io.WriteString(rw, `<Response><Pause duration="10"/></Response>`)
	}
	w.handlers["/answer"] = func(_ http.ResponseWriter, _ *http.Request) {
		w.wantAnswer(w.ask("POST", "calls/"+other, `{"state":"completed"}`), 200, "") // its own call, while it waits
	}
	w.call()
	w.advance(time.Minute)
	w.want("initiate; answer; disconnect hangup; disconnect hangup")
}

func FuzzREST(f *testing.F) {
	for _, op := range operations {
		f.Add(op.method, "/api/v2/accounts/9900000/"+op.path, `{"state":"completed"}`, "application/json")
	}
	f.Add("PUT", "/api/v2/accounts/9900000/calls/%2f..%2f/bxml?%zz=1", "<Bxml><Gather/></Bxml>", "application/xml")
	f.Add("POST", "/api/v1/oauth2/token", grantBody, "application/x-www-form-urlencoded")
	f.Fuzz(func(t *testing.T, method, path, body, kind string) {
		w := newWorld(t, nil)
		w.dial()
		r, err := http.NewRequest(method, "http://127.0.0.1"+path, strings.NewReader(body))
		if err != nil {
			return
		}
		r.SetBasicAuth("user", "secret")
		r.Header.Set("Content-Type", kind)
		rec := httptest.NewRecorder()
		w.Handler().ServeHTTP(rec, r)
		if rec.Code < 200 || rec.Code > 499 || rec.Code >= 400 && method != "HEAD" && !json.Valid(rec.Body.Bytes()) {
			t.Errorf("status %d: %s", rec.Code, rec.Body)
		}
		if len(w.feed) == 0 || w.feed[len(w.feed)-1].Kind != RESTRequest {
			t.Errorf("the feed does not end with the request")
		}
	})
}
