package cmd

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

func TestEveryChoiceHasAMeaning(t *testing.T) {
	choices := reflect.TypeFor[simulator.Choices]()
	for i := range choices.NumField() {
		if field := choices.Field(i).Name; choiceMeanings[field] == "" {
			t.Errorf("%s has no meaning", field)
		}
	}
	if len(choiceMeanings) != choices.NumField() {
		t.Errorf("%d meanings for %d choices", len(choiceMeanings), choices.NumField())
	}
}

func TestChoicesAreSet(t *testing.T) {
	f := carrierFlags{choices: []string{"fallback=server", "emptyBody=hangup", "type-ahead", "shuffle=false", "retry-after=2s", "max-at-once=5"}}
	got, err := f.config()
	if err != nil {
		t.Fatal(err)
	}
	want := simulator.Choices{
		Fallback: simulator.FallbackServer, EmptyBody: simulator.EmptyHangup, TypeAhead: true, RetryAfter: 2 * time.Second, MaxAtOnce: 5,
	}
	if diff := cmp.Diff(want, got.Choices); diff != "" {
		t.Errorf("choices (-want +got):\n%s", diff)
	}
	for _, wrong := range []string{"fallback", "fallback=often", "shuffle=maybe", "retry-after=soon", "max-at-once=many", "colour=red"} {
		if _, err := (&carrierFlags{choices: []string{wrong}}).config(); err == nil {
			t.Errorf("%s is taken", wrong)
		}
	}
}

func TestPhonesBehave(t *testing.T) {
	tests := map[string]simulator.Phone{
		"ring":         {},
		"silent":       {NoRinging: true},
		"busy":         {Busy: true},
		"refuse:2s":    {Refuse: true, AnswerAfter: 2 * time.Second},
		"machine:1.5s": {Answers: true, AnswerAfter: 1500 * time.Millisecond, Machine: "answering-machine"},
		"answer,press 1#:2s, say hello there, hangup:3s": {
			Answers: true, Script: []simulator.Cue{{After: 2 * time.Second, Press: "1#"}, {Say: "hello there"}, {After: 3 * time.Second, HangUp: true}},
		},
	}
	for text, want := range tests {
		if got, err := behave(text); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, wrong := range []string{"", "sing", "answer:soon", "answer,press", "answer,busy", "press 1"} {
		if got, err := behave(wrong); err == nil {
			t.Errorf("%q is taken as %+v", wrong, got)
		}
	}
}

func TestFaultsAreRead(t *testing.T) {
	tests := map[string]simulator.Fault{
		"gather=drop":                       {Kind: simulator.Drop, Event: "gather", Count: 1},
		"gather=delay:2s*3":                 {Kind: simulator.Delay, Event: "gather", Delay: 2 * time.Second, Count: 3},
		"answer=error":                      {Kind: simulator.Error, Event: "answer", Count: 1},
		"answer=error:503":                  {Kind: simulator.Error, Event: "answer", Status: 503, Count: 1},
		"recordingAvailable=outcome:failed": {Kind: simulator.Outcome, Event: "recordingAvailable", Result: "failed", Count: 1},
		"createCall=429*2":                  {Kind: simulator.REST, Operation: "createCall", Status: 429, Count: 2},
	}
	for text, want := range tests {
		if got, err := faulty(text); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, wrong := range []string{"gather", "=drop", "gther=drop", "gather=burn", "gather=slow:long", "gather=error:99", "createCall=99", "gather=drop*0"} {
		if got, err := faulty(wrong); err == nil {
			t.Errorf("%q is taken as %+v", wrong, got)
		}
	}
}
