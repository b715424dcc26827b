package bxml

import (
	"strings"
	"testing"
)

func TestEveryProblemIsFoundInTheText(t *testing.T) {
	const doc = "\uFEFF<?xml version=\"1.0\"?>\n<!-- <Gather> -->\n<Response>\n  <Gather maxDigits='x' >\n    <SpeakSentence voice = \"nobody\">Hi <emphasis level=\"very\"/></SpeakSentence>\n" +
		"    <Pause/>\n  </Gather>\n  <Gathr/><Transfer/>\n  <Hangup/>\n  <Pause duration=\"1\"/>\n</Response>"
	d, places, err := DecodePlaces([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Gather[0]@maxDigits":                          "maxDigits='x'",
		"Gather[0]/SpeakSentence[0]@voice":             `voice = "nobody"`,
		"Gather[0]/SpeakSentence[0]/emphasis[1]@level": `level="very"`,
		"Gather[0]/Pause[1]":                           "<Pause",
		"Gathr[1]":                                     "<Gathr",
		"Transfer[2]":                                  "<Transfer",
		"Pause[4]":                                     "<Pause",
	}
	for _, p := range d.Validate(Call) {
		place, ok := places.Find(p.Path)
		if text := doc[place.From:place.To]; !ok || text != want[p.Path] {
			t.Errorf("%s is at %q, want %q", p, text, want[p.Path])
		}
		delete(want, p.Path)
	}
	if len(want) > 0 {
		t.Errorf("no problem at %v", want)
	}
}

func TestPlacesOfWhatIsNotThere(t *testing.T) {
	_, places, err := DecodePlaces([]byte(`<Response><Gather a="1"><Pause/></Gather></Response>`))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		path string
		want Place
		ok   bool
	}{
		{"", Place{}, false},
		{"Ring[0]", Place{}, false},
		{"Gather[0]@b", Place{10, 17}, true},
		{"Gather[0]/Pause[0]/break[0]@time", Place{24, 30}, true},
	}
	for _, tt := range tests {
		if got, ok := places.Find(tt.path); got != tt.want || ok != tt.ok {
			t.Errorf("%s is at %v %v, want %v %v", tt.path, got, ok, tt.want, tt.ok)
		}
	}
	if d, places, err := DecodePlaces([]byte("<Response>")); d != nil || places != nil || !strings.Contains(err.Error(), "never closed") {
		t.Error(d, places, err)
	}
}
