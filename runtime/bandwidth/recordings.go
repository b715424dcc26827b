package bandwidth

import (
	"context"
	"io"
	"net/http"
	"net/url"
)

// Recording is what is known of a recording of a call.
type Recording struct {
	ApplicationID    string                  `json:"applicationId"`
	AccountID        string                  `json:"accountId"`
	CallID           string                  `json:"callId"`
	ParentCallID     string                  `json:"parentCallId"`
	RecordingID      string                  `json:"recordingId"`
	To               string                  `json:"to"`
	From             string                  `json:"from"`
	TransferCallerID string                  `json:"transferCallerId"`
	TransferTo       string                  `json:"transferTo"`
	Duration         string                  `json:"duration"`  // ISO 8601: "PT13.67S"
	Direction        string                  `json:"direction"` // of the call: inbound, outbound
	Channels         int                     `json:"channels"`
	StartTime        Time                    `json:"startTime,omitzero"`
	EndTime          Time                    `json:"endTime,omitzero"`
	FileFormat       string                  `json:"fileFormat"` // wav, mp3
	Status           string                  `json:"status"`     // processing, partial, complete, deleted, error; others may come
	MediaURL         string                  `json:"mediaUrl"`
	Transcription    *RecordingTranscription `json:"transcription"` // nil when none was asked for
	RecordingName    string                  `json:"recordingName"`
}

// RecordingTranscription says whether a recording is transcribed.
type RecordingTranscription struct {
	ID            string `json:"id"`
	Status        string `json:"status"`
	CompletedTime Time   `json:"completedTime,omitzero"`
	URL           string `json:"url"`
}

// ConferenceRecording is what is known of a recording of a conference.
type ConferenceRecording struct {
	AccountID     string `json:"accountId"`
	ConferenceID  string `json:"conferenceId"`
	Name          string `json:"name"` // of the conference
	RecordingID   string `json:"recordingId"`
	Duration      string `json:"duration"` // ISO 8601: "PT13.67S"
	Channels      int    `json:"channels"`
	StartTime     Time   `json:"startTime,omitzero"`
	EndTime       Time   `json:"endTime,omitzero"`
	FileFormat    string `json:"fileFormat"` // wav, mp3
	Status        string `json:"status"`     // as of Recording
	MediaURL      string `json:"mediaUrl"`
	RecordingName string `json:"recordingName"`
}

// UpdateCallRecording pauses or resumes what StartRecording began.
type UpdateCallRecording struct {
	State string `json:"state"` // paused or recording; required
}

// UpdateCallRecordingState pauses or resumes the recording of a call.
func (c *Client) UpdateCallRecordingState(ctx context.Context, callID string, update *UpdateCallRecording) error {
	r := at(c.voice, []string{"calls", callID, "recording"}).is("updateCallRecordingState", http.MethodPut)
	return c.send(ctx, r.twice().json(update))
}

// Recordings returns recordings of the account's calls that pass the filter, at most 1000: Bandwidth lists no more. A nil
// filter lets all pass.
func (c *Client) Recordings(ctx context.Context, filter *RecordingFilter) ([]*Recording, error) {
	q := or(filter, &RecordingFilter{}).query()
	found, _, err := list[Recording](ctx, c, c.get("listAccountCallRecordings", "recordings").with(url.Values(q)))
	return found, err
}

// CallRecordings returns the recordings of a call. There are none of a call that is not known.
func (c *Client) CallRecordings(ctx context.Context, callID string) ([]*Recording, error) {
	found, _, err := list[Recording](ctx, c, c.get("listCallRecordings", "calls", callID, "recordings"))
	return found, err
}

// CallRecording returns a recording of a call. Recordings are kept for 30 days.
func (c *Client) CallRecording(ctx context.Context, callID, recordingID string) (*Recording, error) {
	return one[Recording](ctx, c, c.get("getCallRecording", "calls", callID, "recordings", recordingID))
}

// DeleteRecording deletes a recording with its audio and its transcription.
func (c *Client) DeleteRecording(ctx context.Context, callID, recordingID string) error {
	return c.send(ctx, c.delete("deleteRecording", "calls", callID, "recordings", recordingID))
}

// RecordingMedia returns the audio of a recording, WAV or MP3 as its FileFormat says. The caller closes it. Its size is not
// bounded; a pause longer than Config.Timeout ends it with an error, as does the end of ctx.
func (c *Client) RecordingMedia(ctx context.Context, callID, recordingID string) (io.ReadCloser, error) {
	return c.media(ctx, c.get("downloadCallRecording", "calls", callID, "recordings", recordingID, "media"))
}

// DeleteRecordingMedia deletes the audio of a recording.
func (c *Client) DeleteRecordingMedia(ctx context.Context, callID, recordingID string) error {
	return c.send(ctx, c.delete("deleteRecordingMedia", "calls", callID, "recordings", recordingID, "media"))
}

// ConferenceRecordings returns the recordings of a conference.
func (c *Client) ConferenceRecordings(ctx context.Context, conferenceID string) ([]*ConferenceRecording, error) {
	r := c.get("listConferenceRecordings", "conferences", conferenceID, "recordings")
	found, _, err := list[ConferenceRecording](ctx, c, r)
	return found, err
}

// ConferenceRecording returns a recording of a conference.
func (c *Client) ConferenceRecording(ctx context.Context, conferenceID, recordingID string) (*ConferenceRecording, error) {
	r := c.get("getConferenceRecording", "conferences", conferenceID, "recordings", recordingID)
	return one[ConferenceRecording](ctx, c, r)
}

// ConferenceRecordingMedia returns the audio of a recording of a conference, as RecordingMedia does of a call.
func (c *Client) ConferenceRecordingMedia(ctx context.Context, conferenceID, recordingID string) (io.ReadCloser, error) {
	return c.media(ctx, c.get("downloadConferenceRecording", "conferences", conferenceID, "recordings", recordingID, "media"))
}

func (c *Client) media(ctx context.Context, r *request) (io.ReadCloser, error) {
	r.media, r.accept = true, "audio/vnd.wave, audio/mpeg"
	if err := c.send(ctx, r); err != nil {
		return nil, err
	}
	return r.stream, nil
}

// delete deletes path of the voice API.
func (c *Client) delete(operation string, path ...string) *request {
	return at(c.voice, path).is(operation, http.MethodDelete).twice()
}

func (b *UpdateCallRecording) check(k *check) {
	if k.none(b == nil) {
		return
	}
	k.required("state", b.State, "paused or recording")
	k.one("state", b.State, "paused", "recording")
}
