package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestGeneratedFilesAreFresh fails when the table was changed without go generate.
func TestGeneratedFilesAreFresh(t *testing.T) {
	want, err := files()
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range want {
		have, err := os.ReadFile(filepath.Join("..", "..", name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(content), string(have)); diff != "" {
			t.Errorf("%s is stale, run go generate ./flow/event (-want +have):\n%s", name, diff)
		}
	}
}

func TestGoNamesFollowGoSpelling(t *testing.T) {
	for wire, want := range map[string]string{
		"callId":                       "CallID",
		"mediaStream.id":               "MediaStreamID",
		"sipCallId":                    "SIPCallID",
		"machineDetectionResult.value": "MachineDetectionResultValue",
		"uui":                          "UUI",
		"to":                           "To",
	} {
		if got := goName(wire); got != want {
			t.Errorf("goName(%q) = %q, want %q", wire, got, want)
		}
	}
}
