package event_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

func TestDecodeJSONRefuses(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	many := func(n int) string { return `{"eventType":"x","l":[0` + strings.Repeat(",0", n-1) + `]}` }
	var wide strings.Builder
	for i := range 500 {
		wide.WriteString(`"n` + strings.Repeat("x", i%50) + string(rune('a'+i/50)) + `":1,`)
	}
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"an empty body":                     {"", event.ErrEmpty},
		"only space":                        {" \r\n\t", event.ErrEmpty},
		"text":                              {"hello", event.ErrSyntax},
		"XML":                               {"<Response/>", event.ErrSyntax},
		"a form":                            {"eventType=answer", event.ErrSyntax},
		"a byte order mark":                 {"\ufeff{}", event.ErrSyntax},
		"an array":                          {"[1]", event.ErrNotObject},
		"null":                              {"null", event.ErrNotObject},
		"a string":                          {`"eventType"`, event.ErrNotObject},
		"an object without end":             {`{"eventType":"x"`, event.ErrSyntax},
		"a string without end":              {`{"eventType":"x`, event.ErrSyntax},
		"a comma before the end":            {`{"eventType":"x",}`, event.ErrSyntax},
		"a member without value":            {`{"eventType":}`, event.ErrSyntax},
		"a member without colon":            {`{"eventType" "x"}`, event.ErrSyntax},
		"a name without quotes":             {`{eventType:"x"}`, event.ErrSyntax},
		"single quotes":                     {`{'eventType':'x'}`, event.ErrSyntax},
		"a comment":                         {`{"eventType":"x"/**/}`, event.ErrSyntax},
		"data after the object":             {`{"eventType":"x"}{}`, event.ErrSyntax},
		"NUL after the object":              {"{\"eventType\":\"x\"}\x00", event.ErrSyntax},
		"a line break in a string":          {"{\"eventType\":\"x\ny\"}", event.ErrSyntax},
		"an unknown escape":                 {`{"eventType":"\x41"}`, event.ErrSyntax},
		"a short unicode escape":            {`{"eventType":"\u12"}`, event.ErrSyntax},
		"invalid UTF-8":                     {"{\"eventType\":\"\xff\"}", event.ErrSyntax},
		"overlong UTF-8":                    {"{\"eventType\":\"\xc0\xaf\"}", event.ErrSyntax},
		"a surrogate in UTF-8":              {"{\"eventType\":\"\xed\xa0\x80\"}", event.ErrSyntax},
		"a number with leading zero":        {`{"eventType":"x","n":01}`, event.ErrSyntax},
		"a number with a bare point":        {`{"eventType":"x","n":1.}`, event.ErrSyntax},
		"a plus":                            {`{"eventType":"x","n":+1}`, event.ErrSyntax},
		"NaN":                               {`{"eventType":"x","n":NaN}`, event.ErrSyntax},
		"a duplicate field":                 {`{"eventType":"x","callId":"a","callId":"b"}`, event.ErrDuplicate},
		"a duplicate by escape":             {`{"eventType":"x","callId":"a","call\u0049d":"b"}`, event.ErrDuplicate},
		"a duplicate of an unknown name":    {`{"eventType":"x","new":1,"new":2}`, event.ErrDuplicate},
		"a duplicate in an object":          {`{"eventType":"x","o":{"a":1,"b":{},"a":2}}`, event.ErrDuplicate},
		"a duplicate in a list":             {`{"eventType":"x","l":[{"a":1,"a":2}]}`, event.ErrDuplicate},
		"a duplicate far from its like":     {`{"eventType":"x","new":0,` + wide.String() + `"new":0}`, event.ErrDuplicate},
		"an object without type":            {`{"callId":"c-1"}`, event.ErrNoEventType},
		"an empty object":                   {`{}`, event.ErrNoEventType},
		"a type that is null":               {`{"eventType":null}`, event.ErrNoEventType},
		"a type that is empty":              {`{"eventType":""}`, event.ErrNoEventType},
		"a type in other case":              {`{"EventType":"answer"}`, event.ErrNoEventType},
		"a type that is an object":          {`{"eventType":{}}`, event.ErrNoEventType},
		"33 levels":                         {`{"eventType":"x","d":` + deep(32) + `}`, event.ErrTooDeep},
		"a bomb of brackets":                {`{"d":` + strings.Repeat("[", 60000), event.ErrTooDeep},
		"1000 elements with their names":    {many(1000), event.ErrTooMany},
		"a body of more than 64 KiB":        {`{"eventType":"x"}` + strings.Repeat(" ", event.MaxBody), event.ErrTooLarge},
		"65536 bytes of members":            {`{"eventType":"x"` + strings.Repeat(`,"":0`, 13000) + `}`, event.ErrDuplicate},
		"lone surrogates as names, twice":   {`{"eventType":"x","\ud800":0,"\udbff":0}`, event.ErrDuplicate},
		"a name that is not a string":       {`{"eventType":"x",1:2}`, event.ErrSyntax},
		"a literal in capitals":             {`{"eventType":"x","a":True}`, event.ErrSyntax},
		"a literal that goes on":            {`{"eventType":"x","a":truefalse}`, event.ErrSyntax},
		"a closing bracket of another kind": {`{"eventType":"x","a":[1}`, event.ErrSyntax},
	} {
		e := decode(t, `{"eventType":"answer","callId":"c-before"}`)
		err := e.DecodeJSON([]byte(test.body))
		if !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
			continue
		}
		if !strings.HasPrefix(err.Error(), "decode event: ") {
			t.Errorf("%s: error %q does not begin with the operation", name, err)
		}
		if e.CallID() != "" || e.TypeName() != "" || e.Raw() != nil || len(e.Problems()) != 0 || e.Type() != event.Unknown() {
			t.Errorf("%s: the event is not empty", name)
		}
	}
}

