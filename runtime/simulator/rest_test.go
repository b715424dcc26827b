package simulator

import (
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const api = "/api/v2/accounts/9900000/"

// ask sends a request to the API with good credentials, unless a header says otherwise, and returns the answer. A path that does
// not begin with a slash is below the account. The body's type follows from its first character.
func (w *world) ask(method, path, body string, headers ...string) *httptest.ResponseRecorder {
	if !strings.HasPrefix(path, "/") {
		path = api + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.SetBasicAuth("user", "secret")
	switch {
	case strings.HasPrefix(body, "<"):
		r.Header.Set("Content-Type", "application/xml")
	case body != "":
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		} else {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	rec := httptest.NewRecorder()
	w.Handler().ServeHTTP(rec, r)
	return rec
}

// wantAnswer compares status and body; of a body of JSON it suffices that it holds what is wanted.
func (w *world) wantAnswer(rec *httptest.ResponseRecorder, status int, body string) {
	w.Helper()
	if rec.Code != status {
		w.Errorf("status %d, want %d: %s", rec.Code, status, rec.Body)
		return
	}
	if body == "" {
		if rec.Body.Len() != 0 {
			w.Errorf("body %s, want none", rec.Body)
		}
		return
	}
	var got, want any
	if err := json.Unmarshal([]byte(body), &want); err != nil {
		w.Fatalf("%s: %v", body, err)
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil {
		w.Fatalf("%s: %v", rec.Body, err)
	}
	if diff := cmp.Diff(want, among(got, want)); diff != "" {
		w.Errorf("body (-want +got):\n%s\n%s", diff, rec.Body)
	}
}

// order is a body of createCall with further members.
func order(members string) string {
	if members != "" {
		members = "," + members
	}
	return `{"to":"` + callee + `","from":"` + desk + `","applicationId":"` + appID + `","answerUrl":"https://app.example/answer"` + members + `}`
}

// rig is a world with an answered call that is being recorded and transcribed, one that is recorded no longer, one that rings, and
// a conference with one member that was recorded.
type rig struct {
	*world
	names *strings.Replacer // {call}, {done}, {ringing}, {member}, {conference}, {recording}, {minutes}, {transcription}
}

func newRig(t *testing.T) *rig {
	t.Helper()
	w := newWorld(t, map[string]string{
		"/answer":     `<StartRecording/><Pause duration="3600"/>`,
		"/done":       `<StartRecording/><StartTranscription name="live"/><Pause duration="5"/>`,
		"/conference": `<StartRecording/><Pause duration="3600"/>`,
		"/room":       `<Conference>team</Conference>`,
	})
	w.SetPhone(callee, Phone{Answers: true, Script: []Cue{{After: time.Second, Say: "hello"}}})
	dial := func(path string) string {
		return w.dial(func(x *creation) { x.AnswerURL = "https://app.example" + path })
	}
	done, member := dial("/done"), dial("/room")
	w.advance(time.Second)
	room := w.Conferences()[0].ID
	w.wantAnswer(w.ask("PUT", "conferences/"+room+"/bxml", `<Bxml><StartRecording/><SpeakSentence>hi</SpeakSentence><StopRecording/></Bxml>`), 204, "")
	w.advance(time.Minute)
	w.wantAnswer(w.ask("POST", "calls/"+done, `{}`), 404, `{"type":"validation"}`)
	found := map[bool]string{}
	for _, g := range w.Recordings() {
		found[g.Conference != ""] = g.ID
	}
	w.wantAnswer(w.ask("POST", "calls/"+done+"/recordings/"+found[false]+"/transcription", `{}`), 204, "")
	call := dial("/answer")
	ringing := w.dial(func(x *creation) { x.To = "+15550004444" })
	w.advance(10 * time.Second)
	var live []struct{ TranscriptionID string }
	w.check(json.Unmarshal(w.ask("GET", "calls/"+done+"/transcriptions", "").Body.Bytes(), &live))
	return &rig{w, strings.NewReplacer("{call}", call, "{done}", done, "{ringing}", ringing, "{member}", member, "{conference}", room,
		"{recording}", found[false], "{minutes}", found[true], "{transcription}", live[0].TranscriptionID)}
}

// notFound is the body of a 404, and of what else has the type validation.
func notFound(description string) string {
	return `{"type":"validation","description":"` + description + `","id":null}`
}

func TestRESTOperations(t *testing.T) {
	tests := []struct {
		name, request, body string
		status              int
		want                string
	}{
		{"createCall", "POST calls", order(`"tag":"a","username":"u","password":"p","callTimeout":12.5,"privacy":true,"displayName":"Anonymous","priority":1`), 201,
			`{"tag":"a","username":"u","password":"*****","callTimeout":12.5,"priority":1,"answerFallbackUrl":null,"fallbackPassword":null,"enqueuedTime":"2026-03-01T12:01:11.000Z"}`},
		{"createCall with null for what is optional", "POST calls", order(`"tag":null,"callTimeout":null,"privacy":null,"machineDetection":null`), 201, `{"tag":null,"callTimeout":30}`},
		{"createCall with machine detection", "POST calls", order(`"machineDetection":{"mode":"sync","detectionTimeout":5,"delayResult":true}`), 201, `{}`},
		{"createCall ignores what it does not know", "POST calls", order(`"TAG":"x","new":[1]`), 201, `{"tag":null}`},
		{"listCalls", "GET calls", "", 200, `[{"state":"disconnected"},{"state":"answered"},{"state":"answered"},{"state":"initiated"}]`},
		{"getCallState", "GET calls/{done}", "", 200, `{"callId":"{done}","state":"disconnected","disconnectCause":"hangup","errorMessage":null,"parentCallId":null,"identity":null}`},
		{"HEAD of getCallState", "HEAD calls/{done}", "", 200, ""},
		{"updateCall redirects", "POST calls/{call}", `{"redirectUrl":"https://app.example/redirect","tag":"b"}`, 200, ""},
		{"updateCall hangs up", "POST calls/{call}", `{"state":"completed"}`, 200, ""},
		{"updateCall cancels", "POST calls/{ringing}", `{"state":"completed"}`, 200, ""},
		{"updateCallBxml", "PUT calls/{call}/bxml", `<Bxml><Pause/></Bxml>`, 204, ""},
		{"listConferences", "GET conferences", "", 200, `[{"id":"{conference}","name":"team","completedTime":null,"tag":null,"conferenceEventUrl":null}]`},
		{"getConference", "GET conferences/{conference}", "", 200, `{"activeMembers":[{"callId":"{member}","mute":false,"hold":false,"callIdsToCoach":null}]}`},
		{"updateConference fetches", "POST conferences/{conference}", `{"redirectUrl":"https://app.example/agenda"}`, 204, ""},
		{"updateConference ends", "POST conferences/{conference}", `{"status":"completed"}`, 204, ""},
		{"updateConferenceBxml", "PUT conferences/{conference}/bxml", `<Bxml><SpeakSentence>hi</SpeakSentence></Bxml>`, 204, ""},
		{"getConferenceMember", "GET conferences/{conference}/members/{member}", "", 200, `{"callId":"{member}","conferenceId":"{conference}"}`},
		{"updateConferenceMember", "PUT conferences/{conference}/members/{member}", `{"mute":true,"hold":true,"callIdsToCoach":null}`, 204, ""},
		{"listConferenceRecordings", "GET conferences/{conference}/recordings", "", 200, `[{"recordingId":"{minutes}","conferenceId":"{conference}","name":"team","recordingName":null}]`},
		{"listConferenceRecordings of nobody", "GET conferences/nobody/recordings", "", 200, `[]`},
		{"getConferenceRecording", "GET conferences/{conference}/recordings/{minutes}", "", 200, `{"status":"complete"}`},
		{"listAccountCallRecordings", "GET recordings?to=%2B15550003333&from=%2B15550002222&minStartTime=2026-03-01T12:00:00Z", "", 200, `[{"recordingId":"{recording}"}]`},
		{"listAccountCallRecordings before a time", "GET recordings?maxStartTime=2026-03-01T12:00:00Z", "", 200, `[]`},
		{"updateCallRecordingState", "PUT calls/{call}/recording", `{"state":"paused"}`, 200, ""},
		{"listCallRecordings", "GET calls/{done}/recordings", "", 200, `[{"recordingId":"{recording}","status":"complete","transcription":{"status":"available"}}]`},
		{"listCallRecordings of nobody", "GET calls/nobody/recordings", "", 200, `[]`},
		{"getCallRecording", "GET calls/{done}/recordings/{recording}", "", 200, `{"recordingId":"{recording}","duration":"PT5S","fileFormat":"wav","channels":1}`},
		{"deleteRecording", "DELETE calls/{done}/recordings/{recording}", "", 204, ""},
		{"deleteRecordingMedia", "DELETE calls/{done}/recordings/{recording}/media", "", 204, ""},
		{"getRecordingTranscription", "GET calls/{done}/recordings/{recording}/transcription", "", 200, `{"transcripts":[{"speaker":0,"text":"hello","confidence":1}],"clips":[]}`},
		{"transcribeCallRecording", "POST calls/{done}/recordings/{recording}/transcription", `{"callbackUrl":"https://app.example/t","callbackTimeout":5.5,"detectLanguage":true}`, 204, ""},
		{"deleteRecordingTranscription", "DELETE calls/{done}/recordings/{recording}/transcription", "", 204, ""},
		{"listRealTimeTranscriptions", "GET calls/{done}/transcriptions", "", 200, `[{"transcriptionId":"{transcription}","transcriptionName":"live"}]`},
		{"getRealTimeTranscription", "GET calls/{done}/transcriptions/{transcription}", "", 200, `{"callId":"{done}","tracks":[{"track":"inbound","transcript":"hello"}]}`},
		{"deleteRealTimeTranscription", "DELETE calls/{done}/transcriptions/{transcription}", "", 200, ""},
		{"getStatistics", "GET statistics", "", 200, `{"currentCallQueueSize":0,"maxCallQueueSize":1500}`},

		{"a call that nobody knows", "GET calls/c-1", "", 404, notFound("Call [c-1] not found")},
		{"an update of a call that nobody knows", "POST calls/c-1", `{"state":"completed"}`, 404, notFound("Call [c-1] not found")},
		{"bxml for a call that nobody knows", "PUT calls/c-1/bxml", `<Bxml/>`, 404, notFound("Call [c-1] not found")},
		{"an update of a call that ended", "POST calls/{done}", `{"state":"completed"}`, 404, notFound("Call [{done}] not found")},
		{"an update of a call that rings", "POST calls/{ringing}", `{"redirectUrl":"https://app.example/"}`, 409, notFound("Call [{ringing}] cannot be modified in its current state")},
		{"bxml for a call that rings", "PUT calls/{ringing}/bxml", `<Bxml/>`, 409, notFound("Call [{ringing}] cannot be modified in its current state")},
		{"a conference that nobody knows", "GET conferences/conf-1", "", 404, notFound("Conference [conf-1] not found")},
		{"an update of a conference that nobody knows", "POST conferences/conf-1", `{"status":"completed"}`, 404, notFound("Conference [conf-1] not found")},
		{"a member that nobody knows", "GET conferences/{conference}/members/c-1", "", 404, notFound("Member [c-1] not found")},
		{"an update of a member that nobody knows", "PUT conferences/{conference}/members/c-1", `{}`, 404, notFound("Member [c-1] not found")},
		{"a recording of another call", "GET calls/{call}/recordings/{recording}", "", 404, notFound("Recording [{recording}] not found")},
		{"a recording of a conference as that of a call", "GET calls/{conference}x/recordings/{minutes}", "", 404, notFound("Recording [{minutes}] not found")},
		{"a transcription that there is not", "GET calls/{done}/transcriptions/t-1", "", 404, notFound("Transcription [t-1] not found")},
		{"pausing what is not recorded", "PUT calls/{member}/recording", `{"state":"paused"}`, 404, notFound("Call [{member}] is not being recorded")},
		{"an unknown path", "GET call", "", 404, notFound("Not Found")},
		{"a path with a slash at its end", "GET calls/", "", 404, notFound("Not Found")},
		{"a path that climbs", "GET calls/%2e%2e%2f%2e%2e", "", 404, notFound("Call [../..] not found")},
		{"a path above the account", "GET /api/v2/accounts", "", 404, notFound("Not Found")},
		{"the endpoints of the other api", "GET endpoints", "", 404, notFound("Not Found")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			method, path, _ := strings.Cut(r.names.Replace(tt.request), " ")
			r.wantAnswer(r.ask(method, path, r.names.Replace(tt.body)), tt.status, r.names.Replace(tt.want))
			last := r.feed[len(r.feed)-1]
			if last.Kind != RESTRequest || last.Status != tt.status || last.Method != method {
				t.Errorf("the feed ends with %s", last)
			}
		})
	}
}

func TestRESTRefusals(t *testing.T) {
	bad := "There is something wrong with the request"
	long := strings.Repeat("x", 4097)
	tests := []struct{ name, request, body, description string }{
		{"no body", "POST calls", " ", bad},
		{"no json", "POST calls", `{"to":`, bad},
		{"null", "POST calls", `null`, bad},
		{"a list", "POST calls", `[]`, bad},
		{"something after the json", "POST calls", order("") + "x", bad},
		{"json that is too deep", "POST calls", strings.Repeat("[", 20_000), bad},
		{"nothing required", "POST calls", `{}`, "Missing at least one required field. Required fields are [from, to, answerUrl, applicationId]"},
		{"a number for to", "POST calls", `{"to":1}`, "Invalid to: must be a string"},
		{"text for callTimeout", "POST calls", order(`"callTimeout":"30"`), "Invalid callTimeout: must be a number"},
		{"a fraction for priority", "POST calls", order(`"priority":1.5`), "Invalid priority: must be an integer"},
		{"text for privacy", "POST calls", order(`"privacy":"yes"`), "Invalid privacy: must be a boolean"},
		{"text for machineDetection", "POST calls", order(`"machineDetection":"sync"`), "Invalid machineDetection: must be an object"},
		{"an unknown mode", "POST calls", order(`"machineDetection":{"mode":"x"}`), "Invalid machineDetection mode. Supported modes: [sync, async]"},
		{"no number", "POST calls", order(`"to":"5551234"`), "Invalid to: must be an E164 telephone number"},
		{"no caller", "POST calls", order(`"from":"me"`), "Invalid from: must be an E164 telephone number"},
		{"an unknown application", "POST calls", order(`"applicationId":"x"`), "Could not create call: Application id x not found"},
		{"another scheme", "POST calls", order(`"answerUrl":"ftp://app.example/"`), "Invalid answerUrl: only http and https are allowed"},
		{"another method", "POST calls", order(`"answerMethod":"PUT"`), "Invalid answerUrl method. Supported methods: [POST, GET]"},
		{"a timeout out of range", "POST calls", order(`"callTimeout":301`), "callTimeout must be within the range [1, 300], but was 301"},
		{"another timeout out of range", "POST calls", order(`"callbackTimeout":0.5`), "callbackTimeout must be within the range [1, 25], but was 0.5"},
		{"a long tag", "POST calls", order(`"tag":"` + long + `"`), "Could not create call: sendCallback tag must contain at most 4096 characters"},
		{"a long tag of an update", "POST calls/{call}", `{"redirectUrl":"https://app.example/","tag":"` + long + `"}`, "tag must contain at most 4096 characters"},
		{"no redirectUrl", "POST calls/{call}", `{}`, "redirectUrl is required when state is active"},
		{"a redirectUrl too many", "POST calls/{call}", `{"state":"completed","redirectUrl":"https://app.example/"}`, "redirectUrl, redirectMethod and tag are forbidden when state is completed"},
		{"an unknown state", "POST calls/{call}", `{"state":"done"}`, "Invalid state. Supported states: [active, completed]"},
		{"bxml with an unknown verb", "PUT calls/{call}/bxml", `<Bxml><Shout/></Bxml>`, `Invalid BXML: Shout[0]: there is no verb "Shout"`},
		{"an unknown status of a conference", "POST conferences/{conference}", `{"status":"done"}`, "Invalid status. Supported statuses: [active, completed]"},
		{"a verb that conferences do not take", "PUT conferences/{conference}/bxml", `<Bxml><Hangup/></Bxml>`, ""},
		{"text for mute", "PUT conferences/{conference}/members/{member}", `{"mute":"no"}`, "Invalid mute: must be a boolean"},
		{"text for callIdsToCoach", "PUT conferences/{conference}/members/{member}", `{"callIdsToCoach":"c-1"}`, "Invalid callIdsToCoach: must be an array of strings"},
		{"no state of a recording", "PUT calls/{call}/recording", `{}`, "Invalid state. Supported states: [paused, recording]"},
		{"a page that is too large", "GET calls?pageSize=10001", "", "pageSize must be within the range [1, 10000], but was 10001"},
		{"a page of conferences that is too large", "GET conferences?pageSize=1001", "", "pageSize must be within the range [1, 1000], but was 1001"},
		{"a page of a word", "GET calls?pageSize=x", "", "Invalid pageSize: must be an integer"},
		{"an unknown page", "GET calls?pageToken=x", "", "Invalid pageToken"},
		{"a day for a time", "GET calls?minStartTime=2026-03-01", "", "Invalid minStartTime: must be an ISO 8601 timestamp"},
		{"a broken query", "GET calls?a=%zz", "", bad},
		{"a callbackTimeout out of range", "POST calls/{done}/recordings/{recording}/transcription", `{"callbackTimeout":26}`, "callbackTimeout must be within the range [1, 25], but was 26"},
	}
	r := newRig(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := *r.world
			w.T = t
			method, path, _ := strings.Cut(r.names.Replace(tt.request), " ")
			want := map[string]any{"type": "validation", "id": nil}
			if tt.description != "" {
				want["description"] = tt.description
			}
			b, _ := json.Marshal(want)
			w.wantAnswer(w.ask(method, path, tt.body), 400, string(b))
		})
	}
}
