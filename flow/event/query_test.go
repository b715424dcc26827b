package event_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

func query(t testing.TB, raw string) *event.Event {
	t.Helper()
	e := new(event.Event)
	if err := e.DecodeQuery(raw); err != nil {
		t.Fatalf("DecodeQuery(%s): %v", raw, err)
	}
	return e
}

func TestDecodeQueryBuildsTheSameEventAsJSON(t *testing.T) {
	e := query(t, "t=secret&eventType=machineDetectionComplete&machineDetectionResult.value=answering-machine&channels=2&"+
		"machineDetectionResult.duration=PT4.9S&from=%2B15551112222&privacy=true&tag=a+b%26c&mediaStream.tracks=inbound&"+
		"mediaStream.tracks=outbound&callId=c-1&new.deep.x=5&new.deep-er=6&sipResponseCode=many&flag&sipHeaders.x%2Ea=1&")
	want := map[string]any{
		"eventType": "machineDetectionComplete", "callId": "c-1", "from": "+15551112222", "privacy": true, "tag": "a b&c",
		"machineDetectionResult": map[string]any{"value": "answering-machine", "duration": "PT4.9S"}, "channels": 2,
		"mediaStream":     map[string]any{"tracks": []any{"inbound", "outbound"}},
		"new":             map[string]any{"deep": map[string]any{"x": "5"}, "deep-er": "6"},
		"sipResponseCode": "many", "flag": "", "sipHeaders": map[string]any{"x.a": "1"},
	}
	if diff := cmp.Diff(want, e.Raw()); diff != "" {
		t.Errorf("(-want +have):\n%s", diff)
	}
	if got := e.Value(event.FieldMachineDetectionResultDuration); got != 4900*time.Millisecond {
		t.Errorf("duration %v", got)
	}
}

func TestDecodeQueryRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		query string
		want  error
	}{
		"nothing":                         {"", event.ErrEmpty},
		"only a token":                    {"t=abc", event.ErrEmpty},
		"a query without event type":      {"callId=c-1", event.ErrNoEventType},
		"a parameter twice":               {"eventType=x&callId=a&callId=b", event.ErrDuplicate},
		"a parameter twice by escape":     {"eventType=x&callId=a&call%49d=b", event.ErrDuplicate},
		"an unknown parameter twice":      {"eventType=x&a=1&a=2", event.ErrDuplicate},
		"a value that is an object too":   {"eventType=x&a.b=1&a=2", event.ErrDuplicate},
		"a list that is an object too":    {"eventType=x&mediaStream.tracks=a&mediaStream.tracks.0=b", event.ErrDuplicate},
		"an escape cut short":             {"eventType=x&a=%2", event.ErrSyntax},
		"an escape that is none":          {"eventType=x&a=%zz", event.ErrSyntax},
		"invalid UTF-8 by escape":         {"eventType=x&a=%ff", event.ErrSyntax},
		"invalid UTF-8":                   {"eventType=x&a=\xff", event.ErrSyntax},
		"more than 16 KiB":                {"eventType=x&a=" + strings.Repeat("a", event.MaxQuery), event.ErrTooLarge},
		"more than 1000 parameters":       {"eventType=x" + strings.Repeat("&a", 1000), event.ErrTooMany},
		"a name with 33 levels":           {"eventType=x&a" + strings.Repeat(".a", 32) + "=1", event.ErrTooDeep},
		"names that make too many values": {"eventType=x" + deepNames(), event.ErrTooMany},
	} {
		var e event.Event
		if err := e.DecodeQuery(test.query); !errors.Is(err, test.want) {
			t.Errorf("%s: error %v, want %v", name, err, test.want)
		}
		if e.TypeName() != "" {
			t.Errorf("%s: the event is not empty", name)
		}
	}
}

func deepNames() string {
	var b strings.Builder
	for _, r := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		b.WriteString("&" + strings.Repeat(string(r)+".", 30) + "x=1")
	}
	return b.String()
}

func TestCanonicalForm(t *testing.T) {
	want := "a.0=1&a.1.b=x&callId=c-1&eventType=gather&mediaStream.tracks=inbound&mediaStream.tracks=outbound&n=1.50&privacy=false&tag=a%20%26b"
	for name, body := range map[string]string{
		"as it comes": `{"eventType":"gather","callId":"c-1","tag":"a &b","n":1.50,"privacy":false,"a":[1,{"b":"x"}],
			"mediaStream":{"tracks":["inbound","outbound"]}}`,
		"in another order, with escapes, nulls and empty objects": `{"mediaStream":{"tracks":["\u0069nbound","outbound"]},"tag":"a\u0020&b",
			"nothing":null,"o":{},"l":[],"a":["1",{"b":"x"}],"privacy":"false","n":1.50,"callId":"c-1","event\u0054ype":"gather","t":"token"}`,
	} {
		if got := string(decode(t, body).AppendCanonical(nil)); got != want {
			t.Errorf("%s:\nhave %s\nwant %s", name, got, want)
		}
	}
	for name, body := range map[string]string{
		"another value":            `{"eventType":"gather","callId":"c-2"}`,
		"a member more":            `{"eventType":"gather","callId":"c-1","x":""}`,
		"one value instead of two": `{"eventType":"gather&callId=c-1"}`,
	} {
		got := string(decode(t, body).AppendCanonical(nil))
		if got == "callId=c-1&eventType=gather" {
			t.Errorf("%s has the same canonical form", name)
		}
	}
}
