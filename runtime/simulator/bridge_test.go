package simulator

import (
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// bridges makes call A, which waits, and call B, which bridges to it.
func bridges(t *testing.T, attributes, after string) *world {
	t.Helper()
	w := newWorld(t, map[string]string{"/initiate": `<Pause duration="3600"/>`, "/over": `<Pause duration="5"/>`, "/left": `<Pause duration="5"/>`,
		"/rest": `<Pause duration="3"/>`, "/next": "<Hangup/>"})
	a := w.call()
	w.answers["/initiate"] = `<Bridge ` + attributes + `> ` + a + ` </Bridge>` + after
	w.call()
	return w
}

func TestBridgeSequences(t *testing.T) {
	both := `bridgeCompleteUrl="/over" bridgeTargetCompleteUrl="/left"`
	next := `<Redirect redirectUrl="/next"/>`
	tests := []struct {
		name, attributes, after string
		acts                    []act
		want                    string
	}{
		{"the target hangs up", both, "", []act{wait(minute), leaves("A")}, "disconnect A hangup; bridgeComplete B"},
		{"the bridging call hangs up", both, "", []act{wait(minute), leaves("B")}, "disconnect B hangup; bridgeTargetComplete A"},
		{"the bridging call is redirected", both, "", []act{rest("B")}, "redirect B; bridgeTargetComplete A"},
		{"the target is redirected", both, "", []act{rest("A")}, "redirect A; bridgeComplete B"},
		{"the bridging call gets a document", both, "", []act{pushes("B")}, "bridgeTargetComplete A"},
		{"the target gets a document", both, "", []act{pushes("A")}, "bridgeComplete B"},
		{"the bridging call is ended by REST", both, "", []act{ends("B")}, "disconnect B hangup; bridgeTargetComplete A"},
		{"without bridgeCompleteUrl the next verb runs", "", next, []act{leaves("A")}, "disconnect A hangup; redirect B; disconnect B hangup"},
		{"without bridgeTargetCompleteUrl the target hangs up", "", next, []act{leaves("B")}, "disconnect B hangup; disconnect A hangup"},
		{"a redirect of the bridging call hangs up the target without a URL", "", next, []act{rest("B")}, "redirect B; disconnect A hangup"},
		{"both end at once, the target first", both, "", []act{func(w *world, _ string) {
			w.check(w.HangUp(w.nth("A")))
			w.check(w.HangUp(w.nth("B")))
			w.settle()
		}}, "disconnect A hangup; disconnect B hangup"},
		{"both end at once, the bridging call first", both, "", []act{func(w *world, _ string) {
			w.check(w.HangUp(w.nth("B")))
			w.check(w.HangUp(w.nth("A")))
			w.settle()
		}}, "disconnect B hangup; disconnect A hangup"},
		{"both are redirected at once", both, "", []act{func(w *world, _ string) {
			w.mu.Lock()
			_ = w.updateCall(w.order[1].id, update{RedirectURL: "https://app.example/rest"})
			_ = w.updateCall(w.order[0].id, update{RedirectURL: "https://app.example/rest"})
			w.mu.Unlock()
			w.settle()
		}}, "redirect B; redirect A"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := bridges(t, tt.attributes, tt.after)
			w.got = nil
			for _, do := range tt.acts {
				do(w, "")
			}
			w.tells(tt.want)
			if strings.Count(w.log(), " bridged ") != 2 || strings.Count(w.log(), " unbridged ") != 2 {
				t.Errorf("feed:\n%s", w.log())
			}
		})
	}
}

func TestExactlyOneBridgeEventWhateverTheOrder(t *testing.T) {
	for seed := range uint64(20) {
		w := newWorld(t, map[string]string{"/initiate": `<Pause duration="3600"/>`, "/over": `<Pause duration="5"/>`, "/left": `<Pause duration="5"/>`},
			func(cfg *Config) { cfg.Seed, cfg.Choices.Shuffle = seed, true })
		a := w.call()
		w.answers["/initiate"] = `<Bridge bridgeCompleteUrl="/over" bridgeTargetCompleteUrl="/left">` + a + `</Bridge>`
		w.call()
		leaves([]string{"A", "B"}[seed%2])(w, "")
		w.advance(time.Hour)
		if n := strings.Count(w.told(), "bridge"); n != 1 {
			t.Errorf("seed %d: %s", seed, w.told())
		}
	}
}

