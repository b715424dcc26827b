package bandwidth

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// operation is one of Bandwidth's: how it is called here, what must be sent, what is answered, and what is made of it.
type operation struct {
	name, method, path string
	call               func(context.Context, *Client) (any, error)
	body               string
	status             int
	answer             string
	want               any
}

func moment(s string) Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return Time{t}
}

func none(err error) (any, error) { return nil, err }

func callOperations() []operation {
	const bxml = "<Bxml><Hangup/></Bxml>"
	return []operation{
		{"createCall", "POST", "/accounts/9900000/calls", func(ctx context.Context, c *Client) (any, error) {
			call := validCall()
			call.CallTimeout, call.Priority, call.Tag, call.Privacy, call.DisplayName = 12.5, 1, "t", true, "Private"
			call.MachineDetection = &MachineDetection{Mode: "async", SilenceTimeout: 4, CallbackURL: "https://a.example/amd"}
			return c.CreateCall(ctx, call)
		}, `{"to":"+15551234567","from":"+15557654321","applicationId":"app-1","answerUrl":"https://voice.example.com/answer",` +
			`"callTimeout":12.5,"privacy":true,"displayName":"Private","priority":1,"tag":"t",` +
			`"machineDetection":{"mode":"async","silenceTimeout":4,"callbackUrl":"https://a.example/amd"}}`, 201,
			`{"callId":"c-1","to":"+15551234567","enqueuedTime":"2026-01-02T03:04:05.678Z","callTimeout":30.0,"priority":"5","tag":null,"new":{"x":1}}`,
			&CreatedCall{CallID: "c-1", To: "+15551234567", EnqueuedTime: moment("2026-01-02T03:04:05.678Z"), CallTimeout: 30}},
		{"getCallState", "GET", "/accounts/9900000/calls/c-1", func(ctx context.Context, c *Client) (any, error) {
			return c.Call(ctx, "c-1")
		}, "", 200, `{"callId":"c-1","state":"queued","direction":"outbound","startTime":null,"lastUpdate":"2026-01-02T03:04:05","stirShaken":{"verstat":"x"}}`,
			&CallState{CallID: "c-1", State: "queued", Direction: "outbound", LastUpdate: moment("2026-01-02T03:04:05Z"), StirShaken: map[string]any{"verstat": "x"}}},
		{"updateCall", "POST", "/accounts/9900000/calls/c-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateCall(ctx, "c-1", &UpdateCall{RedirectURL: "https://a.example/r?t=1&u=2", Tag: "x"}))
		}, `{"redirectUrl":"https://a.example/r?t=1\u0026u=2","tag":"x"}`, 200, "", nil},
		{"updateCall ends", "POST", "/accounts/9900000/calls/c-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateCall(ctx, "c-1", &UpdateCall{State: "completed"}))
		}, `{"state":"completed"}`, 200, "", nil},
		{"updateCallBxml", "PUT", "/accounts/9900000/calls/c-1/bxml", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateCallBXML(ctx, "c-1", []byte(bxml)))
		}, bxml, 204, "", nil},
		{"updateCallRecordingState", "PUT", "/accounts/9900000/calls/c-1/recording", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateCallRecordingState(ctx, "c-1", &UpdateCallRecording{State: "paused"}))
		}, `{"state":"paused"}`, 200, "", nil},
		{"getStatistics", "GET", "/accounts/9900000/statistics", func(ctx context.Context, c *Client) (any, error) {
			return c.Statistics(ctx)
		}, "", 200, `{"currentCallQueueSize":7,"maxCallQueueSize":"1500"}`, &Statistics{7, 1500}},
	}
}

