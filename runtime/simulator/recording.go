package simulator

import (
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// shelf holds what outlives the verb, or the call, that made it.
type shelf struct {
	recordings  []*recording
	transcripts []*tap                 // real-time transcriptions that can be fetched
	rooms       map[string]*conference // those that last, by name
	conferences []*conference          // by creation
	refusing    map[string]bool        // destinations of streams, see RefuseStreams
}

// background is what runs on a leg beside its document, and whom it is connected with.
type background struct {
	recording      *recording // of StartRecording
	streams        []*tap
	transcriptions []*tap
	peer           *leg  // hears what this party says
	seat           *seat // in a conference
}

// recording is a recording of a call, or of a conference.
type recording struct {
	c             *Carrier
	leg           *leg        // nil for that of a conference
	room          *conference // nil for that of a call
	x             *execution  // the Record or StartRecording, for its attributes
	id            string
	channels      int
	format        string
	started       time.Time
	ended         time.Time // zero while it runs
	paused        time.Time // zero unless it is paused
	gaps          time.Duration
	said, played  []string // what the party said, and what it heard; of a conference, everything is said
	status        string   // of the file, as REST shows it
	transcription *event.Transcription
}

// What REST shows as the status of a recording, and its limits, as the pages of Record and recordings state them.
const (
	processing      = "processing"
	complete        = "complete"
	partial         = "partial"
	keepRecordings  = 30 * 24 * time.Hour
	shortTranscript = 500 * time.Millisecond
	longTranscript  = 4 * time.Hour
)

// newRecording starts a recording of a call for a verb.
func (l *leg) newRecording(x *execution, channels int) *recording {
	return l.c.record(&recording{leg: l, x: x, channels: channels})
}

// record starts a recording, and drops those that are too old to be kept.
func (c *Carrier) record(g *recording) *recording {
	limit := c.now().Add(-keepRecordings)
	c.recordings = expire(c.recordings, func(old *recording) bool { return !old.ended.IsZero() && old.ended.Before(limit) })
	g.c, g.id, g.format, g.started, g.status = c, c.ids.short("r"), g.x.value("fileFormat"), c.now(), processing
	c.recordings = append(c.recordings, g)
	g.tell(Event{Kind: RecordingStarted, Other: g.id})
	return g
}

// expire drops what is too old from the front of a list, where the oldest things are.
func expire[T any](list []T, old func(T) bool) []T {
	n := 0
	for n < len(list) && old(list[n]) {
		n++
	}
	return slices.Delete(list, 0, n)
}

func (g *recording) tell(e Event) {
	if g.leg != nil {
		e.Call = g.leg.id
	}
	g.c.tell(e)
}

// stop ends the recording, paused or not. A second stop does nothing.
func (g *recording) stop() {
	if !g.ended.IsZero() {
		return
	}
	g.ended = g.c.now()
	g.tell(Event{Kind: RecordingStopped, Other: g.id, Duration: g.length()})
	g.c.after(g.c.cfg.RecordingAfter, g.ready)
}

// pause leaves out what follows, until resume. Both do nothing without a recording.
func (g *recording) pause() {
	if g != nil && g.paused.IsZero() {
		g.paused = g.c.now()
	}
}

func (g *recording) resume() {
	if g != nil && !g.paused.IsZero() {
		g.gaps += g.c.now().Sub(g.paused)
		g.paused = time.Time{}
	}
}

// length returns how long the recording is, without its gaps: whole milliseconds, and without gaps
// what lies between the two times of webhooks.
func (g *recording) length() time.Duration {
	end := g.ended
	if end.IsZero() {
		end = g.c.now()
	}
	if !g.paused.IsZero() {
		end = g.paused
	}
	return end.Truncate(time.Millisecond).Sub(g.started.Truncate(time.Millisecond)) - g.gaps.Round(time.Millisecond)
}

// url returns the recording's address. What belongs to it has its address below.
func (g *recording) url() string {
	if g.room != nil {
		return g.c.accountURL() + "/conferences/" + g.room.id + "/recordings/" + g.id
	}
	return g.c.callURL(g.leg.id) + "/recordings/" + g.id
}

func (g *recording) mediaURL() string { return g.url() + "/media" }

// hears keeps what the party says, or anybody in a conference.
func (g *recording) hears(text string) {
	if g.paused.IsZero() {
		g.said = keep(g.said, text)
	}
}

// keep appends to what was said or heard, of which the last maxHeard things are kept.
func keep(list []string, what string) []string {
	if list = append(list, what); len(list) > maxHeard {
		list = list[1:]
	}
	return list
}

// recordingVerbs are the verbs that record beside the document.
func recordingVerbs() map[string]starter {
	return map[string]starter{
		"StartRecording":  answering(startRecording),
		"StopRecording":   answering(func(x *execution) verb { x.leg.stopRecording(); return nil }),
		"PauseRecording":  answering(func(x *execution) verb { x.leg.recording.pause(); return nil }),
		"ResumeRecording": answering(func(x *execution) verb { x.leg.recording.resume(); return nil }),
	}
}

// startRecording begins a recording, unless one runs already.
func startRecording(x *execution) verb {
	if x.leg.recording != nil {
		return nil
	}
	channels := 1
	if x.flag("multiChannel") {
		channels = 2
	}
	x.leg.recording = x.leg.newRecording(x, channels)
	return nil
}

func (l *leg) stopRecording() {
	if g := l.recording; g != nil {
		l.recording = nil
		g.stop()
	}
}

// made returns the recordings of a leg that run, that of Record included.
func (l *leg) made() []*recording {
	var out []*recording
	if l.recording != nil {
		out = append(out, l.recording)
	}
	if x := l.running; x != nil {
		if r, ok := x.verb.(*record); ok {
			out = append(out, r.recording)
		}
	}
	return out
}

// said is called with everything that the party of an answered leg says.
func (l *leg) said(text string, lasts time.Duration) {
	for _, g := range l.made() {
		g.hears(text)
	}
	for _, t := range l.transcriptions {
		t.hears(inbound, text)
	}
	l.relay(text, lasts)
}

// played is called with everything that the party hears.
func (l *leg) played(what string, _ time.Duration) {
	if g := l.recording; g != nil && g.paused.IsZero() {
		g.played = keep(g.played, what)
	}
	for _, t := range l.transcriptions {
		t.hears(outbound, what)
	}
}

// stopBackground ends everything that runs beside the document, because the call has ended.
func (l *leg) stopBackground() {
	l.gatherer = nil
	part(l)
	l.stopRecording()
	for len(l.streams) > 0 {
		l.streams[0].stop(streamClosed, "")
	}
	for len(l.transcriptions) > 0 {
		l.transcriptions[0].stop(streamClosed, "")
	}
}