func TestDecodeJSONAccepts(t *testing.T) {
	for name, body := range map[string]string{
		"32 levels":                 `{"eventType":"x","d":` + strings.Repeat("[", 31) + strings.Repeat("]", 31) + `}`,
		"998 elements":              `{"eventType":"x","l":[0` + strings.Repeat(",0", 997) + `]}`,
		"numbers of every form":     `{"eventType":"x","n":[0,-0,1.5,-1e9,2E+3,1e-7,123456789012345678901234567890]}`,
		"space everywhere":          " {\r\n\"eventType\" :\t\"x\" , \"l\" : [ ] , \"o\" : { } } ",
		"a name that is empty":      `{"eventType":"x","":""}`,
		"names that differ in case": `{"eventType":"x","callId":"a","callid":"b","CALLID":"c"}`,
		"half a surrogate pair":     `{"eventType":"x","s":"\ud83d"}`,
	} {
		if err := new(event.Event).DecodeJSON([]byte(body)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNamesAreCaseExact(t *testing.T) {
	e := decode(t, `{"eventType":"gather","callid":"c-evil","CallId":"c-worse","callId":"c-good","callıd":"c-turkish"}`)
	if e.CallID() != "c-good" {
		t.Errorf("callId %q, want c-good", e.CallID())
	}
	e = decode(t, `{"eventType":"gather","callid":"c-evil"}`)
	if e.CallID() != "" || e.Raw()["callid"] != "c-evil" {
		t.Errorf("callId %q, raw %v", e.CallID(), e.Raw())
	}
}

func TestStrUndoesEscapes(t *testing.T) {
	for written, want := range map[string]string{
		`plain`:                      "plain",
		`a\"b\\c\/d\b\f\n\r\t`:       "a\"b\\c/d\b\f\n\r\t",
		`\u00e9\u20AC`:               "é€",
		`\ud83d\ude00`:               "😀",
		`\ud83d`:                     "\ufffd",
		`\ude00\ud83d`:               "\ufffd\ufffd",
		`\ud83d\u0041`:               "\ufffdA",
		`\ud83d\ud83d\ude00`:         "\ufffd😀",
		`é😀 plain text of some size`: "é😀 plain text of some size",
		`\u0000`:                     "\x00",
	} {
		e := decode(t, `{"eventType":"gather","text":"`+written+`","tag":"x"}`)
		if got := e.Str(event.FieldText); got != want {
			t.Errorf("%s reads %q, want %q", written, got, want)
		}
		if got := e.Value(event.FieldText); got != want {
			t.Errorf("%s has value %q, want %q", written, got, want)
		}
	}
}

func TestValueHasTheTypeOfItsKind(t *testing.T) {
	type values = map[event.FieldID]any
	for name, test := range map[string]struct {
		body string
		want values
	}{
		"what is there": {
			`{"eventType":"disconnect","cause":"busy","sipResponseCode":486,"privacy":true,"duration":"PT13.5S","digits":"1234",
			"digit":"#","machineDetectionResult":{"value":"human","duration":"PT4.9891287S"},"mediaStream":{"tracks":["inbound",1]}}`,
			values{
				event.FieldEventType: "disconnect", event.FieldCause: "busy", event.FieldSIPResponseCode: 486,
				event.FieldPrivacy: true, event.FieldDuration: 13500 * time.Millisecond, event.FieldDigits: "1234",
				event.FieldDigit: "#", event.FieldMachineDetectionResultValue: "human",
				event.FieldMachineDetectionResultDuration: 4989128700 * time.Nanosecond,
				event.FieldMachineDetectionResult:         map[string]any{"value": "human", "duration": "PT4.9891287S"},
				event.FieldMediaStreamTracks:              []any{"inbound", 1},
			},
		},
		"what is absent": {`{"eventType":"x"}`, values{
			event.FieldCause: "", event.FieldSIPResponseCode: 0, event.FieldPrivacy: false, event.FieldDuration: time.Duration(0),
			event.FieldMediaStreamTracks: []any(nil), event.FieldDiversion: map[string]any(nil), event.FieldEventTime: "",
			0: "", 255: "",
		}},
		"what is null": {`{"eventType":"x","cause":null,"channels":null,"privacy":null,"duration":null,"diversion":null}`, values{
			event.FieldCause: "", event.FieldChannels: 0, event.FieldPrivacy: false, event.FieldDuration: time.Duration(0),
			event.FieldDiversion: map[string]any(nil),
		}},
		"what is malformed": {`{"eventType":"x","cause":{},"channels":"two","privacy":"yes","duration":"13 s","diversion":[],
			"sipResponseCode":99999999999999999999,"mediaStream":{"tracks":"inbound"}}`, values{
			event.FieldCause: "", event.FieldChannels: 0, event.FieldPrivacy: false, event.FieldDuration: time.Duration(0),
			event.FieldDiversion: map[string]any(nil), event.FieldSIPResponseCode: 0, event.FieldMediaStreamTracks: []any(nil),
		}},
		"what is written otherwise": {`{"eventType":"x","cause":486,"channels":"2","privacy":"true","sipResponseCode":4.86e2}`, values{
			event.FieldCause: "486", event.FieldChannels: 2, event.FieldPrivacy: true, event.FieldSIPResponseCode: 486,
		}},
	} {
		e := decode(t, test.body)
		for id, want := range test.want {
			if diff := cmp.Diff(want, e.Value(id)); diff != "" {
				t.Errorf("%s: %s (-want +have):\n%s", name, id, diff)
			}
		}
	}
}

func TestHasTellsAbsentAndNullFromEmpty(t *testing.T) {
	e := decode(t, `{"eventType":"gather","digits":"","tag":null,"privacy":false}`)
	for id, want := range map[event.FieldID]bool{
		event.FieldDigits: true, event.FieldPrivacy: true, event.FieldTag: false, event.FieldCause: false, 0: false, 255: false,
	} {
		if e.Has(id) != want {
			t.Errorf("Has(%s) = %t", id, !want)
		}
	}
}

func TestKeyNamesTheMachine(t *testing.T) {
	for name, want := range map[string]string{
		"bridgeComplete":          "c-95ac8d6e-1a31c52e-b38f-4198-93c1-51633ec68f8d",
		"conferenceMemberJoin":    "conf-59082d52-4a2ab5be-ce26-43ed-af94-431b8a19d4e3",
		"transferDisconnect-busy": "c-95ac8d6e-2c7ae496-7558-47a4-b291-4f02a3ca6942",
		"endpointConnected":       "",
	} {
		e := decode(t, string(payload(t, name)))
		if e.Key() != want {
			t.Errorf("%s: key %q, want %q", name, e.Key(), want)
		}
	}
}

func TestTranscriptionIsReadAsRealTimeTranscription(t *testing.T) {
	e := decode(t, string(payload(t, "realTimeTranscriptionRejected-duplicate-destination-enqueued")))
	if got := e.Value(event.FieldRealTimeTranscriptionStabilized); got != true {
		t.Errorf("stabilized is %v, want true", got)
	}
	if got := e.Str(event.FieldRealTimeTranscriptionName); got != "example_real-time_transcription" {
		t.Errorf("name is %q", got)
	}
	if diff := cmp.Diff([]any{"outbound"}, e.Value(event.FieldRealTimeTranscriptionTracks)); diff != "" {
		t.Error(diff)
	}
	if e = decode(t, string(payload(t, "transcriptionAvailable"))); e.Has(event.FieldRealTimeTranscription) {
		t.Error("transcriptionAvailable has no real-time transcription")
	}
	e = decode(t, `{"eventType":"realTimeTranscriptionStopped","transcription":{"id":"a"},"realTimeTranscription":{"id":"b"}}`)
	if got := e.Str(event.FieldRealTimeTranscriptionID); got != "b" {
		t.Errorf("id is %q, want that of the documented name", got)
	}
}

func TestUnknownEventsKeepEverything(t *testing.T) {
	body := `{"eventType":"callLevitated","callId":"c-1","height":{"metres":3},"from":"+15551112222"}`
	e := decode(t, body)
	if e.Type() != event.Unknown() || e.TypeName() != "callLevitated" || e.Key() != "c-1" {
		t.Errorf("type %q, name %q, key %q", e.Type().Name, e.TypeName(), e.Key())
	}
	if got := string(e.AppendJSON(nil)); got != body {
		t.Errorf("written as %s", got)
	}
	w, err := e.Struct()
	if err != nil {
		t.Fatal(err)
	}
	want := &event.UnknownEvent{EventType: "callLevitated", CallID: "c-1", From: "+15551112222",
		Extra: event.Extra{"height": []byte(`{"metres":3}`)}}
	if diff := cmp.Diff(event.Webhook(want), w); diff != "" {
		t.Error(diff)
	}
}

func TestCloneOwnsItsMemory(t *testing.T) {
	body := []byte(`{"eventType":"gather","callId":"c-1","text":"a\nb","digits":"12"}`)
	var e event.Event
	if err := e.DecodeJSON(body); err != nil {
		t.Fatal(err)
	}
	c := e.Clone()
	want := string(e.AppendCanonical(nil))
	clear(body)
	if err := e.DecodeJSON([]byte(`{"eventType":"dtmf","text":"\u0041\u0042"}`)); err != nil {
		t.Fatal(err)
	}
	if got := string(c.AppendCanonical(nil)); got != want || c.Type().Name != "gather" {
		t.Errorf("the clone changed to %s", got)
	}
	if e.Str(event.FieldDigits) != "" {
		t.Error("digits of the event before")
	}
	e.Reset()
	if e.Str(event.FieldText) != "" || string(e.AppendJSON(nil)) != "{}" || len(e.AppendCanonical(nil)) != 0 {
		t.Error("reset, but not empty")
	}
	if _, err := e.Struct(); !errors.Is(err, event.ErrEmpty) {
		t.Errorf("Struct of an empty event: %v", err)
	}
}

func TestRawHasNumbersAsIntOrFloat(t *testing.T) {
	e := decode(t, `{"eventType":"x","n":[1,-2,1.5,1e3,12345678901234567890,true,false,null,{}]}`)
	want := []any{1, -2, 1.5, 1000.0, 12345678901234567890.0, true, false, nil, map[string]any{}}
	if diff := cmp.Diff(want, e.Raw()["n"]); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
}
