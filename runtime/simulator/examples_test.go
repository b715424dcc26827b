package simulator

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// examples are the payloads of Bandwidth's pages, and those made after them, that the carrier sends: by scenario and dialect.
var examples = []struct{ scenario, dialect, files string }{
	{"menu", plain, "answer disconnect-hangup dtmf dtmf-star gather-max-digits gather-speech gather-terminating-digit gather-timeout redirect-tag"},
	{"menu", queued, "answer-enqueued dtmf-enqueued gather-terminating-digit-enqueued"},
	{"menu", spec, "answer-sip-call-id"},
	{"detections", plain, `answer-tag answer-machine-detection-sync answer-machine-detection-sync-error answer-machine-detection-sync-human
		answer-machine-detection-sync-silence answer-machine-detection-sync-timeout answer-machine-detection-sync-tone-detected
		machineDetectionComplete machineDetectionComplete-error machineDetectionComplete-human machineDetectionComplete-silence
		machineDetectionComplete-timeout machineDetectionComplete-tone-detected`},
	{"detections", queued, "machineDetectionComplete-enqueued"},
	{"inbound calls", plain, `initiate initiate-anonymous initiate-diversion initiate-live initiate-stir-shaken initiate-uui partialGather redirect-rest
		transferAnswer-inbound-parent disconnect-hangup-inbound`},
	{"inbound calls", spec, "initiate-sip-uri"},
	{"refers", plain, "referComplete-notify-timeout referComplete-rejected referComplete-success referComplete-unreachable"},
	{"recordings", plain, `recordComplete recordingAvailable recordingAvailable-two-channels transcriptionAvailable
		transcriptionAvailable-file-size-too-big transcriptionAvailable-file-size-too-small`},
	{"recordings", queued, "recordComplete-enqueued recordingAvailable-enqueued transcriptionAvailable-enqueued"},
	{"spoiled recordings", plain, "recordingAvailable-error recordingAvailable-partial transcriptionAvailable-error transcriptionAvailable-timeout"},
	{"transfers", plain, `dtmf-b-leg gather-b-leg recordComplete-b-leg recordingAvailable-b-leg redirect-b-leg transferAnswer transferComplete-busy
		transferComplete-callback-error transferComplete-hangup transferComplete-invalid-bxml transferComplete-rejected transferComplete-timeout
		transferDisconnect-busy transferDisconnect-cancel transferDisconnect-hangup transferDisconnect-rejected transferDisconnect-timeout`},
	{"transfers", queued, "transferAnswer-enqueued transferComplete-hangup-enqueued transferDisconnect-hangup-enqueued"},
	{"transfers", spec, "transferDisconnect-with-account"},
	{"limits", plain, "disconnect-account-limit transferComplete-account-limit"},
	{"endings", plain, `disconnect-application-error disconnect-busy disconnect-callback-error disconnect-cancel disconnect-error disconnect-invalid-bxml
		disconnect-node-capacity-exceeded disconnect-rejected disconnect-timeout disconnect-unknown`},
	{"endings", queued, "disconnect-busy-enqueued"},
	{"endings", spec, "disconnect-busy-sip-response"},
	{"bridges", plain, "bridgeComplete bridgeComplete-failed bridgeComplete-target-unanswered bridgeTargetComplete"},
	{"bridges", queued, "bridgeComplete-enqueued bridgeTargetComplete-enqueued"},
	{"conferences", plain, `conferenceCompleted conferenceCreated conferenceMemberExit conferenceMemberJoin conferenceRecordingAvailable
		conferenceRecordingAvailable-error conferenceRecordingAvailable-partial conferenceRedirect`},
	{"streams", plain, `mediaStreamRejected-connection-error mediaStreamRejected-error mediaStreamRejected-track-limit mediaStreamStarted
		mediaStreamStopped-connection-error mediaStreamStopped-error`},
	{"streams", queued, "mediaStreamRejected-duplicate-enqueued mediaStreamStarted-enqueued mediaStreamStopped-closed-enqueued"},
	{"transcriptions", queued, `realTimeTranscriptionAvailable-destination-enqueued realTimeTranscriptionAvailable-failed
		realTimeTranscriptionRejected-duplicate-destination-enqueued realTimeTranscriptionStarted-destination-enqueued
		realTimeTranscriptionStopped-destination-enqueued`},
}

const (
	beta       = "an event of a beta endpoint, which is no call event"
	tableKey   = "the field table calls the object realTimeTranscription, the examples transcription; the carrier follows the examples"
	noSocket   = "without a destination, although the page says that the event is sent only with one"
	unanswered = "an outbound call without answerTime, although no document reaches it before it is answered; that of an inbound call is in TestAnswering"
)

