package simulator

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/internal/npm"
)

// sdkStep is a line that sdk.mjs prints: a request and what it brought.
type sdkStep struct {
	Step     string
	Status   int
	Data     any
	Location string
}

// TestBandwidthSDK drives a simulator with Bandwidth's own client for Node.js (the npm package bandwidth-sdk, see
// testdata/sdk/package.json), over HTTP on the loopback interface. The client is used as it is published. All that is set is where
// the API is:
//
//	new Configuration({ basePath: 'http://127.0.0.1:PORT/api/v2', username, password })
//
// basePath stands in place of https://voice.bandwidth.com/api/v2. With clientId and clientSecret the client would ask for its token
// at https://api.bandwidth.com, an address that is fixed in its source and that basePath does not change; so a token is fetched
// from the simulator and given as accessToken.
//
// The test needs node and npm (make deps). npm puts the package into testdata/sdk/node_modules the first time.
func TestBandwidthSDK(t *testing.T) {
	sdk := npm.Install(t, "testdata/sdk")
	server := httptest.NewUnstartedServer(nil)
	address := "http://" + server.Listener.Addr().String()
	w := newWorld(t, map[string]string{
		"/answer": `<Pause duration="3600"/>`, "/redirect": `<SpeakSentence>hello again</SpeakSentence><Pause duration="600"/>`,
		"/agenda": `<SpeakSentence>first the minutes</SpeakSentence>`,
	}, func(cfg *Config) {
		cfg.URL = address + "/api/v2"
		cfg.Users = []User{{Name: "user", Password: "secret"}, {Name: "silent", Password: "secret", NoVoice: true}, {Name: "client", Password: "secret", Client: true}}
	})
	w.SetPhone(callee, Phone{Answers: true, AnswerAfter: time.Second, Script: []Cue{{After: 6 * time.Second, Say: "hello world"}}})
	mux := http.NewServeMux()
	mux.Handle("/api/", w.Handler())
	mux.HandleFunc("POST /advance", func(rw http.ResponseWriter, r *http.Request) {
		by, err := time.ParseDuration(r.FormValue("by"))
		if err == nil {
			err = w.Advance(r.Context(), by)
		}
		if err != nil {
			http.Error(rw, err.Error(), http.StatusInternalServerError)
		}
	})
	server.Config.Handler = mux
	server.Start()
	defer server.Close()

	steps := runSDK(t, sdk, address)
	server.Close()
	wantSteps(t, steps, address)
	if !strings.Contains(w.events(), "conferenceMemberJoin standup; ") {
		t.Errorf("webhooks: %s", w.events())
	}
}

// runSDK runs the script and reads its lines.
func runSDK(t *testing.T, sdk *npm.Project, address string) []sdkStep {
	t.Helper()
	t.Setenv("BANDWIDTH_URL", address+"/api/v2")
	t.Setenv("NO_PROXY", "127.0.0.1")
	t.Setenv("no_proxy", "127.0.0.1")
	var steps []sdkStep
	lines := json.NewDecoder(bytes.NewReader(sdk.Run(t, nil, "sdk.mjs", "https://app.example")))
	for lines.More() {
		var s sdkStep
		if err := lines.Decode(&s); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, s)
	}
	return steps
}

