package simulator

import (
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// load takes the answer to a webhook of the conference. It may be empty, and is rejected as a whole when it holds a verb that
// conferences do not take; the conference goes on either way.
func (r *conference) load(body []byte, base *url.URL) {
	if len(strings.TrimSpace(string(body))) == 0 || r.over() {
		return
	}
	doc, err := r.c.parse(body, bxml.Conference)
	if err != nil {
		r.problem("invalid BXML: %s", err)
		return
	}
	r.enqueue(doc, body, base)
}

// enqueue lets a document run after those that came before it.
func (r *conference) enqueue(doc *bxml.Document, body []byte, base *url.URL) {
	e := Event{Kind: DocumentStarted, Other: r.name, Body: string(body)}
	if base != nil {
		e.URL = base.String()
	}
	r.c.tell(e)
	r.documents = append(r.documents, &program{verbs: doc.Verbs, base: base})
	if r.running == nil {
		r.proceed()
	}
}

// proceed runs the documents until a verb takes time.
func (r *conference) proceed() {
	r.running = nil
	for len(r.documents) > 0 {
		p := r.documents[0]
		if p.at == len(p.verbs) {
			r.documents = r.documents[1:]
			continue
		}
		p.at++
		if d := r.perform(&execution{element: p.verbs[p.at-1], row: bxml.Lookup(p.verbs[p.at-1].Name), base: p.base}); d > 0 {
			r.running = r.c.after(d, r.proceed)
			return
		}
	}
}

// perform runs one verb and returns how long it takes. A verb that fails does not keep the next one from running.
func (r *conference) perform(x *execution) time.Duration {
	r.c.tell(Event{Kind: VerbStarted, Other: r.name, Verb: x.element.Name})
	switch x.element.Name {
	case "SpeakSentence":
		text := bxml.Spoken(x.element)
		lasts := r.c.cfg.Speech.text(text)
		r.plays(Event{Kind: Spoken, Text: text, Voice: voice(x.element)}, lasts)
		return lasts
	case "PlayAudio":
		return r.audio(x)
	case "StartRecording":
		if r.recording == nil {
			r.recording = r.c.record(&recording{room: r, x: x, channels: 1})
		}
	case "PauseRecording":
		r.recording.pause()
	case "ResumeRecording":
		r.recording.resume()
	case "StopRecording":
		r.stopRecording()
	}
	return 0
}

func (r *conference) audio(x *execution) time.Duration {
	u := x.resolve(x.element.Text)
	if u == nil || slices.Contains(unsupported, strings.ToLower(path.Ext(u.Path))) {
		r.problem("PlayAudio: %s cannot be played", x.element.Text)
		return 0
	}
	lasts := r.c.cfg.Speech.audio(u.String())
	r.plays(Event{Kind: Played, URL: u.String()}, lasts)
	return lasts
}

// plays lets every member hear something that is not on hold.
func (r *conference) plays(e Event, lasts time.Duration) {
	for _, s := range r.seats {
		if !s.hold {
			s.leg.plays(e, lasts)
		}
	}
	if r.recording != nil {
		r.recording.hears(e.Text + e.URL)
	}
}

func (r *conference) stopRecording() {
	if g := r.recording; g != nil {
		r.recording = nil
		g.stop()
	}
}
