package event_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

func TestDecodeFillsTheStruct(t *testing.T) {
	w, err := event.Decode(payload(t, "bridgeComplete-failed"))
	if err != nil {
		t.Fatal(err)
	}
	want := &event.BridgeComplete{
		EventType: "bridgeComplete", EventTime: "2019-07-31T13:15:35.121Z", AccountID: "55555555",
		ApplicationID: "7fc9698a-b04a-468b-9e8f-91238c0d0086", From: "+15551112222", To: "+15553334444", Direction: "outbound",
		CallID: "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d",
		CallURL: "https://voice.bandwidth.com/api/v2/accounts/55555555/calls/" +
			"c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d",
		TransferCallerID: "+15551115555", TransferTo: "+15556667777",
		StartTime: "2019-07-31T13:13:34.859Z", AnswerTime: "2019-07-31T13:13:40.644Z", Cause: "busy",
		ErrorMessage: "Call c-2a913f94-6a486f3a-3cae-4034-bcc3-f0c9fa77ca2f is already bridged with another call",
		ErrorID:      "4642074b-7b58-478b-96e4-3a60955c6765",
	}
	if diff := cmp.Diff(event.Webhook(want), w); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
	var direct event.BridgeComplete
	if err := json.Unmarshal(payload(t, "bridgeComplete-failed"), &direct); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(*want, direct); diff != "" {
		t.Errorf("by encoding/json (-want +have):\n%s", diff)
	}
}

func TestStructsWorkWithinOtherJSON(t *testing.T) {
	type envelope struct {
		A, B event.Gather
		C    *event.Gather
	}
	var v envelope
	if err := json.Unmarshal([]byte(`{"A":{"digits":"1","x":2},"B":null,"C":null}`), &v); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(envelope{A: event.Gather{Digits: "1", Extra: event.Extra{"x": []byte("2")}}}, v); diff != "" {
		t.Error(diff)
	}
	out, err := json.Marshal(v)
	if want := `{"A":{"digits":"1","x":2},"B":{},"C":null}`; err != nil || string(out) != want {
		t.Errorf("have %s, %v\nwant %s", out, err, want)
	}
	if err := json.Unmarshal([]byte(`{"A":[]}`), &v); err == nil {
		t.Error("a list is accepted as an event")
	}
}

// TestNothingIsLost round-trips what no documentation shows.
func TestNothingIsLost(t *testing.T) {
	for name, body := range map[string]string{
		"unknown members":         `{"eventType":"gather","new":{"a":[1,2.50,null]},"callid":"c-2"}`,
		"null":                    `{"eventType":"gather","tag":null,"digits":null}`,
		"empty strings":           `{"eventType":"gather","tag":"","digits":""}`,
		"wrong types":             `{"eventType":"recordComplete","channels":"2","duration":13,"callId":{},"fileFormat":["wav"]}`,
		"a number in other words": `{"eventType":"recordComplete","channels":1.0}`,
		"a boolean as a string":   `{"eventType":"realTimeTranscriptionStarted","realTimeTranscription":{"stabilized":"true","x":1}}`,
		"false":                   `{"eventType":"initiate","privacy":false}`,
		"an object that is empty": `{"eventType":"initiate","diversion":{},"stirShaken":{},"sipHeaders":{}}`,
		"an object that is none":  `{"eventType":"initiate","diversion":"busy","sipHeaders":{"x-a":["1"]}}`,
		"a list of all sorts":     `{"eventType":"mediaStreamStarted","mediaStream":{"tracks":["inbound",1]}}`,
		"a list that is empty":    `{"eventType":"mediaStreamStarted","mediaStream":{"tracks":[]}}`,
		"escapes":                 `{"eventType":"gather","text":"\u0000\u2028\"\\\/<>&\ud83d\ude00"}`,
		"a required field less":   `{"eventType":"transferDisconnect"}`,
		"an event of no shape":    `{"eventType":"outboundConnectionRequest","who":"knows"}`,
	} {
		w, err := event.Decode([]byte(body))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out, err := event.Encode(w)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(generic(t, []byte(body)), generic(t, out)); diff != "" {
			t.Errorf("%s (-came +written):\n%s", name, diff)
		}
	}
}

