package bxml_test

import (
	"slices"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/google/go-cmp/cmp"
)

func TestTheTableHasEveryElementOnce(t *testing.T) {
	want := []string{
		"Bridge", "Conference", "Connect", "CustomParam", "Endpoint", "Forward", "Gather", "Hangup", "Pause", "PauseRecording",
		"PhoneNumber", "PlayAudio", "Record", "Redirect", "Refer", "ResumeRecording", "Ring", "SendDtmf", "SipUri", "SpeakSentence",
		"StartGather", "StartRecording", "StartStream", "StartTranscription", "StopGather", "StopRecording", "StopStream",
		"StopTranscription", "StreamParam", "Tag", "Transfer",
	}
	var got []string
	for _, v := range bxml.Verbs() {
		got = append(got, v.Name)
		if bxml.Lookup(v.Name) != v {
			t.Errorf("Lookup(%q) is another row", v.Name)
		}
	}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("elements (-want +got):\n%s", diff)
	}
	if bxml.Lookup("hangup") != nil {
		t.Error("names of verbs are not case-sensitive")
	}
}

func TestRowsReferToWhatExists(t *testing.T) {
	for _, v := range bxml.Verbs() {
		if v.Doc == "" || v.Status == "" {
			t.Errorf("%s has no description or no status", v.Name)
		}
		for i := range v.Attributes {
			checkRow(t, v, &v.Attributes[i])
		}
		for _, w := range v.Webhooks {
			a := v.Attribute(w.Attribute)
			switch {
			case (w.Attribute == "") == (w.Elsewhere == ""):
				t.Errorf("%s: the URL of %s stands both here and elsewhere, or nowhere", v.Name, w.Event)
			case w.Attribute != "" && (a == nil || v.URL(w.Event) != a):
				t.Errorf("%s: %s does not come through %s", v.Name, w.Event, w.Attribute)
			case w.Sync != (w.On != bxml.OnNothing):
				t.Errorf("%s: nothing runs the answer to %s, or something should not", v.Name, w.Event)
			}
		}
		for _, child := range v.Children.Allowed {
			if c := bxml.Lookup(child); c == nil || c.Level == bxml.Top || !slices.Contains(c.Parents, v.Name) {
				t.Errorf("%s has the child %s, which does not know it", v.Name, child)
			}
		}
		for _, w := range []bxml.When{v.Dead, v.Blocking} {
			if w.Attribute != "" && v.Attribute(w.Attribute) == nil {
				t.Errorf("%s: %q names no attribute", v.Name, w)
			}
		}
	}
}

func checkRow(t *testing.T, v *bxml.Verb, a *bxml.Attribute) {
	t.Helper()
	if a.Doc == "" || a.Type.String() == "" {
		t.Errorf("%s@%s has no description or no type", v.Name, a.Name)
	}
	if a.Default != "" {
		if err := a.Check(a.Default); err != nil {
			t.Errorf("%s@%s has an illegal default: %v", v.Name, a.Name, err)
		}
	}
	names := append(slices.Clone(a.AppliesTo), a.FallbackOf, a.Method(), a.Username(), a.Password(), a.Fallback())
	if a.OnlyIf != nil {
		names = append(names, a.OnlyIf.Attribute)
	}
	for _, name := range names {
		if name != "" && v.Attribute(name) == nil {
			t.Errorf("%s@%s refers to %s, which does not exist", v.Name, a.Name, name)
		}
	}
	if a.Type == bxml.TypeURL && len(a.Events) == 0 {
		t.Errorf("%s@%s carries no event", v.Name, a.Name)
	}
	if a.Type == bxml.TypeURL && v.Name != "Connect" && a.Method() == "" {
		t.Errorf("%s@%s has no method", v.Name, a.Name)
	}
}

