package event_test

import (
	"encoding/json"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

func TestDecodingIntoAUsedEventAllocatesNothing(t *testing.T) {
	var e event.Event
	for name, body := range payloads(t) {
		if err := e.DecodeJSON(body); err != nil { // grows the memory
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(20, func() {
			if e.DecodeJSON(body) != nil {
				t.Error("refused")
			}
		}); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func TestValuesAreSharedWherePossible(t *testing.T) {
	e := decode(t, `{"eventType":"bridgeComplete","cause":"node-capacity-exceeded","digits":"5","terminatingDigit":"","direction":"inbound",
		"text":"a long text","errorMessage":"a \"quoted\" text","channels":2,"machineDetectionResult":{"value":"answering-machine"}}`)
	for id, want := range map[event.FieldID]float64{
		event.FieldEventType: 0, event.FieldCause: 0, event.FieldDigits: 0, event.FieldTerminatingDigit: 0, event.FieldDirection: 0,
		event.FieldTag: 0, event.FieldDuration: 0, event.FieldPrivacy: 0, event.FieldChannels: 0, event.FieldDiversion: 0,
		event.FieldMediaStreamTracks: 0, event.FieldMachineDetectionResultValue: 0, event.FieldText: 1, event.FieldErrorMessage: 1,
	} {
		var v any
		if n := testing.AllocsPerRun(20, func() { v = e.Value(id) }); n != want {
			t.Errorf("%s: %v allocations for %v, want %v", id, n, v, want)
		}
	}
}

func BenchmarkDecodeJSON(b *testing.B) {
	body := payload(b, "bridgeComplete-failed")
	var e event.Event
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		if err := e.DecodeJSON(body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingJSON is what DecodeJSON is measured against: the same payload into a plain struct, unknown members lost.
func BenchmarkEncodingJSON(b *testing.B) {
	type plain struct {
		EventType, EventTime, AccountID, ApplicationID, From, To, Direction, CallID, CallURL, EnqueuedTime, StartTime string
		AnswerTime, Tag, Cause, ErrorMessage, ErrorID, TransferCallerID, TransferTo                                   string
	}
	body := payload(b, "bridgeComplete-failed")
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		var v plain
		if err := json.Unmarshal(body, &v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeStruct(b *testing.B) {
	body := payload(b, "bridgeComplete-failed")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := event.Decode(body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkValue(b *testing.B) {
	e := decode(b, string(payload(b, "bridgeComplete-failed")))
	b.ReportAllocs()
	for b.Loop() {
		if e.Value(event.FieldCause) != "busy" {
			b.Fatal("not busy")
		}
	}
}

func BenchmarkAppendCanonical(b *testing.B) {
	e := decode(b, string(payload(b, "bridgeComplete-failed")))
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = e.AppendCanonical(dst[:0])
	}
}

func BenchmarkDecodeQuery(b *testing.B) {
	query := string(decode(b, string(payload(b, "bridgeComplete-failed"))).AppendCanonical(nil))
	var e event.Event
	b.ReportAllocs()
	for b.Loop() {
		if err := e.DecodeQuery(query); err != nil {
			b.Fatal(err)
		}
	}
}
