package simulator

import (
	"encoding/json"
	"slices"
	"strconv"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// startTranscription begins a real-time transcription. That it was started, rejected or stopped is told only when it has a
// destination, as the page says.
func startTranscription(x *execution) verb {
	t, l := newTap(x, "t"), x.leg
	if cause, message, original := t.refused(l.transcriptions, "real-time transcription", "realTimeTranscriptionRejected"); cause != "" {
		w := &event.RealTimeTranscriptionRejected{Transcription: t.transcription(), Cause: cause, ErrorMessage: message}
		if original != nil {
			w.OriginalTranscription = original.transcription()
		}
		t.report("realTimeTranscriptionRejected", w)
		return nil
	}
	t.stop = t.stopTranscription
	l.transcriptions = append(l.transcriptions, t)
	t.report("realTimeTranscriptionStarted", &event.RealTimeTranscriptionStarted{RealTimeTranscription: t.transcription()})
	return nil
}

func (t *tap) report(name string, w event.Webhook) {
	if t.destination != "" {
		t.notify(name, w)
	}
}

// transcription is the object of the events. The examples write stabilized as text, and leave it out without a destination.
func (t *tap) transcription() *event.RealTimeTranscription {
	w := &event.RealTimeTranscription{ID: t.id, Name: t.name, StartTime: event.TimeOf(t.started), Tracks: t.tracks, Destination: t.destination}
	if t.destination != "" {
		w.Stabilized = t.x.flag("stabilized")
		w.Extra = event.Extra{"stabilized": json.RawMessage(strconv.Quote(strconv.FormatBool(w.Stabilized)))}
	}
	return w
}

// stopTranscription ends the transcription. Its text can be fetched some time later.
func (t *tap) stopTranscription(cause, message string) {
	l := t.leg
	l.transcriptions = slices.DeleteFunc(l.transcriptions, func(other *tap) bool { return other == t })
	stopped := t.transcription()
	stopped.Duration = event.DurationOf(l.c.now().Sub(t.started))
	t.report("realTimeTranscriptionStopped", &event.RealTimeTranscriptionStopped{Transcription: stopped, Cause: cause, ErrorMessage: message})
	l.c.after(l.c.cfg.TranscriptionAfter, func() {
		l.c.shelve(t)
		w := t.transcription()
		w.Status, w.URL, w.CompletedTime = l.c.outcome("realTimeTranscriptionAvailable", l.id, "available"), t.url(), event.TimeOf(t.completed)
		t.notify("realTimeTranscriptionAvailable", &event.RealTimeTranscriptionAvailable{RealTimeTranscription: w})
	})
}

// hears keeps what was said on a track, when it is transcribed.
func (t *tap) hears(track, text string) {
	if slices.Contains(t.tracks, track) {
		t.heard[track] = keep(t.heard[track], text)
	}
}

// stopTranscription ends the transcription of a name, or all that run.
func stopTranscription(x *execution) verb {
	l, name := x.leg, x.value("name")
	for _, t := range slices.Clone(l.transcriptions) {
		if name == "" || t.name == name {
			t.stop(streamClosed, "")
		}
	}
	return nil
}