// unreachable are the examples that the carrier never sends, and why.
var unreachable = map[string]string{
	"endpointConnected": beta, "endpointDisconnected": beta, "endpointEligible": beta, "endpointIneligible": beta,
	"endpointEvent-device-disconnected-spec":           beta,
	"realTimeTranscriptionRejected-documented-key":     tableKey,
	"realTimeTranscriptionStopped-documented-key":      tableKey,
	"realTimeTranscriptionStarted-enqueued":            noSocket,
	"realTimeTranscriptionStopped-enqueued":            noSocket,
	"realTimeTranscriptionRejected-duplicate-enqueued": noSocket,
	"redirect": unanswered, "redirect-enqueued": unanswered,
}

func TestEveryDocumentedPayloadIsSent(t *testing.T) {
	for _, tt := range examples {
		t.Run(tt.scenario+" "+tt.dialect, func(t *testing.T) {
			st := perform(t, scenarioNamed(t, tt.scenario), tt.dialect)
			for _, file := range strings.Fields(tt.files) {
				body, err := os.ReadFile(filepath.Join(payloads, file+".json"))
				if err != nil {
					t.Error(err)
					continue
				}
				if diff := closest(t, body, st.bodies); diff != "" {
					t.Errorf("%s is not sent:\n%s", file, diff)
				}
			}
		})
	}
}

// payloads is where the examples are.
const payloads = "../../flow/event/testdata/events"

func TestEveryDocumentedPayloadIsInOneTable(t *testing.T) {
	files, err := filepath.Glob(payloads + "/*.json")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d payloads: %v", len(files), err)
	}
	var want, got []string
	for _, file := range files {
		want = append(want, strings.TrimSuffix(filepath.Base(file), ".json"))
	}
	for _, tt := range examples {
		got = append(got, strings.Fields(tt.files)...)
	}
	got = append(got, sortedKeys(unreachable)...)
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		missing := slices.DeleteFunc(slices.Clone(want), func(s string) bool { return slices.Contains(got, s) })
		t.Errorf("the tables have %d examples, the folder has %d; not in a table: %v", len(got), len(want), missing)
	}
}

// closest returns how the webhook differs that differs least from an example, "" when one is the same.
func closest(t *testing.T, example []byte, sent [][]byte) string {
	t.Helper()
	want, best := generic(t, example), ""
	for _, body := range sent {
		got := generic(t, body)
		if got["eventType"] != want["eventType"] {
			continue
		}
		found := differences("", want, got)
		if len(found) == 0 {
			return ""
		}
		if diff := strings.Join(found, "\n"); best == "" || strings.Count(diff, "\n") < strings.Count(best, "\n") {
			best = diff
		}
	}
	if best == "" {
		best = "nothing of this type"
	}
	return best
}

// differences compares a webhook with an example: it must have the same members at every depth. Ids, times, durations, numbers of
// telephones and codes count by their shape, and errorMessage and callerDisplayName are free; all other texts, the enumerations
// among them, must be equal.
func differences(path string, want, got any) []string {
	switch want := want.(type) {
	case map[string]any:
		other, ok := got.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s: want an object, got %v", path, got)}
		}
		return members(path, want, other)
	case []any:
		other, ok := got.([]any)
		if !ok || len(other) != len(want) {
			return []string{fmt.Sprintf("%s: want %v, got %v", path, want, got)}
		}
		var out []string
		for i := range want {
			out = append(out, differences(fmt.Sprintf("%s[%d]", path, i), want[i], other[i])...)
		}
		return out
	case string:
		other, ok := got.(string)
		if ok && (path == ".errorMessage" || path == ".callerDisplayName" || shape(want) == shape(other)) {
			return nil
		}
		return []string{fmt.Sprintf("%s: want %q, got %v", path, want, got)}
	}
	if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) || path == ".channels" && want != got {
		return []string{fmt.Sprintf("%s: want %v, got %v", path, want, got)}
	}
	return nil
}

func members(path string, want, got map[string]any) []string {
	var out []string
	for _, name := range sortedKeys(want) {
		if value, ok := got[name]; ok {
			out = append(out, differences(path+"."+name, want[name], value)...)
		} else {
			out = append(out, path+"."+name+" is missing")
		}
	}
	for _, name := range sortedKeys(got) {
		if _, ok := want[name]; !ok {
			out = append(out, fmt.Sprintf("%s.%s is too much: %v", path, name, got[name]))
		}
	}
	return out
}

// shapes are what differs from call to call.
var shapes = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`), "<time>"},
	{regexp.MustCompile(`^PT(\d+H)?(\d+M)?(\d+(\.\d+)?S)?$`), "<duration>"},
	{regexp.MustCompile(`^(\+[1-9]\d+|sip:.+)$`), "<party>"},
	{regexp.MustCompile(`/accounts/\d+/`), "/accounts/<account>/"},
	{regexp.MustCompile(`^\d{7,8}$`), "<account>"},
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "<uuid>"},
	{regexp.MustCompile(`-[0-9a-f]{8}-<uuid>`), "-<8>-<uuid>"},
	{regexp.MustCompile(`^c[0-9a-f]{40}@`), "<sip>@"},
}

// shape replaces what differs from call to call.
func shape(s string) string {
	for _, x := range shapes {
		s = x.what.ReplaceAllString(s, x.with)
	}
	return s
}
