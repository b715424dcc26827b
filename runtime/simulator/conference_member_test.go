package simulator

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestWhoHearsWhomInAConference(t *testing.T) {
	yes, no := true, false
	coach := func(w *world) memberUpdate { ids := []string{w.order[1].id}; return memberUpdate{CallIDsToCoach: &ids} }
	tests := []struct {
		name   string
		change func(w *world) memberUpdate // of A
		speaks string
		want   string // who hears it
	}{
		{"everybody", func(*world) memberUpdate { return memberUpdate{} }, "A", "BC"},
		{"a muted member is not heard", func(*world) memberUpdate { return memberUpdate{Mute: &yes} }, "A", ""},
		{"a muted member hears", func(*world) memberUpdate { return memberUpdate{Mute: &yes} }, "B", "AC"},
		{"a member on hold is not heard", func(*world) memberUpdate { return memberUpdate{Hold: &yes, Mute: &no} }, "A", ""},
		{"a member on hold hears nothing", func(*world) memberUpdate { return memberUpdate{Hold: &yes} }, "B", "C"},
		{"a coach is heard by the coached alone", coach, "A", "B"},
		{"a coach hears", coach, "C", "AB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := meet(t, 3, roomVerb)
			w.check(w.of(func(id string) error { return w.updateMember(id, w.order[0].id, tt.change(w)) }))
			w.check(w.Say(w.nth(tt.speaks), "hello"))
			heard := ""
			for _, letter := range []string{"A", "B", "C"} {
				if len(w.shot(letter).Heard) > 0 {
					heard += letter
				}
			}
			if heard != tt.want {
				t.Errorf("%s heard it", heard)
			}
		})
	}
}

func TestAConferenceHasOneCoach(t *testing.T) {
	w := meet(t, 1, `<Conference mute="true" callIdsToCoach="c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d, c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8e">room</Conference>`)
	w.call()
	got := w.Conferences()[0].Members
	if len(got) != 2 || len(got[0].Coaches) != 2 || !got[0].Mute || got[1].Coaches != nil {
		t.Errorf("got %+v", got)
	}
	ids := []string{"c-1"}
	if err := w.of(func(id string) error { return w.updateMember(id, got[1].Call, memberUpdate{CallIDsToCoach: &ids}) }); err == nil {
		t.Error("a second coach is taken")
	}
}

func TestStartGatherReportsKeysOfAConference(t *testing.T) {
	w := meet(t, 1, `<StartGather dtmfUrl="/d"/>`+roomVerb)
	w.check(w.Press(w.nth("A"), "12"))
	w.settle()
	w.tells("initiate A; conferenceCreated; conferenceMemberJoin A; dtmf A; dtmf A")
}

func TestAConferenceIsRecorded(t *testing.T) {
	w := meet(t, 1, roomVerb)
	w.shows(`<StartRecording recordingAvailableUrl="https://app.example/rec" fileFormat="mp3" tag="x"/>`)
	w.advance(10 * second)
	w.shows(`<PauseRecording/>`)
	w.advance(5 * second)
	w.shows(`<ResumeRecording/><StartRecording/>`)
	w.advance(3 * second)
	leaves("A")(w, "")
	w.advance(minute)
	e := w.last("conferenceRecordingAvailable")
	conference, g := w.Conferences()[0], w.Recordings()[0]
	got := []string{e.Str(event.FieldConferenceID), e.Str(event.FieldDuration), e.Str(event.FieldFileFormat), e.Str(event.FieldTag), e.Str(event.FieldRecordingID), e.Str(event.FieldMediaURL)}
	want := []string{conference.ID, "PT13S", "mp3", "t", g.ID, fmt.Sprintf("%s/accounts/%s/conferences/%s/recordings/%s/media", defaultURL, defaultAccount, conference.ID, g.ID)}
	if !slices.Equal(got, want) || len(w.Recordings()) != 1 {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestCallbackTimeoutOfAConference(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Conference conferenceEventUrl="/c" callbackTimeout="3">room</Conference>`})
	w.Fault(Fault{Kind: Slow, Event: "conferenceCreated", Delay: time.Hour})
	w.call()
	w.advance(4 * second)
	if !strings.Contains(w.log(), "no answer within 3s") {
		t.Errorf("feed:\n%s", w.log())
	}
}
