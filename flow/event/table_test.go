package event_test

import (
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/google/go-cmp/cmp"
)

func TestTableHasEveryEventOfTheDocumentation(t *testing.T) {
	sync := strings.Fields(`initiate answer redirect referComplete gather recordComplete transferAnswer transferComplete
		bridgeComplete bridgeTargetComplete conferenceCreated conferenceMemberJoin conferenceMemberExit conferenceRedirect`)
	async := strings.Fields(`disconnect machineDetectionComplete partialGather dtmf recordingAvailable transcriptionAvailable
		transferDisconnect conferenceCompleted conferenceRecordingAvailable mediaStreamStarted mediaStreamRejected
		mediaStreamStopped realTimeTranscriptionStarted realTimeTranscriptionRejected realTimeTranscriptionStopped
		realTimeTranscriptionAvailable connectStatus endpointConnected endpointDisconnected endpointEligible
		endpointIneligible outboundConnectionRequest endpointEvent`)
	if n := len(event.Types()); n != 37 || len(sync)+len(async) != n {
		t.Errorf("%d types, want 37", n)
	}
	for _, name := range sync {
		if row := event.Lookup(name); row == nil || !row.Sync {
			t.Errorf("%s is not a synchronous event", name)
		}
	}
	for _, name := range async {
		if row := event.Lookup(name); row == nil || row.Sync {
			t.Errorf("%s is not an asynchronous event", name)
		}
	}
}

// columns lists the names of the rows for which the column is true.
func columns(is func(*event.Type) bool) []string {
	var names []string
	for _, row := range event.Types() {
		if is(row) {
			names = append(names, row.Name)
		}
	}
	return names
}

func TestColumns(t *testing.T) {
	for column, test := range map[string]struct {
		is   func(*event.Type) bool
		want string
	}{
		"once": {func(r *event.Type) bool { return r.Once },
			"answer redirect referComplete gather recordComplete transferAnswer transferComplete bridgeComplete bridgeTargetComplete"},
		"starts": {func(r *event.Type) bool { return r.Starts }, "initiate answer transferAnswer conferenceCreated"},
		"ends":   {func(r *event.Type) bool { return r.Ends }, "disconnect conferenceCompleted"},
		"late": {func(r *event.Type) bool { return r.Late }, "recordingAvailable transcriptionAvailable transferDisconnect " +
			"conferenceRecordingAvailable mediaStreamStopped realTimeTranscriptionStopped realTimeTranscriptionAvailable"},
		"borne by another call": {func(r *event.Type) bool { return r.Bearer == event.BridgeTarget || r.Bearer == event.ChildLeg },
			"transferAnswer transferDisconnect bridgeTargetComplete"},
		"of a conference": {func(r *event.Type) bool { return r.Machine == event.MachineConference }, "conferenceCreated " +
			"conferenceMemberJoin conferenceMemberExit conferenceRedirect conferenceCompleted conferenceRecordingAvailable"},
		"of no machine": {func(r *event.Type) bool { return r.Machine == event.MachineNone }, "connectStatus endpointConnected " +
			"endpointDisconnected endpointEligible endpointIneligible outboundConnectionRequest endpointEvent"},
	} {
		if diff := cmp.Diff(strings.Fields(test.want), columns(test.is)); diff != "" {
			t.Errorf("%s (-want +have):\n%s", column, diff)
		}
	}
}

func TestRowsAreComplete(t *testing.T) {
	for _, row := range event.Types() {
		for what, text := range map[string]string{
			"SentWhen": row.SentWhen, "Delivered": row.Delivered, "Method": row.Method, "Fallback": row.Fallback,
			"Credentials": row.Credentials, "Reply": row.Reply, "Status": row.Status,
		} {
			if text == "" {
				t.Errorf("%s has no %s", row.Name, what)
			}
		}
		if row.Sync != (row.ActsOn != "") {
			t.Errorf("%s: synchronous %t, but its BXML runs on %q", row.Name, row.Sync, row.ActsOn)
		}
		if (row.Key != 0) != (row.Machine != event.MachineNone) || row.Key != 0 && row.Field(row.Key.String()) == nil {
			t.Errorf("%s: machine %s, key %q", row.Name, row.Machine, row.Key)
		}
		if (row.Bearer == event.Nobody) != (row.Machine == event.MachineNone) {
			t.Errorf("%s: machine %s, bearer %s", row.Name, row.Machine, row.Bearer)
		}
	}
}