func conferenceOperations() []operation {
	const conference = "/accounts/9900000/conferences/conf-1"
	yes, no := true, false
	return []operation{
		{"getConference", "GET", conference, func(ctx context.Context, c *Client) (any, error) { return c.Conference(ctx, "conf-1") },
			"", 200, `{"id":"conf-1","name":"n","completedTime":null,"activeMembers":[{"callId":"c-1","mute":true}]}`,
			&Conference{ID: "conf-1", Name: "n", ActiveMembers: []*ConferenceMember{{CallID: "c-1", Mute: true}}}},
		{"updateConference", "POST", conference, func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateConference(ctx, "conf-1", &UpdateConference{Status: "completed"}))
		}, `{"status":"completed"}`, 204, "", nil},
		{"updateConferenceBxml", "PUT", conference + "/bxml", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateConferenceBXML(ctx, "conf-1", []byte("<Bxml/>")))
		}, "<Bxml/>", 204, "", nil},
		{"getConferenceMember", "GET", conference + "/members/c-1", func(ctx context.Context, c *Client) (any, error) {
			return c.ConferenceMember(ctx, "conf-1", "c-1")
		}, "", 200, `{"callId":"c-1","conferenceId":"conf-1","hold":true,"callIdsToCoach":["c-2"]}`,
			&ConferenceMember{CallID: "c-1", ConferenceID: "conf-1", Hold: true, CallIDsToCoach: []string{"c-2"}}},
		{"updateConferenceMember", "PUT", conference + "/members/c-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateConferenceMember(ctx, "conf-1", "c-1", &UpdateConferenceMember{Mute: &yes, Hold: &no, CallIDsToCoach: []string{}}))
		}, `{"mute":true,"hold":false,"callIdsToCoach":[]}`, 204, "", nil},
		{"updateConferenceMember leaves what is nil", "PUT", conference + "/members/c-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateConferenceMember(ctx, "conf-1", "c-1", &UpdateConferenceMember{}))
		}, `{}`, 204, "", nil},
		{"listConferenceRecordings", "GET", conference + "/recordings", func(ctx context.Context, c *Client) (any, error) {
			return c.ConferenceRecordings(ctx, "conf-1")
		}, "", 200, `[{"recordingId":"r-1","channels":1}]`, []*ConferenceRecording{{RecordingID: "r-1", Channels: 1}}},
		{"getConferenceRecording", "GET", conference + "/recordings/r-1", func(ctx context.Context, c *Client) (any, error) {
			return c.ConferenceRecording(ctx, "conf-1", "r-1")
		}, "", 200, `{"recordingId":"r-1","duration":"PT13.67S"}`, &ConferenceRecording{RecordingID: "r-1", Duration: "PT13.67S"}},
		{"downloadConferenceRecording", "GET", conference + "/recordings/r-1/media", func(ctx context.Context, c *Client) (any, error) {
			return media(c.ConferenceRecordingMedia(ctx, "conf-1", "r-1"))
		}, "", 200, "RIFF", "RIFF"},
	}
}

func media(body io.ReadCloser, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(body)
	if closed := body.Close(); err == nil {
		err = closed
	}
	return string(got), err
}

func recordingOperations() []operation {
	const recordings = "/accounts/9900000/calls/c-1/recordings"
	return []operation{
		{"listAccountCallRecordings", "GET", "/accounts/9900000/recordings?from=a&maxStartTime=2026-01-02T03%3A04%3A05.000Z", func(ctx context.Context, c *Client) (any, error) {
			return c.Recordings(ctx, &RecordingFilter{From: "a", MaxStartTime: moment("2026-01-02T05:04:05+02:00").Time})
		}, "", 200, `[]`, []*Recording{}},
		{"listCallRecordings", "GET", recordings, func(ctx context.Context, c *Client) (any, error) { return c.CallRecordings(ctx, "c-1") },
			"", 200, `[{"recordingId":"r-1","transcription":{"id":"t-1","status":"available"}}]`,
			[]*Recording{{RecordingID: "r-1", Transcription: &RecordingTranscription{ID: "t-1", Status: "available"}}}},
		{"getCallRecording", "GET", recordings + "/r-1", func(ctx context.Context, c *Client) (any, error) { return c.CallRecording(ctx, "c-1", "r-1") },
			"", 200, `{"recordingId":"r-1","status":"brand-new","channels":2}`, &Recording{RecordingID: "r-1", Status: "brand-new", Channels: 2}},
		{"deleteRecording", "DELETE", recordings + "/r-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.DeleteRecording(ctx, "c-1", "r-1"))
		}, "", 204, "", nil},
		{"downloadCallRecording", "GET", recordings + "/r-1/media", func(ctx context.Context, c *Client) (any, error) {
			return media(c.RecordingMedia(ctx, "c-1", "r-1"))
		}, "", 200, "ID3", "ID3"},
		{"deleteRecordingMedia", "DELETE", recordings + "/r-1/media", func(ctx context.Context, c *Client) (any, error) {
			return none(c.DeleteRecordingMedia(ctx, "c-1", "r-1"))
		}, "", 204, "", nil},
		{"getRecordingTranscription", "GET", recordings + "/r-1/transcription", func(ctx context.Context, c *Client) (any, error) {
			return c.Transcription(ctx, "c-1", "r-1")
		}, "", 200, `{"transcripts":[{"text":"hi","confidence":0.5}],"clips":[{"speaker":1,"text":"hi","startTimeSeconds":1.5,"endTimeSeconds":2}]}`,
			&Transcription{Transcripts: []Transcript{{Text: "hi", Confidence: 0.5}}, Clips: []Clip{{Speaker: 1, Text: "hi", StartTimeSeconds: 1.5, EndTimeSeconds: 2}}}},
		{"transcribeCallRecording", "POST", recordings + "/r-1/transcription", func(ctx context.Context, c *Client) (any, error) {
			return none(c.TranscribeRecording(ctx, "c-1", "r-1", &TranscribeRecording{CallbackURL: "https://a.example/t", CallbackTimeout: 3, DetectLanguage: true}))
		}, `{"callbackUrl":"https://a.example/t","callbackTimeout":3,"detectLanguage":true}`, 204, "", nil},
		{"deleteRecordingTranscription", "DELETE", recordings + "/r-1/transcription", func(ctx context.Context, c *Client) (any, error) {
			return none(c.DeleteTranscription(ctx, "c-1", "r-1"))
		}, "", 204, "", nil},
	}
}

