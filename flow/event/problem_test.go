package event_test

import (
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

func TestProblems(t *testing.T) {
	call := `"eventTime":"2019-06-20T15:56:11.554Z","accountId":"5","applicationId":"a","from":"+1","to":"+2","direction":"inbound",
		"callId":"c-1","callUrl":"https://x","startTime":"2019-06-20T15:54:22.234Z","answerTime":"2019-06-20T15:54:25.432Z"`
	for name, test := range map[string]struct {
		body string
		want []event.Problem
	}{
		"an event as documented":         {`{"eventType":"gather",` + call + `}`, nil},
		"a cause that is new is no harm": {`{"eventType":"bridgeComplete",` + call + `,"cause":"eclipse"}`, nil},
		"an unknown type": {`{"eventType":"callLevitated"}`,
			[]event.Problem{{"", event.UnknownType, `unknown event type "callLevitated"`}}},
		"a field is missing": {`{"eventType":"dtmf",` + call + `}`,
			[]event.Problem{{"digit", event.Missing, `dtmf without "digit"`}}},
		"a digit of the wrong type": {`{"eventType":"dtmf",` + call + `,"digit":5}`,
			[]event.Problem{{"digit", event.WrongType, `"digit" is not of type string`}}},
		"a value outside a closed list": {`{"eventType":"machineDetectionComplete",` + call +
			`,"machineDetectionResult":{"value":"robot","duration":"PT1S"}}`,
			[]event.Problem{{"machineDetectionResult.value", event.UnknownValue,
				`"machineDetectionResult.value" has the unknown value "robot"`}}},
		"a member of an object is missing": {`{"eventType":"machineDetectionComplete",` + call + `,"machineDetectionResult":{"value":"human"}}`,
			[]event.Problem{{"machineDetectionResult.duration", event.Missing, `machineDetectionComplete without "machineDetectionResult.duration"`}}},
		"an object is missing, its members are not": {`{"eventType":"machineDetectionComplete",` + call + `}`,
			[]event.Problem{{"machineDetectionResult", event.Missing, `machineDetectionComplete without "machineDetectionResult"`}}},
		"a track that does not exist": {`{"eventType":"mediaStreamStarted",` + call + `,"mediaStream":{"id":"s","name":"s",
			"destination":"wss://x","tracks":["inbound","sideways"],"type":"WebSocket","startTime":"2019-06-20T15:54:22.234Z"}}`,
			[]event.Problem{{"mediaStream.tracks", event.UnknownValue, `"mediaStream.tracks" has the unknown value "sideways"`}}},
		"times and durations that are none": {`{"eventType":"recordComplete",` + strings.Replace(call, "2019-06-20T15:56:11.554Z", "noon", 1) +
			`,"recordingId":"r","mediaUrl":"https://x","endTime":"2019-06-20T15:54:22.234Z","duration":"13","channels":1,"fileFormat":"wav"}`,
			[]event.Problem{
				{"eventTime", event.WrongType, `"eventTime" is not of type timestamp`},
				{"duration", event.WrongType, `"duration" is not of type duration`},
			}},
	} {
		if diff := cmp.Diff(test.want, decode(t, test.body).Problems()); diff != "" {
			t.Errorf("%s (-want +have):\n%s", name, diff)
		}
	}
}
