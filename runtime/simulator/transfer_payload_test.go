package simulator

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestTransferCompleteMayComeFirst(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": transferTo(phoneNumber(first)), "/over": "<Hangup/>"},
		func(cfg *Config) { cfg.Choices.CompleteFirst, cfg.Choices.DisconnectLegs = true, true })
	w.call()
	isBusy("B")(w, "")
	w.tells("initiate A; disconnect B busy; transferComplete A busy; transferDisconnect B busy; disconnect A hangup")
}

func TestTransferPayloads(t *testing.T) {
	w := newWorld(t, map[string]string{
		"/initiate": `<Tag>outer</Tag><Transfer transferCompleteUrl="/over" transferCallerId="` + desk + `"><SipUri transferAnswerUrl="/answered"
			transferDisconnectUrl="/gone" tag="inner">sip:ann@example.com</SipUri></Transfer>`,
		"/answered": `<Gather gatherUrl="/g" maxDigits="1"/>`, "/g": "<Response/>", "/over": "<Hangup/>",
	})
	w.call()
	w.advance(4 * second)
	picksUp("B")(w, "")
	w.check(w.Press(w.nth("B"), "1"))
	w.settle()
	leaves("B")(w, "")
	a, b := w.nth("A"), w.nth("B")
	for _, name := range []string{"transferAnswer", "gather", "transferDisconnect"} {
		e := w.last(name)
		got := []string{e.CallID(), e.Str(event.FieldParentCallID), e.Str(event.FieldFrom), e.Str(event.FieldTo), e.Str(event.FieldDirection),
			e.Str(event.FieldTransferCallerID), e.Str(event.FieldTransferTo), e.Str(event.FieldTag), e.Str(event.FieldAnswerTime)}
		want := []string{b, a, caller, desk, outbound, desk, "sip:ann@example.com", "inner", "2026-03-01T12:00:04.000Z"}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, want)
		}
	}
	e := w.last("transferComplete")
	got := []string{e.CallID(), e.Str(event.FieldParentCallID), e.Str(event.FieldDirection), e.Str(event.FieldTransferCallerID),
		e.Str(event.FieldTransferTo), e.Str(event.FieldTag), e.Str(event.FieldErrorMessage)}
	if want := []string{a, "", inbound, desk, "sip:ann@example.com", "outer", ""}; !slices.Equal(got, want) {
		t.Errorf("transferComplete:\n got %q\nwant %q", got, want)
	}
}

func TestAFailedTransferSaysWhy(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": transferTo(phoneNumber(first)), "/over": "<Hangup/>"})
	w.call()
	isBusy("B")(w, "")
	d, c := w.last("transferDisconnect"), w.last("transferComplete")
	if d.Has(event.FieldAnswerTime) || d.Str(event.FieldErrorMessage) != "Callee is busy" {
		t.Errorf("transferDisconnect: %s", d.AppendJSON(nil))
	}
	if c.Str(event.FieldErrorID) == "" || c.Str(event.FieldErrorID) != d.Str(event.FieldErrorID) {
		t.Errorf("transferComplete: %s", c.AppendJSON(nil))
	}
}

func TestTheCallerIDOfATransferIsThatOfTheRemoteParty(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": transferTo(phoneNumber(first)), "/answer": transferTo(phoneNumber(other))})
	w.SetPhone(callee, Phone{Answers: true})
	w.call()
	w.advance(2 * second)
	w.dial()
	w.settle()
	if b, d := w.shot("B"), w.shot("D"); b.TransferCallerID != caller || d.TransferCallerID != callee {
		t.Errorf("got %s and %s", b.TransferCallerID, d.TransferCallerID)
	}
}

func TestACalledPartyThatIsRedirectedIsNotBridgedAnyMore(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": transferTo(phoneNumber(first)), "/answered": "<Response/>", "/rest": `<Pause duration="60"/>`, "/over": `<Pause duration="60"/>`})
	w.call()
	picksUp("B")(w, "")
	rest("B")(w, "")
	w.check(w.Say(w.nth("B"), "hello"))
	if a, b := w.shot("A"), w.shot("B"); a.With != "" || b.With != "" || len(a.Heard) > 0 || b.State != StateAnswered {
		t.Errorf("A %+v\nB %+v", a, b)
	}
}

func TestEightTargetsRingAtOnceAndNineAreInvalid(t *testing.T) {
	var targets []string
	for i := range 9 {
		targets = append(targets, fmt.Sprintf("<PhoneNumber>+1555000900%d</PhoneNumber>", i))
	}
	w := newWorld(t, map[string]string{"/initiate": transferTo(targets[:8]...)})
	w.call()
	w.advance(2 * second)
	for _, c := range w.Calls()[1:] {
		if !c.Ringing {
			t.Errorf("%s does not ring", c.TransferTo)
		}
	}
	if n := len(w.Calls()); n != 9 {
		t.Errorf("%d calls", n)
	}
	w.answers["/initiate"] = transferTo(targets...)
	w.call()
	if c := w.shot("J"); c.Cause != causeInvalid {
		t.Errorf("nine targets: %+v", c)
	}
}

func TestTransfersMeetTheLimitsOfTheAccount(t *testing.T) {
	tests := []struct {
		name          string
		change        func(*Config)
		want, message string
	}{
		{"calls at once", func(cfg *Config) { cfg.MaxCalls = 1 }, "initiate A; transferComplete A account-limit; disconnect A hangup", concurrentLimit},
		{"calls per second", func(cfg *Config) { cfg.CallsPerSecond = 1 }, "initiate A; transferComplete A account-limit; disconnect A hangup", creationLimit},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": transferTo(phoneNumber(first)), "/over": "<Hangup/>"}, tt.change)
			w.call()
			w.tells(tt.want)
			if e := w.last("transferComplete"); e.Str(event.FieldErrorMessage) != tt.message || e.Str(event.FieldTransferTo) != first {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
		})
	}
}

func TestBothLegsOfATransferHearEachOther(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<StartGather dtmfUrl="/d"/>` + transferTo(phoneNumber(first)), "/answered": "<Response/>", "/over": "<Hangup/>"})
	id := w.call()
	picksUp("B")(w, "")
	w.check(w.Say(id, "hello"))
	w.check(w.Say(w.nth("B"), "good day"))
	w.check(w.Press(id, "5"))
	w.settle()
	if a, b := w.shot("A"), w.shot("B"); !slices.Equal(a.Heard, []string{"good day"}) || !slices.Equal(b.Heard, []string{"hello", "dtmf 5"}) || a.With != b.ID || b.With != a.ID {
		t.Errorf("A %+v\nB %+v", a, b)
	}
	leaves("B")(w, "")
	w.tells("initiate A; transferAnswer B; dtmf A; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup")
}

func TestAPhoneThatAnswersByItselfIsBridgedForAnHour(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": transferTo(phoneNumber(first)), "/answered": "<Response/>", "/over": "<Hangup/>"})
	w.SetPhone(first, Phone{RingAfter: second, Answers: true, AnswerAfter: 3 * second, HangUpAfter: time.Hour})
	w.call()
	w.advance(2 * time.Hour)
	if d := w.shot("A"); d.EndedAt.Sub(began) != time.Hour+4*second {
		t.Errorf("ended after %s", d.EndedAt.Sub(began))
	}
}