func otherOperations() []operation {
	const transcriptions, endpoints = "/accounts/9900000/calls/c-1/transcriptions", "/brtc/accounts/9900000/endpoints"
	return []operation{
		{"listRealTimeTranscriptions", "GET", transcriptions, func(ctx context.Context, c *Client) (any, error) {
			return c.RealTimeTranscriptions(ctx, "c-1")
		}, "", 200, `[{"transcriptionId":"t-1","transcriptionName":"n"}]`, []*RealTimeTranscriptionRef{{TranscriptionID: "t-1", TranscriptionName: "n"}}},
		{"getRealTimeTranscription", "GET", transcriptions + "/t-1", func(ctx context.Context, c *Client) (any, error) {
			return c.RealTimeTranscription(ctx, "c-1", "t-1")
		}, "", 200, `{"transcriptionId":"t-1","tracks":[{"detectedLanguage":"en-US","track":"inbound","transcript":"hi","confidence":0.9}]}`,
			&RealTimeTranscription{TranscriptionID: "t-1", Tracks: []TranscriptionTrack{{"en-US", "inbound", "hi", 0.9}}}},
		{"deleteRealTimeTranscription", "DELETE", transcriptions + "/t-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.DeleteRealTimeTranscription(ctx, "c-1", "t-1"))
		}, "", 200, "", nil},
		{"createEndpoint", "POST", endpoints, func(ctx context.Context, c *Client) (any, error) {
			return c.CreateEndpoint(ctx, &CreateEndpoint{Type: "WEBRTC", Direction: "INBOUND", ConnectionMetadata: map[string]any{"a": 1}})
		}, `{"type":"WEBRTC","direction":"INBOUND","connectionMetadata":{"a":1}}`, 201,
			`{"links":[],"data":{"endpointId":"e-1","token":"jwt","devices":[{"deviceId":"d-1"}]},"errors":[]}`,
			&CreatedEndpoint{Endpoint{EndpointID: "e-1", Devices: []Device{{DeviceID: "d-1"}}}, "jwt"}},
		{"getEndpoint", "GET", endpoints + "/e-1", func(ctx context.Context, c *Client) (any, error) { return c.Endpoint(ctx, "e-1") },
			"", 200, `{"data":{"endpointId":"e-1","status":"CONNECTED"}}`, &Endpoint{EndpointID: "e-1", Status: "CONNECTED"}},
		{"deleteEndpoint", "DELETE", endpoints + "/e-1", func(ctx context.Context, c *Client) (any, error) {
			return none(c.DeleteEndpoint(ctx, "e-1"))
		}, "", 204, "", nil},
		{"updateEndpointBxml", "PUT", endpoints + "/e-1/bxml", func(ctx context.Context, c *Client) (any, error) {
			return none(c.UpdateEndpointBXML(ctx, "e-1", []byte("<Bxml/>")))
		}, "<Bxml/>", 204, "", nil},
	}
}

func operations() []operation {
	all := append(callOperations(), conferenceOperations()...)
	return append(append(all, recordingOperations()...), otherOperations()...)
}

func TestOperations(t *testing.T) {
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			carrier := newCarrier(t, status(o.status, o.answer))
			got, err := o.call(t.Context(), newClient(t, testConfig(carrier.URL)))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(o.want, got); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]seen{o.request()}, carrier.requests()); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
		})
	}
}

// request is what the operation must send.
func (o operation) request() seen {
	s := seen{Method: o.method, Accept: "application/json", Authorization: newBasic(testUser, testPassword)(), Agent: "bxmlflow", Body: o.body}
	for i, r := range o.path {
		if r == '?' {
			s.Path, s.Query = o.path[:i], o.path[i+1:]
		}
	}
	s.Path = or(s.Path, o.path)
	if o.body != "" {
		s.Type = "application/json"
		if o.body[0] == '<' {
			s.Type = "application/xml"
		}
	}
	if _, audio := o.want.(string); audio {
		s.Accept = "audio/vnd.wave, audio/mpeg"
	}
	return s
}

func TestEveryOperationReportsWhatWasAnswered(t *testing.T) {
	const body = `{"type":"validation","description":"Call [c-1] not found","id":"e-9"}`
	for _, o := range operations() {
		t.Run(o.name, func(t *testing.T) {
			carrier := newCarrier(t, status(http.StatusNotFound, body))
			got, err := o.call(t.Context(), newClient(t, testConfig(carrier.URL)))
			e := asError(t, err)
			if !e.NotFound() || e.Type != "validation" || e.Description != "Call [c-1] not found" || e.ID != "e-9" || e.Ambiguous() || e.Retryable() {
				t.Errorf("error is %+v", e)
			}
			if text := fmt.Sprint(got); text != "<nil>" && text != "[]" {
				t.Errorf("answer is %v, want none", got)
			}
			if n := len(carrier.requests()); n != 1 {
				t.Errorf("%d requests, want 1", n)
			}
		})
	}
}
