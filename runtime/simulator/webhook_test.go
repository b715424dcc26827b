package simulator

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestFieldsOfInitiate(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Hangup/>`})
	id, err := w.Place(Inbound{From: caller, To: desk, UUI: "YQ==;encoding=base64", Identity: "x", Privacy: true, DisplayName: "Ann",
		Diversion: &event.Diversion{OrigTo: callee, Reason: "user-busy"}, StirShaken: &event.StirShaken{AttestationIndicator: "A"},
		Headers: map[string]string{"X-Session": "7"}})
	w.check(err)
	w.settle()
	want := map[string]any{
		"eventType": "initiate", "eventTime": "2026-03-01T12:00:00.000Z", "accountId": "9900000", "applicationId": appID, "from": caller, "to": desk,
		"direction": "inbound", "callId": id, "callUrl": "https://voice.bandwidth.com/api/v2/accounts/9900000/calls/" + id,
		"startTime": "2026-03-01T12:00:00.000Z", "uui": "YQ==;encoding=base64", "identity": "x", "privacy": true, "callerDisplayName": "Ann",
		"diversion": map[string]any{"origTo": callee, "reason": "user-busy"}, "stirShaken": map[string]any{"attestationIndicator": "A"},
		"sipHeaders": map[string]any{"x-session": "7"}, "sipCallId": strings.ReplaceAll(id, "-", "") + "@sbc.bandwidth.com",
	}
	if diff := cmp.Diff(want, w.got[0].Raw()); diff != "" {
		t.Errorf("initiate (-want +got):\n%s", diff)
	}
}

func TestDeliveryByGET(t *testing.T) {
	for _, omit := range []bool{false, true} {
		w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="g?x=1&amp;y=2#top" gatherMethod="GET" username="ann" password="pw"/>`, "/g": `<Hangup/>`},
			func(cfg *Config) {
				cfg.Choices.OmitNested = omit
				cfg.Numbers = map[string]Application{desk: {URL: "https://app.example/initiate", Method: "get"}}
			})
		_, err := w.Place(Inbound{From: caller, To: desk, Diversion: &event.Diversion{OrigTo: callee}})
		w.check(err)
		w.advance(5 * second)
		if got := w.got[0].Str(event.FieldDiversionOrigTo); (got == callee) == omit {
			t.Errorf("diversion.origTo %q", got)
		}
		r := w.requests[1]
		user, password, _ := r.BasicAuth()
		if r.Method != "GET" || user != "ann" || password != "pw" || r.URL.Query().Get("x") != "1" || !r.URL.Query().Has("digits") {
			t.Errorf("%s %s as %s:%s", r.Method, r.URL, user, password)
		}
	}
}

