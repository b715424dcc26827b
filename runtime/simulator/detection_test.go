package simulator

import (
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func detects(mode string) func(*creation) {
	return func(x *creation) {
		x.MachineDetection = &machineDetection{Mode: mode, CallbackURL: "https://app.example/machine", FallbackURL: "https://app.example/machine2"}
	}
}

func TestMachineDetectionSequences(t *testing.T) {
	redirected := func(w *world, _ string) { rest("A")(w, "") }
	tests := []struct {
		name, mode string
		phone      Phone
		acts       []act
		want       string
	}{
		{"asynchronous", "async", Phone{Answers: true, Machine: "answering-machine", MachineAfter: 4 * second}, []act{wait(10 * second), redirected, wait(minute)},
			"answer A; machineDetectionComplete A; redirect A; disconnect A hangup"},
		{"the mode is asynchronous by default", "", Phone{Answers: true}, []act{wait(10 * second), ends("A")}, "answer A; machineDetectionComplete A; disconnect A hangup"},
		{"synchronous", "sync", Phone{Answers: true}, []act{wait(10 * second), ends("A")}, "answer A; disconnect A hangup"},
		{"the party hangs up before", "sync", Phone{Answers: true, HangUpAfter: second}, []act{wait(10 * second)}, "disconnect A hangup"},
		{"the party hangs up before the asynchronous result", "async", Phone{Answers: true, HangUpAfter: second}, []act{wait(10 * second)}, "answer A; disconnect A hangup"},
		{"REST is faster", "sync", Phone{Answers: true, MachineAfter: 4 * second}, []act{wait(second), redirected, wait(minute)}, "redirect A; disconnect A hangup"},
		{"the call is not answered", "sync", Phone{Busy: true}, []act{wait(second)}, "disconnect A busy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`, "/rest": `<Pause duration="20"/>`})
			w.SetPhone(callee, tt.phone)
			id := w.dial(detects(tt.mode))
			for _, do := range tt.acts {
				do(w, id)
			}
			w.tells(tt.want)
		})
	}
}

func TestMachineDetectionResults(t *testing.T) {
	short := 3.0
	tests := []struct {
		name            string
		phone           Phone
		change          func(*machineDetection)
		value, duration string
		at              time.Duration
	}{
		{"human by default", Phone{Answers: true}, nil, "human", "PT2S", 2 * second},
		{"a machine", Phone{Answers: true, Machine: "answering-machine", MachineAfter: 5 * second}, nil, "answering-machine", "PT5S", 5 * second},
		{"silence takes its timeout", Phone{Answers: true, Machine: "silence"}, nil, "silence", "PT10S", 10 * second},
		{"timeout takes its timeout", Phone{Answers: true, Machine: "timeout"}, nil, "timeout", "PT15S", 15 * second},
		{"longer than the timeout", Phone{Answers: true, MachineAfter: 5 * second}, func(d *machineDetection) { d.DetectionTimeout = &short }, "timeout", "PT3S", 3 * second},
	}
	for _, tt := range tests {
		for mode, name := range map[string]string{"sync": "answer", "async": "machineDetectionComplete"} {
			t.Run(tt.name+", "+mode, func(t *testing.T) {
				w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`})
				w.SetPhone(callee, tt.phone)
				w.dial(detects(mode), func(x *creation) {
					if tt.change != nil {
						tt.change(x.MachineDetection)
					}
				})
				w.advance(30 * second)
				e := w.last(name)
				if e.Str(event.FieldMachineDetectionResultValue) != tt.value || e.Str(event.FieldMachineDetectionResultDuration) != tt.duration {
					t.Errorf("got %s", e.AppendJSON(nil))
				}
				if at := w.at[len(w.at)-1].Sub(began); at != tt.at {
					t.Errorf("after %s", at)
				}
			})
		}
	}
}

func TestMachineDetectionHasAFallback(t *testing.T) {
	w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`, "/machine": "!500"})
	w.SetPhone(callee, Phone{Answers: true})
	w.dial(detects("async"))
	w.advance(10 * second)
	if last := w.requests[len(w.requests)-1].URL.Path; last != "/machine2" {
		t.Errorf("the last webhook went to %s", last)
	}
}

func TestWhoPicksUpSaysWhatMachineDetectionFinds(t *testing.T) {
	w := newWorld(t, map[string]string{"/answer": `<Pause duration="60"/>`})
	w.SetPhone(callee, Phone{Machine: "human"})
	id := w.dial(detects("async"))
	w.advance(second)
	if err := w.PickUpAs(id, "robot"); err == nil || err.Error() != `pick up: machine detection never finds "robot"` {
		t.Errorf("a finding that there is not: %v", err)
	}
	if err := w.PickUpAs(id, "answering-machine"); err != nil {
		t.Fatal(err)
	}
	w.advance(30 * second)
	if got := w.last("machineDetectionComplete").Str(event.FieldMachineDetectionResultValue); got != "answering-machine" {
		t.Errorf("it finds %q", got)
	}
	other := w.dial()
	w.advance(second)
	if err := w.PickUpAs(other, "human"); err == nil || err.Error() != "pick up: nobody asked for machine detection on leg "+other {
		t.Errorf("a call without detection: %v", err)
	}
	if c, _ := w.Call(other); c.State == StateAnswered {
		t.Error("it was answered all the same")
	}
}