func TestAURLIsFoundWithAllThatBelongsToIt(t *testing.T) {
	tests := []struct{ verb, event, url, method, user, fallback, fallbackMethod, fallbackUser string }{
		{"Gather", "gather", "gatherUrl", "gatherMethod", "username", "gatherFallbackUrl", "gatherFallbackMethod", "fallbackUsername"},
		{"Gather", "partialGather", "partialResultCallback", "partialResultCallbackMethod", "", "", "", ""},
		{"StartGather", "dtmf", "dtmfUrl", "dtmfMethod", "username", "", "", ""},
		{"Record", "transcriptionAvailable", "transcriptionAvailableUrl", "transcriptionAvailableMethod", "username", "", "", ""},
		{"StartRecording", "conferenceRecordingAvailable", "recordingAvailableUrl", "recordingAvailableMethod", "username", "", "", ""},
		{"Bridge", "bridgeTargetComplete", "bridgeTargetCompleteUrl", "bridgeTargetCompleteMethod", "username",
			"bridgeTargetCompleteFallbackUrl", "bridgeTargetCompleteFallbackMethod", "fallbackUsername"},
		{"SipUri", "transferAnswer", "transferAnswerUrl", "transferAnswerMethod", "username",
			"transferAnswerFallbackUrl", "transferAnswerFallbackMethod", "fallbackUsername"},
		{"Conference", "conferenceCompleted", "conferenceEventUrl", "conferenceEventMethod", "username",
			"conferenceEventFallbackUrl", "conferenceEventFallbackMethod", "fallbackUsername"},
		{"Connect", "connectStatus", "eventCallbackUrl", "", "", "eventFallbackUrl", "", ""},
		{"StartStream", "mediaStreamRejected", "streamEventUrl", "streamEventMethod", "username", "", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.event+" of "+tt.verb, func(t *testing.T) {
			v := bxml.Lookup(tt.verb)
			a := v.URL(tt.event)
			if a == nil {
				t.Fatal("no URL")
			}
			got := []string{a.Name, a.Method(), a.Username(), a.Fallback()}
			want := []string{tt.url, tt.method, tt.user, tt.fallback}
			if f := v.Attribute(a.Fallback()); f != nil {
				got, want = append(got, f.Method(), f.Username()), append(want, tt.fallbackMethod, tt.fallbackUser)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if a := bxml.Lookup("Transfer").URL("transferAnswer"); a != nil {
		t.Errorf("the URL of transferAnswer is %s of Transfer, it belongs to its children", a.Name)
	}
}

func TestContextsOfVerbs(t *testing.T) {
	in := func(c bxml.Context, p bxml.Permission) (names []string) {
		for _, v := range bxml.Verbs() {
			if v.Level != bxml.Child && v.In(c) == p {
				names = append(names, v.Name)
			}
		}
		slices.Sort(names)
		return names
	}
	tests := []struct {
		name       string
		context    bxml.Context
		permission bxml.Permission
		want       []string
	}{
		{"forbidden on a transfer leg", bxml.TransferLeg, bxml.Forbidden, []string{"Bridge", "Conference", "Forward", "Transfer"}},
		{"unlisted on a transfer leg", bxml.TransferLeg, bxml.Unlisted,
			[]string{"Connect", "Refer", "StartStream", "StartTranscription", "StopStream", "StopTranscription"}},
		{"allowed on a conference", bxml.Conference, bxml.Allowed,
			[]string{"PauseRecording", "PlayAudio", "ResumeRecording", "SpeakSentence", "StartRecording", "StopRecording"}},
		{"forbidden on a call", bxml.Call, bxml.Forbidden, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, in(tt.context, tt.permission)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if !bxml.Lookup("Refer").AllowedIn(bxml.TransferLeg) || bxml.Lookup("Pause").AllowedIn(bxml.Conference) {
		t.Error("AllowedIn disagrees with In")
	}
}

func TestConditions(t *testing.T) {
	gather := &bxml.Element{Name: "Gather", Attributes: []bxml.Attr{{Name: "gatherUrl", Value: "/g"}}}
	stop := &bxml.Element{Name: "StopStream", Attributes: []bxml.Attr{{Name: "wait", Value: "True"}}}
	tests := []struct {
		name string
		when bxml.When
		e    *bxml.Element
		want bool
		text string
	}{
		{"the zero condition never holds", bxml.When{}, gather, false, "never"},
		{"always holds", bxml.Lookup("Hangup").Dead, &bxml.Element{}, true, "always"},
		{"an attribute that is set", bxml.Lookup("Gather").Dead, gather, true, "when gatherUrl is set"},
		{"an attribute that is not set", bxml.Lookup("Gather").Dead, &bxml.Element{}, false, "when gatherUrl is set"},
		{"a value in another case", bxml.Lookup("StopStream").Blocking, stop, true, "when wait is true"},
		{"a prefix", *bxml.Lookup("Forward").Attribute("uui").OnlyIf, &bxml.Element{Attributes: []bxml.Attr{{Name: "to", Value: "+1555"}}},
			false, "when to begins with sip:"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.when.Holds(tt.e); got != tt.want {
				t.Errorf("Holds is %v", got)
			}
			if got := tt.when.String(); got != tt.text {
				t.Errorf("String is %q, want %q", got, tt.text)
			}
		})
	}
}

func TestVoices(t *testing.T) {
	voices := bxml.Voices()
	if len(voices) != 49 {
		t.Errorf("%d voices, want 49", len(voices))
	}
	a := bxml.Lookup("SpeakSentence").Attribute("voice")
	for _, v := range voices {
		if err := a.Check(v.Name); err != nil {
			t.Error(err)
		}
		if err := bxml.Lookup("SpeakSentence").Attribute("locale").Check(v.Locale); err != nil {
			t.Error(err)
		}
	}
	err := a.Check("jule")
	if want := `"jule" is not one of the 49 legal values; did you mean "julie"?`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
