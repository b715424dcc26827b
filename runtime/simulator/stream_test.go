package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func startsStream(name, tracks string) string {
	return `<StartStream name="` + name + `" tracks="` + tracks + `" destination="wss://ws.example/` + name + `" streamEventUrl="/s"/>`
}

func startsTranscription(name, destination string) string {
	return `<StartTranscription name="` + name + `" tracks="both" ` + destination + ` transcriptionEventUrl="/t"/>`
}

func TestStreamSequences(t *testing.T) {
	there := `destination="wss://ws.example/x"`
	closes := func(broken bool) act {
		return func(w *world, id string) { w.check(w.CloseStream(id, "a", broken)); w.settle() }
	}
	tests := []struct {
		name, initiate string
		acts           []act
		want           string
	}{
		{"as the last verb a stream ends with the call", startsStream("a", "inbound"), nil,
			"initiate A; mediaStreamStarted A; mediaStreamStopped A closed; disconnect A hangup"},
		{"a stream is stopped by its name", startsStream("a", "inbound") + `<StopStream name="b"/><Pause/><StopStream name="a"/><Pause/>`, []act{wait(second), wait(second)},
			"initiate A; mediaStreamStarted A; mediaStreamStopped A closed; disconnect A hangup"},
		{"StopStream waits for the other end", startsStream("a", "inbound") + `<StopStream name="a" wait="true"/><Redirect redirectUrl="/next"/>`,
			[]act{wait(time.Hour), closes(false)}, "initiate A; mediaStreamStarted A; mediaStreamStopped A closed; redirect A; disconnect A hangup"},
		{"a broken stream ends the wait too", startsStream("a", "inbound") + `<StopStream name="a" wait="true"/>`,
			[]act{wait(time.Hour), closes(true)}, "initiate A; mediaStreamStarted A; mediaStreamStopped A connection-error; disconnect A hangup"},
		{"waiting for no stream does not wait", `<StopStream name="a" wait="true"/>`, nil, "initiate A; disconnect A hangup"},
		{"a hang-up ends the wait", startsStream("a", "inbound") + `<StopStream name="a" wait="true"/>`, []act{wait(minute), leaves("A")},
			"initiate A; mediaStreamStarted A; mediaStreamStopped A closed; disconnect A hangup"},
		{"a redirect leaves the stream alone", startsStream("a", "inbound") + `<StopStream name="a" wait="true"/>`, []act{rest("A"), closes(false), wait(minute)},
			"initiate A; mediaStreamStarted A; redirect A; mediaStreamStopped A closed; disconnect A hangup"},
		{"four tracks are the most", startsStream("a", "both") + startsStream("b", "both") + startsStream("c", "inbound") + `<Pause/>`, nil,
			"initiate A; mediaStreamStarted A; mediaStreamStarted A; mediaStreamRejected A track-limit"},
		{"a stopped stream leaves room", startsStream("a", "both") + startsStream("b", "both") + `<StopStream name="b"/>` + startsStream("c", "both") + `<Pause/>`, nil,
			"initiate A; mediaStreamStarted A; mediaStreamStarted A; mediaStreamStopped A closed; mediaStreamStarted A"},
		{"a destination that refuses", startsStream("refused", "inbound") + `<Pause/>`, nil, "initiate A; mediaStreamRejected A connection-error"},
		{"a transcription with a destination", startsTranscription("a", there) + `<Pause/><StopTranscription/><Pause duration="60"/>`, []act{wait(30 * second)},
			"initiate A; realTimeTranscriptionStarted A; realTimeTranscriptionStopped A closed; realTimeTranscriptionAvailable A"},
		{"a transcription without one", startsTranscription("a", "") + `<Pause/>`, []act{wait(minute)},
			"initiate A; disconnect A hangup; realTimeTranscriptionAvailable A"},
		{"two transcriptions have four tracks", startsTranscription("a", there) + startsTranscription("b", there) + startsTranscription("c", there) + `<Pause/>`, nil,
			"initiate A; realTimeTranscriptionStarted A; realTimeTranscriptionStarted A; realTimeTranscriptionRejected A track-limit"},
		{"a transcription is stopped by its name", startsTranscription("a", there) + startsTranscription("b", there) + `<StopTranscription name="b"/><StopTranscription name="x"/><Pause/>`, nil,
			"initiate A; realTimeTranscriptionStarted A; realTimeTranscriptionStarted A; realTimeTranscriptionStopped A closed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.initiate, "/next": "<Hangup/>", "/rest": `<Pause duration="5"/>`})
			w.RefuseStreams("wss://ws.example/refused", true)
			id := w.call()
			for _, do := range tt.acts {
				do(w, id)
			}
			w.tells(tt.want)
		})
	}
}

func TestStreamPayloads(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": startsStream("a", "both") + startsStream("a", "inbound") + `<StartStream destination="wss://ws.example/z" streamEventUrl="/s"/><Pause duration="7"/>`})
	w.call()
	w.advance(minute)
	rejected, err := w.got[2].Struct()
	w.check(err)
	r := rejected.(*event.MediaStreamRejected)
	if r.Cause != "duplicate" || r.ErrorMessage != "A stream with the name a already exists" || !slices.Equal(r.OriginalMediaStream.Tracks, []string{"inbound", "outbound"}) ||
		r.MediaStream.ID == r.OriginalMediaStream.ID || !slices.Equal(r.MediaStream.Tracks, []string{"inbound"}) {
		t.Errorf("got %+v", r)
	}
	e := w.got[3]
	if e.Str(event.FieldMediaStreamName) != e.Str(event.FieldMediaStreamID) || !strings.HasPrefix(e.Str(event.FieldMediaStreamID), "s-") || e.Str(event.FieldMediaStreamType) != "WebSocket" {
		t.Errorf("got %s", e.AppendJSON(nil))
	}
	if e := w.last("mediaStreamStopped"); e.Str(event.FieldMediaStreamDuration) != "PT7S" {
		t.Errorf("got %s", e.AppendJSON(nil))
	}
	if err := w.CloseStream(w.nth("A"), "a", false); err == nil {
		t.Error("the stream of a call that ended was closed")
	}
}

func TestTranscriptionPayloads(t *testing.T) {
	there := `destination="wss://ws.example/x" stabilized="false"`
	w := newWorld(t, map[string]string{"/initiate": startsTranscription("a", there) + startsTranscription("a", there) + `<Pause duration="7"/>`})
	w.call()
	w.advance(minute)
	rejected, err := w.got[2].Struct()
	w.check(err)
	r := rejected.(*event.RealTimeTranscriptionRejected)
	if r.Cause != "duplicate" || r.OriginalTranscription == nil || r.Transcription.ID == r.OriginalTranscription.ID {
		t.Errorf("got %+v", r)
	}
	if e := w.got[1]; !strings.Contains(string(e.AppendJSON(nil)), `"stabilized":"false"`) {
		t.Errorf("got %s", e.AppendJSON(nil))
	}
	e := w.last("realTimeTranscriptionAvailable")
	got := []string{e.Str(event.FieldRealTimeTranscriptionStatus), e.Str(event.FieldRealTimeTranscriptionURL), e.Str(event.FieldRealTimeTranscriptionCompletedTime)}
	want := []string{"available", defaultURL + "/accounts/" + defaultAccount + "/calls/" + w.nth("A") + "/transcriptions/" + e.Str(event.FieldRealTimeTranscriptionID), "2026-03-01T12:00:12.000Z"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