// TestFieldsMeanTheSameInEveryEvent keeps FieldID honest: one name has one Go type.
func TestFieldsMeanTheSameInEveryEvent(t *testing.T) {
	goType := func(k event.Kind) event.Kind {
		switch k {
		case event.Enum, event.URL, event.CallID, event.Timestamp:
			return event.String
		}
		return k
	}
	kinds := map[string]event.Kind{}
	for _, row := range append(event.Types(), event.Unknown()) {
		seen := map[string]bool{}
		for _, f := range row.Fields {
			if k, ok := kinds[f.Name]; ok && goType(k) != goType(f.Kind) {
				t.Errorf("%s.%s is a %s, elsewhere a %s", row.Name, f.Name, f.Kind, k)
			}
			kinds[f.Name] = f.Kind
			if f.ID == 0 || f.ID.String() != f.Name || event.FieldNamed(f.Name) != f.ID {
				t.Errorf("%s.%s has number %d", row.Name, f.Name, f.ID)
			}
			if seen[f.Name] {
				t.Errorf("%s has %s twice", row.Name, f.Name)
			}
			seen[f.Name] = true
			if parent, _, nested := cutLast(f.Name); nested && row.Field(parent).Kind != event.Map {
				t.Errorf("%s.%s is in no object", row.Name, f.Name)
			}
			if f.Kind == event.Enum && len(f.Values) == 0 {
				t.Errorf("%s.%s has no values", row.Name, f.Name)
			}
		}
	}
}

func cutLast(name string) (parent, last string, nested bool) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:], true
	}
	return "", name, false
}

func TestWhatPeopleEnterAndWhoTheyAreIsSensitive(t *testing.T) {
	entered := strings.Fields("digits terminatingDigit digit text transcription.text")
	personal := strings.Fields(`from to transferCallerId transferTo callerDisplayName uui sipHeaders stirShaken identity diversion
		diversion.origTo stirShaken.verstat stirShaken.attestationIndicator stirShaken.originatingId`)
	want := map[string]bool{} // value: personal
	for _, name := range entered {
		want[name] = false
	}
	for _, name := range personal {
		want[name] = true
	}
	for _, row := range append(event.Types(), event.Unknown()) {
		for _, f := range row.Fields {
			if f.Name == "transcription" { // may hold a text in transcriptionAvailable only
				want[f.Name] = false
				if row.Name != "transcriptionAvailable" {
					delete(want, f.Name)
				}
			}
			personal, sensitive := want[f.Name]
			if f.Sensitive != sensitive || f.Personal != personal {
				t.Errorf("%s.%s: sensitive %t, personal %t", row.Name, f.Name, f.Sensitive, f.Personal)
			}
		}
	}
}

func TestLookupKnowsAliasesAndIsCaseSensitive(t *testing.T) {
	for name, want := range map[string]string{
		"recordingComplete":   "recordComplete",
		"partialgather":       "partialGather",
		"DEVICE_DISCONNECTED": "endpointEvent",
		"bridgeComplete":      "bridgeComplete",
	} {
		if row := event.Lookup(name); row == nil || row.Name != want {
			t.Errorf("Lookup(%q) = %v, want %s", name, row, want)
		}
	}
	if row := event.Lookup("BridgeComplete"); row != nil {
		t.Errorf("Lookup(BridgeComplete) = %s, want nil", row.Name)
	}
	if n := len(event.Causes()); n != 12 {
		t.Errorf("%d causes, want 12", n)
	}
}

func TestBridgeCompleteHasEveryDocumentedField(t *testing.T) {
	for _, name := range strings.Fields(`eventType eventTime accountId applicationId from to direction callId callUrl enqueuedTime
		startTime answerTime tag cause errorMessage errorId transferCallerId transferTo`) {
		if event.Lookup("bridgeComplete").Field(name) == nil {
			t.Errorf("no field %s", name)
		}
	}
	if event.Lookup("bridgeComplete").Field("digits") != nil {
		t.Error("bridgeComplete has digits")
	}
}

func TestEnumerationsHaveNames(t *testing.T) {
	for got, want := range map[string]string{
		event.Timestamp.String():         "timestamp",
		event.MachineConference.String(): "conference",
		event.ChildLeg.String():          "child leg",
		event.WrongType.String():         "wrong type",
		event.Kind(99).String():          "kind(99)",
		event.FieldID(255).String():      "",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
