package flow_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow"
)

// wants finds the lines of a wrong flow that say what is reported about it.
var wants = regexp.MustCompile(`(?m)^# want: (\d+:\d+) (\S+) (.+)$`)

// TestBridgesGoneWrong loads the flows of testdata/wrong that bridge calls: each is reported exactly as its first lines say.
func TestBridgesGoneWrong(t *testing.T) {
	files, err := filepath.Glob("testdata/wrong/bridge-*.yaml")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d flows found, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			_, problems := flow.Compile(flow.Options{}, flow.Source{Path: "f", Text: text})
			var got, want []string
			for _, p := range problems {
				got = append(got, strings.TrimPrefix(p.Span.String(), "f:")+" "+p.Rule+" "+p.Message)
			}
			for i, m := range wants.FindAllStringSubmatch(string(text), -1) {
				line := m[1] + " " + m[2] + " " + m[3]
				if i < len(got) && strings.HasPrefix(got[i], line) {
					line = got[i]
				}
				want = append(want, line)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
