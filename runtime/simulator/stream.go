package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// maxTracks is how many tracks of a call may be streamed at a time, and how many transcribed; both counts as two.
const maxTracks = 4

// The causes of the events of streams and real-time transcriptions, as their pages list them.
const (
	streamClosed    = "closed"
	streamBroken    = "connection-error"
	streamDuplicate = "duplicate"
	streamTracks    = "track-limit"
)

// internalError is the errorMessage of what a fault of kind Outcome made go wrong.
const internalError = "Internal error"

// streamVerbs are the verbs of media streams and real-time transcriptions.
func streamVerbs() map[string]starter {
	return map[string]starter{
		"StartStream":        answering(startStream),
		"StopStream":         answering(stopStream),
		"StartTranscription": answering(startTranscription),
		"StopTranscription":  answering(stopTranscription),
	}
}

// tap is a media stream or a real-time transcription. No websocket is opened: it runs until something stops it.
type tap struct {
	leg         *leg
	x           *execution // for its attributes
	id, name    string
	destination string
	tracks      []string
	started     time.Time
	completed   time.Time // of a transcription, when it can be fetched
	waits       []func()  // StopStream wait="true"
	stop        func(cause, message string)
	heard       map[string][]string // by track, of a transcription
}

func newTap(x *execution, prefix string) *tap {
	t := &tap{
		leg: x.leg, x: x, id: x.leg.c.ids.make(prefix), name: x.value("name"), destination: x.value("destination"),
		tracks: []string{x.value("tracks")}, started: x.leg.c.now(), heard: map[string][]string{},
	}
	if t.name == "" {
		t.name = t.id
	}
	if strings.EqualFold(t.tracks[0], "both") {
		t.tracks = []string{inbound, outbound}
	}
	return t
}

// named returns the tap of that name, nil when there is none.
func named(taps []*tap, name string) *tap {
	i := slices.IndexFunc(taps, func(t *tap) bool { return t.name == name })
	if i < 0 {
		return nil
	}
	return taps[i]
}

// refused returns why a tap cannot run beside the others, "" when it can, and the one that has its name. The event is the one
// that would tell.
func (t *tap) refused(others []*tap, what, name string) (cause, message string, original *tap) {
	if cause = t.leg.c.outcome(name, t.leg.id, ""); cause != "" {
		return cause, internalError, nil
	}
	if original = named(others, t.name); original != nil {
		return streamDuplicate, fmt.Sprintf("A %s with the name %s already exists", what, t.name), original
	}
	tracks := len(t.tracks)
	for _, other := range others {
		tracks += len(other.tracks)
	}
	switch {
	case tracks > maxTracks:
		return streamTracks, fmt.Sprintf("At most %d tracks are allowed at a time", maxTracks), nil
	case t.leg.c.refusing[t.destination]:
		return streamBroken, "The websocket could not be opened", nil
	}
	return "", "", nil
}

// RefuseStreams lets the websocket at a destination (ws or wss, as StartStream and StartTranscription name it) refuse connections
// from now on, or take them again.
func (c *Carrier) RefuseStreams(destination string, refuse bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.refusing == nil {
		c.refusing = map[string]bool{}
	}
	c.refusing[destination] = refuse
}

// CloseStream lets the other end of a media stream close its websocket, or lose it when broken is true. It fails when the call has
// no stream of that name.
func (c *Carrier) CloseStream(callID, name string, broken bool) error {
	return c.person(callID, "close stream", func(l *leg) error {
		t := named(l.streams, name)
		if t == nil {
			return fmt.Errorf("leg %s has no stream %q", callID, name)
		}
		if broken {
			t.stop(streamBroken, "The websocket was lost")
		} else {
			t.stop(streamClosed, "")
		}
		return nil
	})
}

func startStream(x *execution) verb {
	t, l := newTap(x, "s"), x.leg
	if cause, message, original := t.refused(l.streams, "stream", "mediaStreamRejected"); cause != "" {
		w := &event.MediaStreamRejected{MediaStream: t.stream(), Cause: cause, ErrorMessage: message}
		if original != nil {
			w.OriginalMediaStream = original.stream()
		}
		t.notify("mediaStreamRejected", w)
		return nil
	}
	t.stop = t.stopStream
	l.streams = append(l.streams, t)
	t.notify("mediaStreamStarted", &event.MediaStreamStarted{MediaStream: t.stream()})
	return nil
}

func (t *tap) stream() *event.MediaStream {
	return &event.MediaStream{
		ID: t.id, Name: t.name, Destination: t.destination, Tracks: t.tracks, Type: "WebSocket", StartTime: event.TimeOf(t.started),
	}
}

func (t *tap) notify(name string, w event.Webhook) {
	t.leg.notify(name, w, t.x.targets(t.x.element, name))
}

func (t *tap) stopStream(cause, message string) {
	l := t.leg
	l.streams = slices.DeleteFunc(l.streams, func(other *tap) bool { return other == t })
	if other := l.c.outcome("mediaStreamStopped", l.id, cause); other != cause {
		cause, message = other, internalError
	}
	w := &event.MediaStreamStopped{MediaStream: t.stream(), Cause: cause, ErrorMessage: message}
	w.MediaStream.Duration = event.DurationOf(l.c.now().Sub(t.started))
	t.notify("mediaStreamStopped", w)
	for _, goOn := range t.waits {
		l.c.after(0, goOn)
	}
}

// stopStream closes a stream, or waits until its other end does.
func stopStream(x *execution) verb {
	t := named(x.leg.streams, x.value("name"))
	switch {
	case t == nil:
		return nil
	case !x.flag("wait"):
		t.stop(streamClosed, "")
		return nil
	}
	t.waits = append(t.waits, x.done)
	return idle{}
}
