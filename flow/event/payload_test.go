package event_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

// payloads returns Bandwidth's examples and those made after its documentation, by file name.
func payloads(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/events/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no payloads: %v", err)
	}
	all := map[string][]byte{}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(path), ".json")] = body
	}
	return all
}

func payload(t testing.TB, name string) []byte {
	t.Helper()
	body, ok := payloads(t)[name]
	if !ok {
		t.Fatalf("no payload %s", name)
	}
	return body
}

func decode(t testing.TB, body string) *event.Event {
	t.Helper()
	e := new(event.Event)
	if err := e.DecodeJSON([]byte(body)); err != nil {
		t.Fatalf("DecodeJSON(%s): %v", body, err)
	}
	return e
}

// generic reads JSON the slow way.
func generic(t testing.TB, body []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}

func TestPayloadsAreOfTheTypeTheirFileNamesSay(t *testing.T) {
	all := payloads(t)
	if len(all) != 130 {
		t.Errorf("%d payloads, want 130", len(all))
	}
	for name, body := range all {
		want, _, _ := strings.Cut(name, "-")
		if e := decode(t, string(body)); e.Type().Name != want {
			t.Errorf("%s: type %q, want %q", name, e.Type().Name, want)
		}
	}
}

func TestPayloadsRoundTripThroughTheirStructs(t *testing.T) {
	for name, body := range payloads(t) {
		w, err := event.Decode(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out, err := event.Encode(w)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(generic(t, body), generic(t, out)); diff != "" {
			t.Errorf("%s (-came +written):\n%s", name, diff)
		}
	}
}

func TestPayloadsRoundTripThroughEvent(t *testing.T) {
	for name, body := range payloads(t) {
		out := decode(t, string(body)).AppendJSON(nil)
		if diff := cmp.Diff(generic(t, body), generic(t, out)); diff != "" {
			t.Errorf("%s (-came +written):\n%s", name, diff)
		}
	}
}

// TestPayloadsHaveNoProblems holds the table against the examples: every field that a row calls required is there, every value
// is one that the row lists, and no field is unknown.
func TestPayloadsHaveNoProblems(t *testing.T) {
	for name, body := range payloads(t) {
		e := decode(t, string(body))
		if p := e.Problems(); len(p) > 0 {
			t.Errorf("%s: %v", name, p)
		}
		for member := range e.Raw() {
			if e.Type().Field(member) == nil {
				t.Errorf("%s: the table has no field %q", name, member)
			}
		}
	}
}

// TestPayloadsLeaveNothingInExtra shows that the structs have a field for every documented member. What remains is what a field
// cannot show: empty strings, false, and strings that mean a boolean.
func TestPayloadsLeaveNothingInExtra(t *testing.T) {
	shown := map[string]bool{`""`: true, `false`: true}
	for name, body := range payloads(t) {
		var extra event.Extra
		switch w := must(event.Decode(body)).(type) {
		case *event.BridgeComplete:
			extra = w.Extra
		case *event.Gather:
			extra = w.Extra
		case *event.Initiate:
			extra = w.Extra
		case *event.Disconnect:
			extra = w.Extra
		case *event.RecordingAvailable:
			extra = w.Extra
		case *event.RealTimeTranscriptionRejected:
			extra = w.Extra
		case *event.EndpointConnected:
			extra = w.Extra
		case *event.EndpointEvent:
			extra = w.Extra
		}
		for member, value := range extra {
			if !shown[string(value)] {
				t.Errorf("%s: Extra has %s: %s", name, member, value)
			}
		}
	}
}

func must(w event.Webhook, err error) event.Webhook {
	if err != nil {
		panic(err)
	}
	return w
}

func TestCanonicalFormIsTheSameForGet(t *testing.T) {
	for name, body := range payloads(t) {
		canonical := string(decode(t, string(body)).AppendCanonical(nil))
		var get event.Event
		if err := get.DecodeQuery("t=token&" + canonical); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again := string(get.AppendCanonical(nil)); again != canonical {
			t.Errorf("%s:\npost %s\nget  %s", name, canonical, again)
		}
		if p := get.Problems(); len(p) > 0 {
			t.Errorf("%s by GET: %v", name, p)
		}
	}
}
