package simulator

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// update returns the status of updateCall.
func (w *world) update(id string, u update) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return status(w.updateCall(id, u), 200)
}

func (w *world) updateDocument(id, doc string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return status(w.updateBxml(id, []byte(doc)), 204)
}

func TestUpdateCall(t *testing.T) {
	redirect := update{RedirectURL: "https://app.example/r", Tag: new("new")}
	tests := []struct {
		name   string
		update update
		acts   []act
		status int
		want   string
	}{
		{"a redirect interrupts a verb", redirect, []act{}, 200, "initiate; redirect new; gather new; disconnect hangup new"},
		{"a redirect without url", update{}, nil, 400, "initiate"},
		{"a relative redirect", update{RedirectURL: "/r"}, nil, 400, "initiate"},
		{"completed hangs up", update{State: "completed"}, nil, 200, "initiate; disconnect hangup"},
		{"completed with a url", update{State: "completed", RedirectURL: "https://app.example/r"}, nil, 400, "initiate"},
		{"an unknown state", update{State: "paused"}, nil, 400, "initiate"},
		{"after the end", redirect, []act{hangsUp}, 404, "initiate; disconnect hangup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": `<Pause duration="600"/>`, "/r": `<Gather gatherUrl="/g"/>`, "/g": `<Hangup/>`})
			id := w.call()
			for _, a := range tt.acts {
				a(w, id)
			}
			if got := w.update(id, tt.update); got != tt.status {
				t.Errorf("status %d, not %d", got, tt.status)
			}
			w.advance(10 * second)
			w.want(tt.want)
		})
	}
}

func TestUpdateOfACallThatIsNotAnswered(t *testing.T) {
	redirect := update{RedirectURL: "https://app.example/r"}
	w := newWorld(t, map[string]string{"/initiate": `<Ring answerCall="false" duration="600"/>`})
	in, out := w.call(), w.dial()
	if got := w.update(out, redirect); got != 409 {
		t.Errorf("redirect of a queued call: %d", got)
	}
	w.settle()
	for _, id := range []string{in, out} {
		if got, doc := w.update(id, redirect), w.updateDocument(id, `<Response/>`); got != 409 || doc != 409 {
			t.Errorf("redirect of a ringing call: %d, %d", got, doc)
		}
		if got := w.update(id, update{State: "completed"}); got != 200 {
			t.Errorf("end of a ringing call: %d", got)
		}
	}
	queued := w.dial()
	w.update(queued, update{State: "completed"})
	w.advance(second)
	w.want("initiate; disconnect rejected; disconnect cancel; disconnect cancel")
}

func TestUpdateBxml(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="/g"/>`})
	id := w.call()
	for doc, want := range map[string]int{`<Bxml><Dance/></Bxml>`: 400, `x`: 400, `<Bxml><Redirect redirectUrl="/r"/></Bxml>`: 400, `<Bxml><PlayAudio>a.wav</PlayAudio></Bxml>`: 400} {
		if got := w.updateDocument(id, doc); got != want {
			t.Errorf("%s: %d, not %d", doc, got, want)
		}
	}
	if got := w.updateDocument(id, `<Bxml><SpeakSentence>new</SpeakSentence></Bxml>`); got != 204 {
		t.Errorf("status %d", got)
	}
	w.advance(minute)
	w.want("initiate; disconnect hangup")
	if call, _ := w.Call(id); call.Heard[0] != "new" {
		t.Errorf("heard %q", call.Heard)
	}
	if got := w.updateDocument("c-nobody", `<Bxml/>`); got != 404 {
		t.Errorf("unknown call: %d", got)
	}
}

func TestARedirectOvertakesTheAnswerInFlight(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="/g" maxDigits="1"/>`, "/g": `<SpeakSentence>late</SpeakSentence>`, "/r": `<SpeakSentence>new</SpeakSentence>`})
	id := w.call()
	w.handlers["/g"] = func(rw http.ResponseWriter, _ *http.Request) {
		if got := w.update(id, update{RedirectURL: "https://app.example/r"}); got != 200 {
			t.Errorf("status %d", got)
		}
		_, _ = rw.Write([]byte(`<Response><SpeakSentence>late</SpeakSentence></Response>`))
	}
	w.check(w.Press(id, "1"))
	w.advance(minute)
	w.want("initiate; gather 1; redirect; disconnect hangup")
	if call, _ := w.Call(id); strings.Join(call.Heard, " ") != "new" {
		t.Errorf("heard %q", call.Heard)
	}
}

func TestChoicesOfUpdates(t *testing.T) {
	redirect := update{RedirectURL: "https://app.example/r"}
	w := newWorld(t, map[string]string{"/initiate": `<Ring answerCall="false"/><Pause duration="60"/>`, "/r": `<Pause duration="60"/>`}, func(cfg *Config) {
		cfg.Choices = Choices{RedirectUnanswered: true, KeepBase: true, JustEnded: 5 * second, NoLimits: true}
		cfg.MaxCalls = 1
	})
	id, other := w.call(), w.call()
	if got := w.update(id, redirect); got != 200 {
		t.Errorf("redirect of an unanswered call: %d", got)
	}
	w.settle()
	if got := w.updateDocument(id, `<Bxml><PlayAudio>a.wav</PlayAudio></Bxml>`); got != 204 {
		t.Errorf("a relative url: %d", got)
	}
	w.settle()
	if call, _ := w.Call(id); strings.Join(call.Heard, " ") != "https://app.example/a.wav" {
		t.Errorf("heard %q", call.Heard)
	}
	w.check(w.HangUp(id))
	for _, want := range []int{409, 404} {
		if got := w.update(id, redirect); got != want {
			t.Errorf("redirect after the end: %d, not %d", got, want)
		}
		w.advance(5 * second)
	}
	if call, _ := w.Call(other); call.Verb != "Pause" || call.State != StateAnswered {
		t.Errorf("the other call %+v", call)
	}
}

func TestCallsAreForgottenAfterAWeek(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Hangup/>`})
	first := w.call()
	w.advance(keepCalls)
	second := w.call()
	w.advance(time.Second)
	third := w.call()
	var ids []string
	for _, call := range w.Calls() {
		ids = append(ids, call.ID)
	}
	if _, known := w.Call(first); known || !slices.Equal(ids, []string{second, third}) {
		t.Errorf("calls %v, the first is known: %v", ids, known)
	}
}
