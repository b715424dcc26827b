package simulator

import (
	"net/http"
	"slices"
	"strings"
)

// transcriptionEntry is a real-time transcription as listRealTimeTranscriptions shows it.
type transcriptionEntry struct {
	TranscriptionID   string `json:"transcriptionId"`
	TranscriptionName string `json:"transcriptionName"`
	TranscriptionURL  string `json:"transcriptionUrl"`
}

// transcriptionDetails is the answer to getRealTimeTranscription.
type transcriptionDetails struct {
	AccountID       string            `json:"accountId"`
	CallID          string            `json:"callId"`
	TranscriptionID string            `json:"transcriptionId"`
	Tracks          []trackTranscript `json:"tracks"`
}

// trackTranscript is what was said on one track.
type trackTranscript struct {
	DetectedLanguage string  `json:"detectedLanguage"`
	Track            string  `json:"track"`
	Transcript       string  `json:"transcript"`
	Confidence       float64 `json:"confidence"`
}

func (t *tap) url() string { return t.leg.c.callURL(t.leg.id) + "/transcriptions/" + t.id }

// visible reports whether GET shows a transcription, for 30 days.
func (t *tap) visible() bool { return t.leg.c.now().Sub(t.completed) < keepRecordings }

// shelve makes it possible to fetch a transcription, and drops those that are too old to be kept.
func (c *Carrier) shelve(t *tap) {
	t.completed = c.now()
	c.transcripts = append(expire(c.transcripts, func(old *tap) bool { return !old.visible() }), t)
}

func restListTranscriptions(c *Carrier, q *restRequest) (any, error) {
	entries := []transcriptionEntry{}
	for _, t := range c.transcripts {
		if t.leg.id == q.id() && t.visible() {
			entries = append(entries, transcriptionEntry{t.id, t.name, t.url()})
		}
	}
	return entries, nil
}

// spoken finds the real-time transcription of a request.
func (c *Carrier) spoken(q *restRequest) (*tap, error) {
	for _, t := range c.transcripts {
		if t.id == q.ids[1] && t.leg.id == q.id() && t.visible() {
			return t, nil
		}
	}
	return nil, &refusal{http.StatusNotFound, typeValidation, "Transcription [" + q.ids[1] + "] not found"}
}

func restGetLiveTranscription(c *Carrier, q *restRequest) (any, error) {
	t, err := c.spoken(q)
	if err != nil {
		return nil, err
	}
	d := &transcriptionDetails{AccountID: c.cfg.Account, CallID: t.leg.id, TranscriptionID: t.id, Tracks: []trackTranscript{}}
	for _, track := range t.tracks {
		d.Tracks = append(d.Tracks, trackTranscript{"en-US", track, strings.Join(t.heard[track], " "), confidence})
	}
	return d, nil
}

// restDeleteLiveTranscription answers 200, as the OpenAPI document says, although its text there is "No Content".
func restDeleteLiveTranscription(c *Carrier, q *restRequest) (any, error) {
	t, err := c.spoken(q)
	if err == nil {
		c.transcripts = slices.DeleteFunc(c.transcripts, func(other *tap) bool { return other == t })
	}
	return nil, err
}
