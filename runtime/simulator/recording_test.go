package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const starts = `<StartRecording recordingAvailableUrl="/file" transcribe="true" transcriptionAvailableUrl="/text"/>`

func TestRecordingSequences(t *testing.T) {
	voicemail := `<Record recordCompleteUrl="/r" recordingAvailableUrl="/file" transcribe="true" transcriptionAvailableUrl="/text"/>`
	tests := []struct {
		name, initiate string
		acts           []act
		want           string
	}{
		{"voicemail", voicemail, []act{wait(10 * second), press("#"), wait(minute)},
			"initiate; recordComplete PT10S; disconnect hangup; recordingAvailable PT10S; transcriptionAvailable PT10S"},
		{"voicemail, and the caller hangs up", voicemail, []act{wait(10 * second), hangsUp, wait(minute)},
			"initiate; disconnect hangup; recordingAvailable PT10S; transcriptionAvailable PT10S"},
		{"StartRecording until the call ends", starts + `<Pause duration="20"/>`, []act{wait(minute)},
			"initiate; disconnect hangup; recordingAvailable PT20S; transcriptionAvailable PT20S"},
		{"StartRecording until StopRecording", starts + `<Pause duration="4"/><StopRecording/><Pause duration="50"/>`, []act{wait(minute)},
			"initiate; recordingAvailable PT4S; transcriptionAvailable PT4S; disconnect hangup"},
		{"gaps are left out", starts + `<Pause duration="4"/><PauseRecording/><PauseRecording/><Pause duration="5"/><ResumeRecording/><Pause duration="1"/><StopRecording/>`,
			[]act{wait(minute)}, "initiate; disconnect hangup; recordingAvailable PT5S; transcriptionAvailable PT5S"},
		{"a paused recording can be stopped", starts + `<Pause duration="4"/><PauseRecording/><Pause duration="5"/><StopRecording/>`,
			[]act{wait(minute)}, "initiate; disconnect hangup; recordingAvailable PT4S; transcriptionAvailable PT4S"},
		{"a second StartRecording is ignored", starts + `<Pause duration="4"/>` + starts + `<Pause duration="6"/>`, []act{wait(minute)},
			"initiate; disconnect hangup; recordingAvailable PT10S; transcriptionAvailable PT10S"},
		{"stop, pause and resume without a recording do nothing", `<StopRecording/><PauseRecording/><ResumeRecording/>`, nil, "initiate; disconnect hangup"},
		{"a recording survives a redirect", starts + `<Pause duration="4"/><Redirect redirectUrl="/next"/>`, []act{wait(minute)},
			"initiate; redirect; disconnect hangup; recordingAvailable PT9S; transcriptionAvailable PT9S"},
		{"a transcription needs transcribe", `<StartRecording recordingAvailableUrl="/file" transcriptionAvailableUrl="/text"/><Pause/>`, []act{wait(minute)},
			"initiate; disconnect hangup; recordingAvailable PT1S"},
		{"a Record beside a StartRecording", starts + `<Record recordCompleteUrl="/r" recordingAvailableUrl="/file"/>`, []act{wait(second), press("#"), wait(minute)},
			"initiate; recordComplete PT1S; disconnect hangup; recordingAvailable PT1S; recordingAvailable PT1S; transcriptionAvailable PT1S"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.initiate, "/r": "<Hangup/>", "/next": `<Pause duration="5"/>`})
			id := w.call()
			for _, do := range tt.acts {
				do(w, id)
			}
			w.want(tt.want)
		})
	}
}