func TestABridgeCancelsTheTargetsBXML(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Gather gatherUrl="/g" firstDigitTimeout="60"/>`, "/left": `<Hangup/>`})
	a := w.call()
	w.answers["/initiate"] = `<Bridge bridgeTargetCompleteUrl="/left">` + a + `</Bridge>`
	w.call()
	w.check(w.Press(a, "1"))
	w.check(w.Say(a, "hello"))
	w.advance(2 * minute)
	w.tells("initiate A; initiate B")
	if s := w.shot("A"); s.Verb != "Bridge" || s.With != w.nth("B") {
		t.Errorf("A is %+v", s)
	}
	if s := w.shot("B"); len(s.Heard) != 2 || s.Heard[1] != "hello" {
		t.Errorf("B heard %q", s.Heard)
	}
}

func TestABridgeTakesAnAnswerOnItsWayFromTheTarget(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Pause duration="60"/><Redirect redirectUrl="/slow"/>`, "/slow": `<Hangup/>`},
		func(cfg *Config) { cfg.Latency = 5 * second })
	a := w.call()
	w.advance(66 * second)
	w.answers["/initiate"] = `<Bridge>` + a + `</Bridge>`
	if _, err := w.Place(Inbound{From: caller, To: desk}); err != nil {
		t.Fatal(err)
	}
	w.advance(2 * second)
	if s := w.shot("A"); s.Waiting != "redirect" {
		t.Fatalf("A is %+v", s)
	}
	w.advance(10 * second)
	if s := w.shot("A"); s.State != StateDisconnected {
		t.Errorf("the answer that came before the bridge counts, A is %+v", s)
	}
	w.tells("initiate A; redirect A; initiate B; disconnect A hangup; disconnect B hangup")
}

func TestABridgeAnswersAnInboundTarget(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Ring answerCall="false" duration="60"/>`})
	a := w.call()
	w.answers["/initiate"] = `<Bridge>` + a + `</Bridge>`
	w.call()
	if s := w.shot("A"); s.State != StateAnswered || s.Verb != "Bridge" {
		t.Errorf("A is %+v", s)
	}
}

func TestBridgesThatFail(t *testing.T) {
	tests := []struct {
		name          string
		first         string // the document of call A
		acts          []act
		id            string // of the target, or its letter; A when empty
		want, message string
	}{
		{"the target is unknown", "", nil, "c-00000000-00000000-0000-0000-0000-000000000000", causeRejected, "was not found"},
		{"the target hung up", `<Hangup/>`, nil, "", causeRejected, "is no longer active"},
		{"the target is being forwarded", `<Forward to="` + other + `"/>`, nil, "", causeRejected, "is being forwarded"},
		{"the target listens to the answer to transferAnswer", `<Transfer><PhoneNumber transferAnswerUrl="/wait">` + other + `</PhoneNumber></Transfer>`,
			[]act{picksUp("B")}, "B", causeBusy, "is already bridged with another call"},
		{"the target is bridged", `<Transfer><PhoneNumber>` + other + `</PhoneNumber></Transfer>`, []act{picksUp("B")}, "", causeBusy, "is already bridged with another call"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.first, "/over": "<Hangup/>", "/wait": `<Pause duration="60"/>`})
			id := w.call()
			for _, do := range tt.acts {
				do(w, id)
			}
			switch {
			case len(tt.id) == 1:
				id = w.nth(tt.id)
			case tt.id != "":
				id = tt.id
			}
			w.answers["/initiate"] = `<Bridge bridgeCompleteUrl="/over" bridgeTargetCompleteUrl="/left" tag="b">` + id + `</Bridge>`
			w.call()
			e := w.last("bridgeComplete")
			if e.Str(event.FieldCause) != tt.want || e.Str(event.FieldErrorMessage) != "Call "+id+" "+tt.message || e.Str(event.FieldErrorID) == "" || e.Str(event.FieldTag) != "b" {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
			if strings.Contains(w.told(), "bridgeTargetComplete") {
				t.Errorf("got %s", w.told())
			}
		})
	}
}

func TestABridgeToAnUnansweredOutboundCallFails(t *testing.T) {
	w := newWorld(t, map[string]string{"/next": "<Hangup/>"})
	a := w.dial()
	w.settle()
	w.answers["/initiate"] = `<Bridge>` + a + `</Bridge><Redirect redirectUrl="/next"/>`
	w.call()
	w.tells("initiate B; redirect B; disconnect B hangup")
}

func TestABridgeToItselfFails(t *testing.T) {
	w := newWorld(t, map[string]string{"/over": "<Hangup/>", "/initiate": `<Redirect redirectUrl="/r"/>`})
	id, err := w.Place(Inbound{From: caller, To: desk})
	w.check(err)
	w.answers["/r"] = `<Bridge bridgeCompleteUrl="/over">` + id + `</Bridge>`
	w.settle()
	w.tells("initiate A; redirect A; bridgeComplete A rejected; disconnect A hangup")
}

func TestABridgeTakesAMemberOutOfItsConference(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Conference conferenceEventUrl="/c">room</Conference>`})
	a := w.call()
	w.answers["/initiate"] = `<Bridge>` + a + `</Bridge>`
	w.call()
	w.tells("initiate A; conferenceCreated; conferenceMemberJoin A; initiate B; conferenceMemberExit A; conferenceCompleted")
	if s := w.shot("A"); s.With != w.nth("B") {
		t.Errorf("A is with %q", s.With)
	}
}
