package simulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Recording is a recording of a call or a conference as it stood when it was asked for.
type Recording struct {
	ID               string
	Call, Conference string    // whichever was recorded
	Started, Ended   time.Time // Ended is zero while it runs
	Length           time.Duration
	Channels         int
	Format           string   // wav or mp3
	Status           string   // as REST shows it: processing, complete, partial, error, deleted
	Said, Played     []string // what the party said and, of StartRecording, what it heard; the last 1000 things
	Transcription    string   // the status of its transcription, "" when there is none
}

// Recordings returns the recordings of calls and conferences in the order of their beginning. They are kept for 30 days.
func (c *Carrier) Recordings() []Recording {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := make([]Recording, len(c.recordings))
	for i, g := range c.recordings {
		out[i] = g.snapshot()
	}
	return out
}

func (g *recording) snapshot() Recording {
	s := Recording{
		ID: g.id, Started: g.started, Ended: g.ended, Length: g.length(), Channels: g.channels, Format: g.format, Status: g.status,
		Said: slices.Clone(g.said), Played: slices.Clone(g.played),
	}
	if g.room != nil {
		s.Conference = g.room.id
	} else {
		s.Call = g.leg.id
	}
	if g.transcription != nil {
		s.Transcription = g.transcription.Status
	}
	return s
}

// ready is called when the file of the recording is there, which may be after the end of the call.
func (g *recording) ready() {
	if g.status == deleted {
		return
	}
	if g.room != nil {
		g.status = g.c.outcome("conferenceRecordingAvailable", "", complete)
		g.available()
		return
	}
	g.status = g.c.outcome("recordingAvailable", g.leg.id, complete)
	g.leg.notify("recordingAvailable", &event.RecordingAvailable{
		RecordingID: g.id, MediaURL: g.mediaURL(), StartTime: event.TimeOf(g.started), EndTime: event.TimeOf(g.ended),
		Duration: event.DurationOf(g.length()), Channels: g.channels, FileFormat: g.format, Status: g.status,
	}, g.x.targets(g.x.element, "recordingAvailable"))
	if g.x.flag("transcribe") && g.playable() {
		g.transcribe(g.x.targets(g.x.element, "transcriptionAvailable"), g.leg.timeout, "")
	}
}

// playable reports whether there is a file.
func (g *recording) playable() bool { return g.status == complete || g.status == partial }

func (g *recording) available() {
	if t := g.x.targets(g.x.element, "conferenceRecordingAvailable"); t.primary.url != nil {
		g.c.send(g.room.hook("conferenceRecordingAvailable", &event.ConferenceRecordingAvailable{
			RecordingID: g.id, MediaURL: g.mediaURL(), StartTime: event.TimeOf(g.started), EndTime: event.TimeOf(g.ended),
			Duration: event.DurationOf(g.length()), Channels: g.channels, FileFormat: g.format, Status: g.status,
		}, t))
	}
}

// transcribe makes a transcription of the recording of a call, which is there later, and reports it. The tag is that of the
// event, by default that of the call.
func (g *recording) transcribe(t targets, timeout time.Duration, tag string) {
	g.c.after(g.c.cfg.TranscriptionAfter, func() {
		if g.status == deleted {
			return
		}
		status := "available"
		switch d := g.length(); {
		case d <= shortTranscript:
			status = "file-size-too-small"
		case d >= longTranscript:
			status = "file-size-too-big"
		}
		status = g.c.outcome("transcriptionAvailable", g.leg.id, status)
		g.transcription = &event.Transcription{
			ID: g.c.ids.short("t"), URL: g.url() + "/transcription", Status: status, CompletedTime: event.TimeOf(g.c.now()),
		}
		if t.primary.url == nil {
			return
		}
		h := g.leg.hook("transcriptionAvailable", &event.TranscriptionAvailable{
			RecordingID: g.id, MediaURL: g.mediaURL(), StartTime: event.TimeOf(g.started), EndTime: event.TimeOf(g.ended),
			Duration: event.DurationOf(g.length()), FileFormat: g.format, Transcription: g.transcription, Tag: tag,
		}, t)
		h.timeout = timeout
		g.c.send(h)
	})
}

// updateRecording pauses or resumes the StartRecording of a call. The error is a *refusal.
func (c *Carrier) updateRecording(callID, state string) error {
	l, err := c.live(callID)
	switch {
	case err != nil:
		return err
	case state != "paused" && state != "recording":
		return invalid("Invalid state. Supported states: [paused, recording]")
	case l.recording == nil:
		return &refusal{404, "validation", fmt.Sprintf("Call [%s] is not being recorded", callID)}
	case state == "paused":
		l.recording.pause()
	default:
		l.recording.resume()
	}
	return nil
}
