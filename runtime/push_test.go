package runtime_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestADocumentOfAnEarlierTurnIsNotSent(t *testing.T) {
	s := newStage(t, nil, frontDesk)
	ring := calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
	// The leg has ended, and nothing was sent yet: the ring is over at the same moment.
	if err := step(s, leg.id); err != nil {
		t.Fatal(err)
	}
	s.wantState(callA, "voicemail")
	handed := s.post(ring.url(t, desk, "redirectUrl"), webhook("redirect", callA))
	if got := handed.words(t); got != "Please leave a message after the tone." {
		t.Errorf("the caller hears %q", got)
	}
	s.settle()
	if got := s.carrier.did("updateCallBxml"); len(got) != 0 {
		t.Errorf("sent all the same: %v", got)
	}
	again := s.post(ring.url(t, desk, "redirectUrl"), webhook("redirect", callA))
	if again.body != handed.body {
		t.Errorf("the same webhook gets\n%s\n%s", handed.body, again.body)
	}
}

func TestACallThatIsGoneNeedsNoDocument(t *testing.T) {
	for _, status := range []int{404, 409} {
		s := newStage(t, nil, frontDesk)
		s.carrier.script("updateCallBxml", refused(status))
		calling(t, s)
		s.settle()
		leg := s.carrier.call(t, 0)
		s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
		s.pass(time.Minute)
		s.wantState(callA, "voicemail")
		if got := s.carrier.did("updateCallBxml"); len(got) != 1 {
			t.Errorf("%d: sent %d times", status, len(got))
		}
		if strings.Contains(s.log.String(), "given up") {
			t.Errorf("%d: %s", status, s.log)
		}
	}
}

func TestADocumentThatCannotBeSentIsTold(t *testing.T) {
	s := newStage(t, nil, strings.Replace(frontDesk, "on:\n  recordingAvailable:",
		"on:\n  updateFailed: {actions: [{log: \"not heard, ${event.reason}\"}]}\n  recordingAvailable:", 1))
	s.carrier.script("updateCallBxml", refused(500), refused(500), refused(500))
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
	s.pass(time.Minute)
	if got := s.carrier.did("updateCallBxml"); len(got) != 3 {
		t.Errorf("sent %d times", len(got))
	}
	if !strings.Contains(s.log.String(), "not heard, update") {
		t.Errorf("the flow was not told: %s", s.log)
	}
}

func TestWhatNobodyHandlesOfADocumentThatCannotBeSentComesToRest(t *testing.T) {
	s := newStage(t, nil, strings.Replace(frontDesk, "on:\n  recordingAvailable:",
		"on:\n  error: sorry\n  recordingAvailable:", 1)+"  sorry: {type: final, bxml: [{SpeakSentence: Sorry.}, Hangup]}\n")
	s.carrier.script("updateCallBxml", slices.Repeat([]error{refused(500)}, 100)...)
	calling(t, s)
	s.settle()
	leg := s.carrier.call(t, 0)
	s.post(leg.url(t, "disconnect"), legEvent("disconnect", leg.id, `"cause":"busy"`))
	s.pass(10 * time.Minute)
	s.wantState(callA, "sorry")
	if got := s.carrier.did("updateCallBxml"); len(got) != 6 {
		t.Errorf("sent %d times", len(got))
	}
	if at, more := s.Next(t.Context()); more {
		t.Errorf("something is still to be done at %s", at)
	}
}