func TestRecordingPayloads(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<StartRecording recordingAvailableUrl="/file" multiChannel="true" fileFormat="mp3" transcribe="true"
		transcriptionAvailableUrl="/text" tag="r"/><SpeakSentence>hello there</SpeakSentence><Pause duration="60"/>`},
		func(cfg *Config) { cfg.RecordingAfter, cfg.TranscriptionAfter = 20*second, 40*second })
	id := w.call()
	w.check(w.Say(id, "hi"))
	w.advance(9 * second)
	leaves("A")(w, "")
	w.advance(2 * minute)
	g := w.Recordings()[0]
	base := defaultURL + "/accounts/" + defaultAccount + "/calls/" + id + "/recordings/" + g.ID
	e := w.last("recordingAvailable")
	got := []string{e.Str(event.FieldRecordingID), e.Str(event.FieldMediaURL), e.Str(event.FieldStartTime), e.Str(event.FieldEndTime), e.Str(event.FieldEventTime),
		e.Str(event.FieldChannels), e.Str(event.FieldFileFormat), e.Str(event.FieldStatus), e.Str(event.FieldTag)}
	if want := []string{g.ID, base + "/media", "2026-03-01T12:00:00.000Z", "2026-03-01T12:00:09.000Z", "2026-03-01T12:00:29.000Z", "2", "mp3", "complete", "r"}; !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	e = w.last("transcriptionAvailable")
	got = []string{e.Str(event.FieldTranscriptionURL), e.Str(event.FieldTranscriptionStatus), e.Str(event.FieldTranscriptionCompletedTime)}
	if want := []string{base + "/transcription", "available", "2026-03-01T12:01:09.000Z"}; !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if g.Status != "complete" || g.Transcription != "available" || !slices.Equal(g.Said, []string{"hi"}) || !slices.Equal(g.Played, []string{"hello there"}) {
		t.Errorf("got %+v", g)
	}
}

func TestTooShortAndTooLongToBeTranscribed(t *testing.T) {
	for pause, want := range map[string]string{"0.5": "file-size-too-small", "0.6": "available", "14400": "file-size-too-big", "14399": "available"} {
		w := newWorld(t, map[string]string{"/initiate": starts + `<Pause duration="` + pause + `"/>`})
		w.call()
		w.advance(5 * time.Hour)
		if got := w.last("transcriptionAvailable").Str(event.FieldTranscriptionStatus); got != want {
			t.Errorf("%s s: %s", pause, got)
		}
	}
}

func TestTheRecordingOfATransferGoesOnAndNamesItsLeg(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": starts + transferTo(phoneNumber(first)), "/over": "<Hangup/>",
		"/answered": `<Record recordCompleteUrl="/r" recordingAvailableUrl="/file" maxDuration="3"/>`, "/r": "<Response/>"})
	w.call()
	w.advance(second)
	picksUp("B")(w, "")
	w.advance(3 * second)
	w.check(w.Say(w.nth("A"), "hello"))
	w.check(w.Say(w.nth("B"), "good day"))
	leaves("B")(w, "")
	w.advance(minute)
	w.tells("initiate A; transferAnswer B; recordComplete B; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup; recordingAvailable B; recordingAvailable A; transcriptionAvailable A")
	e := w.got[6]
	if e.Str(event.FieldParentCallID) != w.nth("A") || e.Str(event.FieldTransferTo) != first {
		t.Errorf("got %s", e.AppendJSON(nil))
	}
	if g := w.Recordings()[0]; !slices.Equal(g.Said, []string{"hello"}) || !slices.Equal(g.Played, []string{"good day"}) {
		t.Errorf("got %+v", g)
	}
}

func TestARecordingIsPausedByREST(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": starts + `<Pause duration="10"/>`, "/next": ""})
	id := w.call()
	state := func(state string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.updateRecording(id, state)
	}
	w.check(state("paused"))
	w.advance(4 * second)
	w.check(state("recording"))
	if err := state("stopped"); err == nil || !strings.HasPrefix(err.Error(), "400") {
		t.Errorf("got %v", err)
	}
	w.advance(minute)
	w.want("initiate; disconnect hangup; recordingAvailable PT6S; transcriptionAvailable PT6S")
	if err := state("paused"); err == nil || !strings.HasPrefix(err.Error(), "404") {
		t.Errorf("got %v", err)
	}
}

func TestRecordingsAreKeptForAMonth(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": starts + `<Pause/>`})
	w.call()
	w.advance(29 * 24 * time.Hour)
	w.call()
	if n := len(w.Recordings()); n != 2 {
		t.Errorf("%d recordings", n)
	}
	w.advance(2 * 24 * time.Hour)
	w.call()
	if n := len(w.Recordings()); n != 2 {
		t.Errorf("%d recordings", n)
	}
}
