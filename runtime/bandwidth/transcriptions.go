package bandwidth

import (
	"context"
	"net/http"
)

// TranscribeRecording asks for the transcription of a recording of more than 500 ms and less than 4 hours.
type TranscribeRecording struct {
	CallbackURL     string  `json:"callbackUrl,omitempty"` // gets the transcriptionAvailable event
	CallbackMethod  string  `json:"callbackMethod,omitempty"`
	Username        string  `json:"username,omitempty"` // at most 1024 characters
	Password        string  `json:"password,omitempty"` // at most 1024 characters
	Tag             string  `json:"tag,omitempty"`
	CallbackTimeout float64 `json:"callbackTimeout,omitempty"` // s, 1 to 25; default 15
	DetectLanguage  bool    `json:"detectLanguage,omitempty"`
}

// Transcription is what was said in a recording.
type Transcription struct {
	Transcripts []Transcript `json:"transcripts"` // of two channels the caller's is the first
	Clips       []Clip       `json:"clips"`
}

// Transcript is what was said on a channel.
type Transcript struct {
	Text       string  `json:"text"`
	Confidence float64 `json:"confidence"` // 0 to 1
	Speaker    int     `json:"speaker"`
}

// Clip is what one speaker said at a time.
type Clip struct {
	Speaker          int     `json:"speaker"`
	Text             string  `json:"text"`
	Confidence       float64 `json:"confidence"` // 0 to 1
	StartTimeSeconds float64 `json:"startTimeSeconds"`
	EndTimeSeconds   float64 `json:"endTimeSeconds"`
}

// RealTimeTranscriptionRef names a transcription that StartTranscription made.
type RealTimeTranscriptionRef struct {
	TranscriptionID   string `json:"transcriptionId"`
	TranscriptionName string `json:"transcriptionName"`
	TranscriptionURL  string `json:"transcriptionUrl"`
}

// RealTimeTranscription is what StartTranscription heard of a call.
type RealTimeTranscription struct {
	AccountID       string               `json:"accountId"`
	CallID          string               `json:"callId"`
	TranscriptionID string               `json:"transcriptionId"`
	Tracks          []TranscriptionTrack `json:"tracks"`
}

// TranscriptionTrack is what was heard in one direction.
type TranscriptionTrack struct {
	DetectedLanguage string  `json:"detectedLanguage"` // en-US, es-US, fr-FR
	Track            string  `json:"track"`            // inbound, outbound
	Transcript       string  `json:"transcript"`
	Confidence       float64 `json:"confidence"` // 0 to 1
}

// TranscribeRecording asks for the transcription of a recording.
func (c *Client) TranscribeRecording(ctx context.Context, callID, recordingID string, ask *TranscribeRecording) error {
	r := at(c.voice, []string{"calls", callID, "recordings", recordingID, "transcription"})
	return c.send(ctx, r.is("transcribeCallRecording", http.MethodPost).json(ask))
}

// Transcription returns the transcription of a recording. Transcriptions are kept for 30 days.
func (c *Client) Transcription(ctx context.Context, callID, recordingID string) (*Transcription, error) {
	r := c.get("getRecordingTranscription", "calls", callID, "recordings", recordingID, "transcription")
	return one[Transcription](ctx, c, r)
}

// DeleteTranscription deletes the transcription of a recording.
func (c *Client) DeleteTranscription(ctx context.Context, callID, recordingID string) error {
	return c.send(ctx, c.delete("deleteRecordingTranscription", "calls", callID, "recordings", recordingID, "transcription"))
}

// RealTimeTranscriptions returns the transcriptions that StartTranscription made of a call.
func (c *Client) RealTimeTranscriptions(ctx context.Context, callID string) ([]*RealTimeTranscriptionRef, error) {
	r := c.get("listRealTimeTranscriptions", "calls", callID, "transcriptions")
	found, _, err := list[RealTimeTranscriptionRef](ctx, c, r)
	return found, err
}

// RealTimeTranscription returns one of them.
func (c *Client) RealTimeTranscription(ctx context.Context, callID, transcriptionID string) (*RealTimeTranscription, error) {
	r := c.get("getRealTimeTranscription", "calls", callID, "transcriptions", transcriptionID)
	return one[RealTimeTranscription](ctx, c, r)
}

// DeleteRealTimeTranscription deletes one of them.
func (c *Client) DeleteRealTimeTranscription(ctx context.Context, callID, transcriptionID string) error {
	return c.send(ctx, c.delete("deleteRealTimeTranscription", "calls", callID, "transcriptions", transcriptionID))
}

func (b *TranscribeRecording) check(k *check) {
	if k.none(b == nil) {
		return
	}
	k.url("callbackUrl", b.CallbackURL, 0)
	k.method("callbackMethod", b.CallbackMethod)
	k.credentials("", b.Username, b.Password)
	k.within("callbackTimeout", b.CallbackTimeout, 1, 25)
}