// sdkWants is what every step of sdk.mjs has to bring, in their order: the status, and what the data holds at least.
var sdkWants = []struct {
	step   string
	status int
	data   string
}{
	{"create", 201, `{"accountId": "9900000", "to": "+15550003333", "from": "+15550002222", "callTimeout": 20, "callbackTimeout": 15, "tag": "first",
		"answerMethod": "POST", "answerUrl": "https://app.example/answer", "disconnectUrl": "https://app.example/disconnect", "priority": 3}`},
	{"queue", 200, `{"currentCallQueueSize": 1, "maxCallQueueSize": 1500}`},
	{"read", 200, `{"direction": "outbound", "state": "answered", "enqueuedTime": "2026-03-01T12:00:00.000Z",
		"answerTime": "2026-03-01T12:00:01.000Z", "endTime": null, "disconnectCause": null}`},
	{"create again", 201, `{"tag": "second"}`},
	{"first page", 200, `[{"startTime": "2026-03-01T12:00:00.000Z"}]`},
	{"last page", 200, `[{"startTime": "2026-03-01T12:00:05.000Z"}]`},
	{"filtered", 200, `[{"startTime": "2026-03-01T12:00:05.000Z"}]`},
	{"redirect", 200, `""`},
	{"join", 204, `""`},
	{"join too", 204, `""`},
	{"bad bxml", 400, `{"type": "validation", "description": "Invalid BXML: Nonsense[0]: there is no verb \"Nonsense\"", "id": null}`},
	{"conferences", 200, `[{"name": "team", "tag": "standup", "conferenceEventUrl": "https://app.example/conference", "conferenceEventMethod": "POST"}]`},
	{"conference", 200, `{"name": "team", "completedTime": null, "activeMembers": [{"mute": false, "hold": false, "callIdsToCoach": null}, {}]}`},
	{"mute", 204, `""`},
	{"member", 200, `{"mute": true, "hold": false}`},
	{"announce", 204, `""`},
	{"conference recordings", 200, `[{"name": "team", "status": "complete", "fileFormat": "wav", "channels": 1, "duration": "PT1.6S"}]`},
	{"conference recording", 200, `{"name": "team", "status": "complete"}`},
	{"conference media", 200, `{"start": "RIFF", "bytes": 1644}`},
	{"fetch", 204, `""`},
	{"end", 204, `""`},
	{"ended", 200, `{"completedTime": "2026-03-01T12:00:43.000Z", "activeMembers": []}`},
	{"create to record", 201, `{}`},
	{"record", 204, `""`},
	{"pause", 200, `""`},
	{"resume", 200, `""`},
	{"hang up", 200, `""`},
	{"hung up", 200, `{"state": "disconnected", "disconnectCause": "hangup", "errorMessage": null}`},
	{"hang up again", 404, `{"type": "validation"}`},
	{"recordings", 200, `[{"channels": 2, "duration": "PT10S", "status": "complete", "direction": "outbound", "transcription": null}]`},
	{"all recordings", 200, `[{"channels": 2}]`},
	{"recording", 200, `{"channels": 2, "to": "+15550003333"}`},
	{"media", 200, `{"start": "RIFF", "bytes": 3244}`},
	{"transcribe", 204, `""`},
	{"transcript", 200, `{"transcripts": [{"speaker": 0, "text": "hello world", "confidence": 1}, {"speaker": 1, "text": ""}], "clips": []}`},
	{"forget transcript", 204, `""`},
	{"forget media", 204, `""`},
	{"no media", 404, `{"type": "validation"}`},
	{"forget recording", 204, `""`},
	{"no recordings", 200, `[]`},
	{"live transcripts", 200, `[{"transcriptionName": "live"}]`},
	{"live transcript", 200, `{"tracks": [{"track": "inbound", "transcript": "hello world", "detectedLanguage": "en-US"}, {"track": "outbound"}]}`},
	{"forget live transcript", 200, `""`},
	{"bad number", 400, `{"type": "validation", "description": "Invalid to: must be an E164 telephone number"}`},
	{"incomplete", 400, `{"description": "Missing at least one required field. Required fields are [from, to, answerUrl, applicationId]"}`},
	{"unknown", 404, `{"type": "validation", "description": "Call [does-not-exist] not found"}`},
	{"create to cancel", 201, `{"to": "+15550004444"}`},
	{"too early", 409, `{"type": "validation"}`},
	{"cancel", 200, `""`},
	{"stranger", 401, `{"type": "authentication-error", "description": "The credentials provided were invalid"}`},
	{"without voice", 403, `{"type": "authorization-error", "description": "Access is denied"}`},
	{"token", 200, `{"expires_in": 3600, "token_type": "Bearer", "access_token": "string"}`},
	{"by token", 200, `{"state": "disconnected"}`},
	{"expired token", 401, `{"type": "authentication-error"}`},
}

func wantSteps(t *testing.T, steps []sdkStep, address string) {
	t.Helper()
	for i, want := range sdkWants {
		if i >= len(steps) || steps[i].Step != want.step {
			t.Fatalf("step %d is not %q", i, want.step)
		}
		s := steps[i]
		var data any
		if err := json.Unmarshal([]byte(want.data), &data); err != nil {
			t.Fatalf("%s: %v", want.step, err)
		}
		if diff := cmp.Diff(data, among(s.Data, data)); s.Status != want.status || diff != "" {
			t.Errorf("%s: status %d, want %d; data (-want +got):\n%s", want.step, s.Status, want.status, diff)
		}
	}
	if len(steps) != len(sdkWants) {
		t.Errorf("%d steps, want %d", len(steps), len(sdkWants))
	}
	created, _ := steps[0].Data.(map[string]any)
	if id, _ := created["callId"].(string); len(id) != 47 || steps[0].Location != address+"/api/v2/accounts/9900000/calls/"+id {
		t.Errorf("callId %q, Location %q", id, steps[0].Location)
	}
}

// among returns of got what want has too.
func among(got, want any) any {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			return got
		}
		out := map[string]any{}
		for name := range w {
			if v, ok := g[name]; ok {
				out[name] = among(v, w[name])
			}
		}
		return out
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return got
		}
		out := []any{}
		for i := range w {
			out = append(out, among(g[i], w[i]))
		}
		return out
	}
	return got
}
