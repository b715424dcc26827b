package event_test

import (
	"bytes"
	"encoding/json"
	"io"
	"sync"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

// standard reads JSON with encoding/json, numbers kept as written.
func standard(body []byte) (map[string]any, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v map[string]any
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, io.ErrUnexpectedEOF
	}
	return v, nil
}

// FuzzDecodeJSON holds the decoder against encoding/json: what it accepts is JSON with the same members, and what it writes
// says the same.
func FuzzDecodeJSON(f *testing.F) {
	for _, body := range payloads(f) {
		f.Add(body)
	}
	f.Add([]byte(`{"eventType":"\ud83d\ude00\ud800","a":{"b":[1,-0.5e+3,true,null,{"c":"\"\\\/\b"}]},"\u0061a":""}`))
	f.Add([]byte(`{"event":"x","a.b":1,"a":{"b":2},"mediaStream":{"tracks":["x",{"y":1}]},"":{"":0},"%2E":"."}`))
	var used struct {
		mu    sync.Mutex
		event event.Event
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var e event.Event
		err := e.DecodeJSON(body)
		used.mu.Lock()
		sameInUsed(t, &used.event, body)
		used.mu.Unlock()
		if err != nil {
			return
		}
		want, err := standard(body)
		if err != nil {
			t.Fatalf("accepted, but encoding/json says %v", err)
		}
		written := e.AppendJSON(nil)
		have, err := standard(written)
		if err != nil {
			t.Fatalf("wrote %s: %v", written, err)
		}
		if diff := cmp.Diff(want, have); diff != "" {
			t.Fatalf("(-encoding/json +ours):\n%s", diff)
		}
		same(t, &e, written)
		reads(t, &e)
	})
}

// same checks that the event's other forms agree with it.
func same(t *testing.T, e *event.Event, written []byte) {
	t.Helper()
	canonical := e.AppendCanonical(nil)
	again := new(event.Event)
	if err := again.DecodeJSON(written); err != nil && len(written) <= event.MaxBody {
		t.Fatalf("wrote %s: %v", written, err)
	} else if err == nil && !bytes.Equal(again.AppendCanonical(nil), canonical) {
		t.Fatalf("canonical form changed from %s to %s", canonical, again.AppendCanonical(nil))
	}
	if err := again.DecodeQuery(string(canonical)); err == nil && !bytes.Equal(again.AppendCanonical(nil), canonical) {
		t.Fatalf("by GET %s, by POST %s", again.AppendCanonical(nil), canonical)
	}
	w, err := e.Struct()
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := event.Encode(w)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.DecodeJSON(encoded); err == nil && !bytes.Equal(again.AppendCanonical(nil), canonical) {
		t.Fatalf("by struct %s, as it came %s", again.AppendCanonical(nil), canonical)
	}
}

// reads calls every reader.
func reads(t *testing.T, e *event.Event) {
	t.Helper()
	for id := range event.FieldID(255) {
		if e.Value(id) == nil {
			t.Fatalf("%s has value nil", id)
		}
		if e.Str(id) != "" && !e.Has(id) {
			t.Fatalf("%s is %q and absent", id, e.Str(id))
		}
	}
	e.Problems()
	e.Time()
	if !bytes.Equal(e.Clone().AppendCanonical(nil), e.AppendCanonical(nil)) {
		t.Fatal("the clone differs")
	}
}

func FuzzDecodeQuery(f *testing.F) {
	for _, body := range payloads(f) {
		var e event.Event
		if err := e.DecodeJSON(body); err != nil {
			f.Fatal(err)
		}
		f.Add(string(e.AppendCanonical(nil)))
	}
	f.Add("eventType=x&a.b.c=1&a.b=2&a..=&=&.=&%00=%22&t=1&mediaStream.tracks=a&mediaStream.tracks=b&a-b=1&a.b-c=2")
	f.Fuzz(func(t *testing.T, query string) {
		var e event.Event
		if err := e.DecodeQuery(query); err != nil {
			return
		}
		canonical := string(e.AppendCanonical(nil))
		again := new(event.Event)
		if err := again.DecodeQuery(canonical); err != nil && len(canonical) <= event.MaxQuery {
			t.Fatalf("canonical form %s: %v", canonical, err)
		} else if err == nil && string(again.AppendCanonical(nil)) != canonical {
			t.Fatalf("canonical form changed from %s to %s", canonical, again.AppendCanonical(nil))
		}
		if _, err := standard(e.AppendJSON(nil)); err != nil {
			t.Fatal(err)
		}
		reads(t, &e)
	})
}

// TestRefusesWhatEncodingJSONRefuses cuts and damages every payload at many places.
func TestRefusesWhatEncodingJSONRefuses(t *testing.T) {
	for name, body := range payloads(t) {
		body = bytes.TrimSpace(body)
		for i := 0; i < len(body); i += 7 {
			for _, c := range []byte("\x00\"\\{}[],:e-") {
				damaged := bytes.Clone(body)
				damaged[i] = c
				ours := new(event.Event).DecodeJSON(damaged)
				_, theirs := standard(damaged)
				if ours == nil && theirs != nil {
					t.Errorf("%s: byte %d changed to %q is accepted; encoding/json: %v", name, i, c, theirs)
				}
			}
			if err := new(event.Event).DecodeJSON(body[:i]); err == nil {
				t.Errorf("%s: the first %d bytes are accepted", name, i)
			}
		}
	}
}