func TestAFieldCountsMoreThanExtra(t *testing.T) {
	w, err := event.Decode([]byte(`{"eventType":"gather","digits":"","tag":null,"channels":1}`))
	if err != nil {
		t.Fatal(err)
	}
	g := w.(*event.Gather)
	g.Digits, g.Tag = "12", "vip"
	out, err := event.Encode(g)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"eventType":"gather","tag":"vip","digits":"12","channels":1}`; string(out) != want {
		t.Errorf("have %s\nwant %s", out, want)
	}
}

func TestAStructByHandIsWrittenWithoutEmptyFields(t *testing.T) {
	for want, w := range map[string]event.Webhook{
		`{"eventType":"gather","digits":"1"}`: &event.Gather{EventType: "gather", Digits: "1"},
		`{"eventType":"recordComplete","duration":"PT2.5S","channels":1}`: &event.RecordComplete{
			EventType: "recordComplete", Channels: 1, Duration: event.DurationOf(2500 * time.Millisecond)},
		`{"eventType":"initiate","diversion":{"origTo":"+1","x":2},"sipHeaders":{"x-a":"1","x-b":"2"},"privacy":true}`: &event.Initiate{
			EventType: "initiate", Privacy: true, SIPHeaders: map[string]string{"x-b": "2", "x-a": "1"},
			Diversion: &event.Diversion{OrigTo: "+1", Extra: event.Extra{"x": []byte("2")}}},
		`{"mediaStream":{"id":"s","tracks":["inbound","outbound"]}}`: &event.MediaStreamStarted{
			MediaStream: &event.MediaStream{ID: "s", Tracks: []string{"inbound", "outbound"}}},
	} {
		out, err := event.Encode(w)
		if err != nil || string(out) != want {
			t.Errorf("have %s, %v\nwant %s", out, err, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for name, w := range map[string]event.Webhook{
		"nil":                        nil,
		"a nil struct":               (*event.Gather)(nil),
		"Extra that is not JSON":     &event.Gather{Extra: event.Extra{"x": []byte("{")}},
		"a known member of that ilk": &event.Gather{Extra: event.Extra{"digits": []byte("{")}},
		"Extra within an object":     &event.Initiate{Diversion: &event.Diversion{Extra: event.Extra{"x": []byte("}")}}},
	} {
		if out, err := event.Encode(w); err == nil {
			t.Errorf("%s is written as %s", name, out)
		}
	}
}

func TestNewBuildsEvents(t *testing.T) {
	e, err := event.New("machineDetectionComplete", map[string]any{
		"callId": "c-1", "machineDetectionResult.value": "human", "machineDetectionResult.duration": 1500 * time.Millisecond,
		"eventTime": time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC), "channels": 2, "privacy": true, "tag": nil,
		"mediaStream.tracks": []string{"inbound"}, "sipHeaders": map[string]string{"x-a": "1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"callId":"c-1","channels":2,"eventTime":"2026-01-02T03:04:05.006Z","eventType":"machineDetectionComplete",` +
		`"machineDetectionResult":{"duration":"PT1.5S","value":"human"},"mediaStream":{"tracks":["inbound"]},"privacy":true,` +
		`"sipHeaders":{"x-a":"1"},"tag":null}`
	if got := string(e.AppendJSON(nil)); got != want {
		t.Errorf("have %s\nwant %s", got, want)
	}
	if e, err = event.New("endpointConnected", nil); err != nil || e.TypeName() != "endpointConnected" || e.Has(event.FieldEventType) {
		t.Errorf("endpointConnected: %v", err)
	}
	for name, fields := range map[string]map[string]any{
		"a value without JSON":   {"tag": make(chan int)},
		"an object and a value":  {"diversion": "x", "diversion.reason": "y"},
		"an event type of sorts": {"eventType": 5 * time.Second, "a": map[string]any{"": func() {}}},
	} {
		if _, err := event.New("initiate", fields); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