func TestHeadersOfPOST(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Hangup/>`}, func(cfg *Config) {
		cfg.Numbers = map[string]Application{desk: {URL: "https://app.example/initiate", Username: "ann", Password: "pw"}}
	})
	w.call()
	r := w.requests[0]
	user, password, _ := r.BasicAuth()
	if r.Method != "POST" || r.Header.Get("Content-Type") != "application/json" || user != "ann" || password != "pw" || r.Host != "app.example" {
		t.Errorf("%s %s %v", r.Method, r.Host, r.Header)
	}
}

func TestRelativeURLs(t *testing.T) {
	w := newWorld(t, map[string]string{
		"/v1/in/initiate": "!500", "/backup/in?k=1": "", "/backup/in": `<Redirect redirectUrl="next/step?a=b"/>`,
		"/backup/next/step": `<PlayAudio>../tone.wav</PlayAudio><Redirect redirectUrl="?only=query"/>`,
	}, func(cfg *Config) {
		cfg.Numbers = map[string]Application{desk: {URL: "https://app.example/v1/in/initiate", FallbackURL: "https://app.example/backup/in?k=1"}}
	})
	w.handlers["/backup/next/step"] = func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.RawQuery == "only=query" {
			_, _ = io.WriteString(rw, "<Response><Hangup/></Response>")
			return
		}
		_, _ = io.WriteString(rw, "<Response>"+w.answers[r.URL.Path]+"</Response>")
	}
	id := w.call()
	w.advance(minute)
	w.want("initiate; initiate; redirect; redirect")
	if call, _ := w.Call(id); call.Cause != "hangup" || call.Heard[0] != "https://app.example/backup/tone.wav" {
		t.Errorf("%+v", call)
	}
}

func TestFailuresOfSynchronousWebhooks(t *testing.T) {
	tests := []struct {
		name          string
		fault         Fault
		answer        string // of the first URL
		fallback      FallbackPolicy
		want          string
		after         time.Duration
		withoutBackup bool
	}{
		{name: "404", answer: "!404", want: "initiate; initiate; disconnect hangup"},
		{name: "500", answer: "!500", want: "initiate; initiate; disconnect hangup"},
		{name: "302", answer: "!302", want: "initiate; initiate; disconnect hangup"},
		{name: "404 when only silence counts", answer: "!404", fallback: FallbackUnreachable, want: "initiate; disconnect callback-error"},
		{name: "500 when 5xx counts", answer: "!500", fallback: FallbackServer, want: "initiate; initiate; disconnect hangup"},
		{name: "404 when 5xx counts", answer: "!404", fallback: FallbackServer, want: "initiate; disconnect callback-error"},
		{name: "500 without fallback", answer: "!500", withoutBackup: true, want: "initiate; disconnect callback-error"},
		{name: "a lost connection", fault: Fault{Kind: Drop}, want: "initiate; disconnect hangup"},
		{name: "a timeout", fault: Fault{Kind: Slow, Delay: minute}, after: 15 * second, want: "initiate; initiate; disconnect hangup"},
		{name: "a slow answer", fault: Fault{Kind: Slow, Delay: 14 * second}, after: 14 * second, want: "initiate; disconnect hangup"},
		{name: "both fail", fault: Fault{Kind: Error, Count: 2}, want: "disconnect callback-error"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			answers := map[string]string{"/initiate": `<Hangup/>`, "/backup": `<Hangup/>`}
			if tt.answer != "" {
				answers["/initiate"] = tt.answer
			}
			w := newWorld(t, answers, func(cfg *Config) {
				cfg.Choices.Fallback = tt.fallback
				a := cfg.Numbers[desk]
				if a.FallbackURL = "https://app.example/backup"; tt.withoutBackup {
					a.FallbackURL = ""
				}
				cfg.Numbers[desk] = a
			})
			if tt.fault.Kind != "" {
				w.Fault(tt.fault)
			}
			id := w.call()
			w.advance(tt.after)
			w.want(tt.want)
			if call, _ := w.Call(id); call.EndedAt.Sub(call.Started) != tt.after {
				t.Errorf("ended after %s", call.EndedAt.Sub(call.Started))
			}
		})
	}
}

func TestAsynchronousWebhooksAreRepeatedOnce(t *testing.T) {
	tests := []struct {
		name  string
		fault Fault
		want  string
	}{
		{"after a lost connection", Fault{Kind: Drop, Event: "dtmf"}, "initiate; dtmf 1"},
		{"but not twice", Fault{Kind: Drop, Event: "dtmf", Count: 2}, "initiate"},
		{"not after an error status", Fault{Kind: Error, Event: "dtmf"}, "initiate"},
		{"not after a timeout", Fault{Kind: Slow, Event: "dtmf", Delay: minute}, "initiate; dtmf 1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": `<StartGather dtmfUrl="/d"/><Pause duration="600"/>`},
				func(cfg *Config) { cfg.Choices.RetryAfter = second })
			id := w.call()
			w.Fault(tt.fault)
			w.check(w.Press(id, "1"))
			w.advance(2 * minute)
			w.want(tt.want)
		})
	}
}

func TestRedirectsCanBeFollowed(t *testing.T) {
	for _, follow := range []bool{true, false} {
		w := newWorld(t, map[string]string{"/moved/here": `<Redirect redirectUrl="beside"/>`, "/moved/beside": `<Hangup/>`},
			func(cfg *Config) { cfg.Choices.FollowRedirects = follow })
		w.handlers["/initiate"] = func(rw http.ResponseWriter, r *http.Request) {
			rw.Header().Set("Location", "moved/here")
			rw.WriteHeader(http.StatusTemporaryRedirect)
		}
		w.call()
		want := "initiate; disconnect callback-error"
		if follow {
			want = "initiate; initiate; redirect; disconnect hangup"
		}
		w.want(want)
	}
}

func TestFaultsOfWebhooks(t *testing.T) {
	tests := []struct {
		name  string
		fault Fault
		want  string
	}{
		{"duplicate", Fault{Kind: Duplicate, Event: "dtmf"}, "initiate; dtmf 1; dtmf 1; dtmf 2"},
		{"delay", Fault{Kind: Delay, Event: "dtmf", Delay: second}, "initiate; dtmf 2; dtmf 1"},
		{"reorder", Fault{Kind: Reorder, Event: "dtmf"}, "initiate; dtmf 2; dtmf 1"},
		{"reorder of the last one", Fault{Kind: Reorder, Event: "dtmf", Count: 2}, "initiate; dtmf 1; dtmf 2"},
		{"of another call", Fault{Kind: Drop, Call: "c-other", Count: 9}, "initiate; dtmf 1; dtmf 2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": `<StartGather dtmfUrl="/d"/><Pause duration="60"/>`})
			w.Fault(tt.fault)
			id := w.call()
			w.check(w.Press(id, "1"))
			if tt.fault.Kind == Duplicate {
				w.settle()
			}
			w.check(w.Press(id, "2"))
			w.advance(10 * second)
			w.want(tt.want)
		})
	}
}

func TestADuplicateOfASynchronousWebhookRunsItsAnswerOnce(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="/g" maxDigits="1"/>`, "/g": `<SpeakSentence>once</SpeakSentence>`})
	w.Fault(Fault{Kind: Duplicate, Event: "gather"})
	id := w.call()
	w.check(w.Press(id, "1"))
	w.advance(minute)
	w.want("initiate; gather 1; gather 1; disconnect hangup")
	if call, _ := w.Call(id); len(call.Heard) != 1 {
		t.Errorf("heard %q", call.Heard)
	}
}

func TestRestartEndsEveryCall(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="/g"/>`})
	w.call()
	w.dial()
	w.Fault(Fault{Kind: Restart})
	w.advance(minute)
	w.want("initiate; disconnect error; disconnect error")
}

func TestAPanicOfTheApplicationIsALostConnection(t *testing.T) {
	w := newWorld(t, nil)
	w.handlers["/initiate"] = func(http.ResponseWriter, *http.Request) { panic("oh") }
	w.call()
	w.want("initiate; disconnect callback-error")
}

func TestRedirectsInACircleFail(t *testing.T) {
	w := newWorld(t, nil, func(cfg *Config) { cfg.Choices.FollowRedirects = true })
	w.handlers["/initiate"] = func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "/initiate", http.StatusTemporaryRedirect)
	}
	w.call()
	if w.last("disconnect").Str(event.FieldCause) != "callback-error" || len(w.got) != maxRedirects+1 {
		t.Errorf("%s", w.events())
	}
}
