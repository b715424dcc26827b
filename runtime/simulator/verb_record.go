package simulator

import (
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// recordVerbs holds Record, which takes the whole attention of a leg. StartRecording, which does not, is in recording.go.
func recordVerbs() map[string]starter {
	return map[string]starter{"Record": answering(startRecord)}
}

// record is a Record. It ends with a terminating digit, after maxDuration, after a silence of silenceTimeout, or with the call.
type record struct {
	x         *execution
	recording *recording
	silence   *timer
}

func startRecord(x *execution) verb {
	r := &record{x: x, recording: x.leg.newRecording(x, 1)}
	x.after(x.seconds("maxDuration"), r.finish)
	r.listen(0)
	return r
}

// listen begins the wait for silence, as soon as what is being said has ended.
func (r *record) listen(after time.Duration) {
	if d := r.x.seconds("silenceTimeout"); d > 0 {
		r.x.stop(r.silence)
		r.silence = r.x.after(after+d, r.finish)
	}
}

// digit takes every key: what does not end the recording is recorded as a tone.
func (r *record) digit(d byte) bool {
	if strings.IndexByte(r.x.value("terminatingDigits"), d) >= 0 {
		r.finish()
		return true
	}
	r.listen(0)
	return r.x.leg.gatherer == nil
}

func (r *record) speech(_ string, lasts time.Duration) bool {
	r.listen(lasts)
	return true
}

func (r *record) cancel(reason) { r.recording.stop() }

// finish ends the recording and reports it. The audio is ready later, see recording.go.
func (r *record) finish() {
	if r.x.closed {
		return
	}
	g := r.recording
	g.stop()
	name := "recordComplete"
	if r.x.leg.c.cfg.Choices.RecordingComplete {
		name = "recordingComplete"
	}
	w := &event.RecordComplete{
		EventType: name, RecordingID: g.id, MediaURL: g.mediaURL(), StartTime: event.TimeOf(g.started), EndTime: event.TimeOf(g.ended),
		Duration: event.DurationOf(g.length()), Channels: g.channels, FileFormat: g.format,
	}
	r.x.finish("recordComplete", w)
}
