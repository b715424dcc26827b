package event_test

import (
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

// sameInUsed decodes body into an event that has read another one, which must make no difference.
func sameInUsed(t *testing.T, used *event.Event, body []byte) {
	t.Helper()
	var fresh event.Event
	want, have := fresh.DecodeJSON(body), used.DecodeJSON(body)
	if diff := cmp.Diff(message(want), message(have)); diff != "" {
		t.Fatalf("%s: (-fresh +used):\n%s", body, diff)
	}
	if want != nil {
		return
	}
	if w, h := string(fresh.AppendJSON(nil)), string(used.AppendJSON(nil)); w != h {
		t.Fatalf("%s: fresh %s, used %s", body, w, h)
	}
	for id := range event.FieldID(255) {
		if fresh.Str(id) != used.Str(id) || fresh.Has(id) != used.Has(id) {
			t.Fatalf("%s: %s is %q when fresh, %q when used", body, id, fresh.Str(id), used.Str(id))
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestWhatWasReadBeforeMakesNoDifference(t *testing.T) {
	all := payloads(t)
	var used event.Event
	for range 2 {
		for _, body := range all {
			sameInUsed(t, &used, body)
		}
	}
	body := payload(t, "bridgeComplete-failed")
	for i := range body {
		for _, c := range []byte{'"', '\\', ',', ':', '.', 'x', 0, 0x1f, 0x7f, 0x80, 0xff} {
			if err := used.DecodeJSON(body); err != nil {
				t.Fatal(err)
			}
			changed := append([]byte(nil), body...)
			changed[i] = c
			sameInUsed(t, &used, changed)
		}
		sameInUsed(t, &used, body[:i])
	}
}

func TestMembersThatComeTwiceAreRefusedInAUsedEvent(t *testing.T) {
	var used event.Event
	for _, body := range []string{
		`{"eventType":"gather","from":"a","to":"b"}`,
		`{"eventType":"gather","from":"a","from":"b"}`,
		`{"eventType":"gather","from":"a","to":"b","from":"c","to":"d"}`,
		`{"eventType":"gather","diversion":{"reason":"x"},"diversion.reason":"y"}`,
		`{"eventType":"gather","diversion.reason":"y","diversion":{"reason":"x"}}`,
		`{"eventType":"gather","x":"1","from":"a","x":"2"}`,
	} {
		for range 2 {
			sameInUsed(t, &used, []byte(body))
		}
	}
}

func TestTypesAreFoundByTheirNamesOnly(t *testing.T) {
	for _, typ := range event.Types() {
		for _, name := range append([]string{typ.Name}, typ.Aliases...) {
			if event.Lookup(name) != typ {
				t.Errorf("%q is not found", name)
			}
			for _, other := range []string{name + "x", name[1:], name[:len(name)-1], " " + name} {
				if got := event.Lookup(other); got != nil {
					t.Errorf("%q is %q", other, got.Name)
				}
			}
		}
	}
	if event.Lookup("") != nil {
		t.Error("the empty name is found")
	}
}

func TestTypesThatTakeTurnsAreReadAlike(t *testing.T) {
	var used event.Event
	all := [][]byte{
		[]byte(`{"eventType":"gather","from":"a","to":"b","digits":"1","callId":"c"}`),
		[]byte(`{"eventType":"bridgeComplete","from":"a","cause":"busy","to":"b"}`),
		[]byte(`{"eventType":"recordComplete","to":"b","from":"a","channels":1,"callId":"c"}`),
		[]byte(`{"from":"a","eventType":"gather","to":"b"}`),
		[]byte(`{"event":"inboundReceived","eventType":"gather","to":"b"}`),
		[]byte(`{"eventType":{"a":"b"},"from":"a"}`),
		[]byte(`{"eventType":"","from":"a"}`),
		[]byte(`{"eventType":"gather"}`),
	}
	for i := range 10 * len(all) {
		sameInUsed(t, &used, all[i*i%len(all)])
		sameInUsed(t, &used, all[i%len(all)])
	}
}
