package simulator

import (
	"net/http"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// recordingState is a recording of a call.
type recordingState struct {
	ApplicationID    string              `json:"applicationId"`
	AccountID        string              `json:"accountId"`
	CallID           string              `json:"callId"`
	ParentCallID     *string             `json:"parentCallId"`
	RecordingID      string              `json:"recordingId"`
	To               string              `json:"to"`
	From             string              `json:"from"`
	TransferCallerID *string             `json:"transferCallerId"`
	TransferTo       *string             `json:"transferTo"`
	Duration         string              `json:"duration"`
	Direction        string              `json:"direction"`
	Channels         int                 `json:"channels"`
	StartTime        string              `json:"startTime"`
	EndTime          string              `json:"endTime"`
	FileFormat       string              `json:"fileFormat"`
	Status           string              `json:"status"`
	MediaURL         *string             `json:"mediaUrl"`
	Transcription    *transcriptionState `json:"transcription"`
	RecordingName    *string             `json:"recordingName"`
}

// conferenceRecordingState is a recording of a conference.
type conferenceRecordingState struct {
	AccountID     string  `json:"accountId"`
	ConferenceID  string  `json:"conferenceId"`
	Name          string  `json:"name"`
	RecordingID   string  `json:"recordingId"`
	Duration      string  `json:"duration"`
	Channels      int     `json:"channels"`
	StartTime     string  `json:"startTime"`
	EndTime       string  `json:"endTime"`
	FileFormat    string  `json:"fileFormat"`
	Status        string  `json:"status"`
	MediaURL      *string `json:"mediaUrl"`
	RecordingName *string `json:"recordingName"`
}

// transcriptionState is the transcription of a recording.
type transcriptionState struct {
	ID            string `json:"id"`
	Status        string `json:"status"`
	CompletedTime string `json:"completedTime"`
	URL           string `json:"url"`
}

func (g *recording) state() *recordingState {
	l := g.leg
	s := &recordingState{
		ApplicationID: l.app, AccountID: g.c.cfg.Account, CallID: l.id, ParentCallID: optional(l.parent), RecordingID: g.id, To: l.to, From: l.from,
		TransferCallerID: optional(l.transferCallerID), TransferTo: optional(l.transferTo), Duration: string(event.DurationOf(g.length())),
		Direction: l.direction, Channels: g.channels, StartTime: string(event.TimeOf(g.started)), EndTime: string(event.TimeOf(g.ended)),
		FileFormat: g.format, Status: g.status, MediaURL: g.downloadURL(), RecordingName: optional(g.x.value("recordingName")),
	}
	if t := g.transcription; t != nil {
		s.Transcription = &transcriptionState{t.ID, t.Status, string(t.CompletedTime), t.URL}
	}
	return s
}

func (g *recording) conferenceState() *conferenceRecordingState {
	return &conferenceRecordingState{
		AccountID: g.c.cfg.Account, ConferenceID: g.room.id, Name: g.room.name, RecordingID: g.id, Duration: string(event.DurationOf(g.length())),
		Channels: g.channels, StartTime: string(event.TimeOf(g.started)), EndTime: string(event.TimeOf(g.ended)),
		FileFormat: g.format, Status: g.status, MediaURL: g.downloadURL(), RecordingName: optional(g.x.value("recordingName")),
	}
}

// downloadURL is null until there is something to download.
func (g *recording) downloadURL() *string {
	if !g.playable() {
		return nil
	}
	return optional(g.mediaURL())
}

// visible reports whether GET shows a recording: from its end on, for 30 days.
func (g *recording) visible() bool {
	return !g.ended.IsZero() && g.c.now().Sub(g.ended) < keepRecordings
}

// of reports whether a recording is that of a call, or of a conference.
func (g *recording) of(id string) bool {
	return g.leg != nil && g.leg.id == id || g.room != nil && g.room.id == id
}

// found finds the recording of a request: {id of the call or conference}, {id of the recording}.
func (c *Carrier) found(q *restRequest) (*recording, error) {
	for _, g := range c.recordings {
		if g.id == q.ids[1] && g.of(q.id()) && g.visible() {
			return g, nil
		}
	}
	return nil, &refusal{http.StatusNotFound, typeValidation, "Recording [" + q.ids[1] + "] not found"}
}

// maxRecordings is how many recordings of the account are listed.
const maxRecordings = 1000

// restListAccountRecordings lists recordings of calls, oldest first. The upper bound of the start time is exclusive.
func restListAccountRecordings(c *Carrier, q *restRequest) (any, error) {
	started, err := q.span("minStartTime", "maxStartTime")
	if err != nil {
		return nil, err
	}
	started.until = true
	states := []*recordingState{}
	for _, g := range c.recordings {
		if g.leg != nil && g.visible() && q.has("to", g.leg.to) && q.has("from", g.leg.from) && started.holds(g.started) && len(states) < maxRecordings {
			states = append(states, g.state())
		}
	}
	return states, nil
}

// restListRecordings lists the recordings of a call; none for a call that nobody knows.
func restListRecordings(c *Carrier, q *restRequest) (any, error) {
	states := []*recordingState{}
	for _, g := range c.recordings {
		if g.leg != nil && g.of(q.id()) && g.visible() {
			states = append(states, g.state())
		}
	}
	return states, nil
}

func restListConferenceRecordings(c *Carrier, q *restRequest) (any, error) {
	states := []*conferenceRecordingState{}
	for _, g := range c.recordings {
		if g.room != nil && g.of(q.id()) && g.visible() {
			states = append(states, g.conferenceState())
		}
	}
	return states, nil
}

func restGetRecording(c *Carrier, q *restRequest) (any, error) {
	g, err := c.found(q)
	switch {
	case err != nil:
		return nil, err
	case g.room != nil:
		return g.conferenceState(), nil
	}
	return g.state(), nil
}

func restDownload(c *Carrier, q *restRequest) (any, error) {
	g, err := c.found(q)
	if err != nil {
		return nil, err
	}
	if !g.playable() {
		return nil, &refusal{http.StatusNotFound, typeValidation, "Media of recording [" + g.id + "] not found"}
	}
	return silence(g.format, g.channels), nil
}

// restDeleteRecording removes a recording with its media and transcription.
func restDeleteRecording(c *Carrier, q *restRequest) (any, error) {
	g, err := c.found(q)
	if err != nil {
		return nil, err
	}
	g.discard()
	c.recordings = slices.DeleteFunc(c.recordings, func(other *recording) bool { return other == g })
	return nil, nil
}

func restDeleteMedia(c *Carrier, q *restRequest) (any, error) {
	g, err := c.found(q)
	if err != nil {
		return nil, err
	}
	g.discard()
	return nil, nil
}

// deleted is the status of a recording whose media was removed.
const deleted = "deleted"

func (g *recording) discard() { g.status = deleted }

func restUpdateRecording(c *Carrier, q *restRequest) (any, error) {
	var u struct {
		State string `json:"state"`
	}
	if err := decode(q.body, &u); err != nil {
		return nil, err
	}
	return nil, c.updateRecording(q.id(), u.State)
}

// transcript is the text of one channel of a recording.
type transcript struct {
	Speaker    int     `json:"speaker"`
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"`
}

// transcripts is the answer to getRecordingTranscription. A simulator does not know when in the recording something was said, so
// that there are no clips.
type transcripts struct {
	Transcripts []transcript `json:"transcripts"`
	Clips       []struct{}   `json:"clips"`
}

// confidence is that of everything here: nobody mishears.
const confidence = 1.0

func restGetTranscription(c *Carrier, q *restRequest) (any, error) {
	g, err := c.transcribed(q)
	if err != nil {
		return nil, err
	}
	t := &transcripts{Transcripts: []transcript{{0, strings.Join(g.said, " "), confidence}}, Clips: []struct{}{}}
	if g.channels == 2 {
		t.Transcripts = append(t.Transcripts, transcript{1, strings.Join(g.played, " "), confidence})
	}
	return t, nil
}

// transcribed finds a recording that has a transcription.
func (c *Carrier) transcribed(q *restRequest) (*recording, error) {
	g, err := c.found(q)
	if err != nil {
		return nil, err
	}
	if g.transcription == nil || g.transcription.Status != "available" {
		return nil, &refusal{http.StatusNotFound, typeValidation, "Transcription of recording [" + g.id + "] not found"}
	}
	return g, nil
}

func restDeleteTranscription(c *Carrier, q *restRequest) (any, error) {
	g, err := c.transcribed(q)
	if err == nil {
		g.transcription = nil
	}
	return nil, err
}

// transcribeOrder is the body of transcribeCallRecording.
type transcribeOrder struct {
	CallbackURL     string   `json:"callbackUrl"`
	CallbackMethod  string   `json:"callbackMethod"`
	Username        string   `json:"username"`
	Password        string   `json:"password"`
	Tag             string   `json:"tag"`
	CallbackTimeout *float64 `json:"callbackTimeout"`
	DetectLanguage  bool     `json:"detectLanguage"`
}

func restTranscribe(c *Carrier, q *restRequest) (any, error) {
	var x transcribeOrder
	if err := decode(q.body, &x); err != nil {
		return nil, err
	}
	for _, check := range []error{
		c.webhook("callbackUrl", x.CallbackURL, &x.CallbackMethod, ""), credentials(x.Username, x.Password),
		within("callbackTimeout", x.CallbackTimeout, 1, 25), checkTag(&x.Tag),
	} {
		if check != nil {
			return nil, check
		}
	}
	g, err := c.found(q)
	if err != nil {
		return nil, err
	}
	if !g.playable() {
		return nil, invalid("Recording [%s] has no media", g.id)
	}
	g.transcribe(targets{primary: locate(x.CallbackURL, x.CallbackMethod, x.Username, x.Password)}, units(x.CallbackTimeout, defaultTimeout), x.Tag)
	return nil, nil
}
