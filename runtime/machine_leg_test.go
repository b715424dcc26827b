package runtime

import "testing"

// queued returns a machine with effects, each "operation" with the time of its next attempt.
func queued(effects ...Effect) *Machine { return &Machine{Effects: effects} }

func waits(operation string, next int64) Effect {
	return Effect{Next: next, Request: Request{Operation: operation}}
}

func TestWhichEffectComesNext(t *testing.T) {
	const now = 100
	tests := []struct {
		sentence string
		effects  []Effect
		next     int // at now
		due      int64
		pending  bool
	}{
		{"nothing is to be done", nil, -1, 0, false},
		{"the first one comes first", []Effect{waits("", 0), waits(opTell, 0)}, 0, 0, true},
		{"a service that waits lets pass a tell", []Effect{waits("", 200), waits(opTell, 0)}, 1, 200, true},
		{"a service that waits lets pass a document", []Effect{waits("", 200), waits(opPush, 0)}, 1, 200, true},
		{"a service that waits lets pass a dial", []Effect{waits("", 200), waits(opDial, 0)}, 1, 200, true},
		{"an operation that waits lets pass a hang-up", []Effect{waits("updateConference", 200), waits(opHangUp, 0)}, 1, 200, true},
		{"services keep their order", []Effect{waits("", 200), waits("", 0), waits("updateConference", 0)}, -1, 200, false},
		{"what the call needs passes all services", []Effect{waits("", 200), waits("", 0), waits(opTell, 0)}, 2, 200, true},
		{"a tell that waits holds up the others", []Effect{waits(opTell, 200), waits(opTell, 0), waits("", 0)}, -1, 200, false},
		{"a dial that waits holds up its hang-up", []Effect{waits("", 300), waits(opDial, 200), waits(opHangUp, 0)}, -1, 200, false},
		{"whatever waits least is due", []Effect{waits("", 150), waits(opTell, 200)}, -1, 150, false},
		{"a service whose time has come is first again", []Effect{waits("", 90), waits(opTell, 0)}, 0, 90, true},
	}
	for _, tt := range tests {
		t.Run(tt.sentence, func(t *testing.T) {
			m := queued(tt.effects...)
			if got := m.nextEffect(now); got != tt.next {
				t.Errorf("next is %d, want %d", got, tt.next)
			}
			if due, pending := m.due(); due != tt.due || pending != tt.pending {
				t.Errorf("due %d, pending %t, want %d, %t", due, pending, tt.due, tt.pending)
			}
		})
	}
}

func TestALegThatKnowsItsCallMayEndItBehindAServiceThatWaits(t *testing.T) {
	m := queued(waits("", 300), waits(opHangUp, 200))
	m.Key = legPrefix + "a"
	if !m.learn("c-1", 50) || m.Effects[1].Next != 0 || m.Effects[0].Next != 300 || m.Touched != 50 {
		t.Errorf("effects %+v, touched %d", m.Effects, m.Touched)
	}
}
