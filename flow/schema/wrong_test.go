package schema_test

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/schema"
)

// want is the first line of a wrong flow: the place, the rule and a part of the message.
var want = regexp.MustCompile(`^# want: (\d+:\d+) (\S+) (.+)`)

// The verdicts on a wrong flow.
const (
	caught = "caught" // the schema rejects it
	beyond = "beyond" // it depends on names, expressions or the flow as a whole: the checker's business
	noYAML = "yaml"   // no reader of YAML takes it
)

// verdicts reads testdata/verdicts.txt: what the schema can say of the wrong flows, by rule and file.
func verdicts(t *testing.T) map[string]string {
	t.Helper()
	f, err := os.Open("testdata/verdicts.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	list := map[string]string{}
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) == 3 {
			list[words[1]+" "+words[2]] = words[0]
		}
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// TestWrongFlows compares what the schema says of the flows with one mistake with the list. A flow that is not on the list yet is
// named with its line, and fails nothing: what a schema cannot see is no mistake of the schema.
func TestWrongFlows(t *testing.T) {
	s, list := compile(t, schema.Flow()), verdicts(t)
	counts := map[string]int{}
	for _, path := range files(t, "../testdata/bad/*.yaml", "../testdata/wrong/*.yaml") {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := want.FindStringSubmatch(string(text))
		if m == nil {
			continue
		}
		got := noYAML
		if doc, ok := read(t, path); ok {
			got = beyond
			if s.Validate(doc) != nil {
				got = caught
			}
		}
		counts[got]++
		name := m[2] + " " + strings.TrimSuffix(filepath.Base(path), ".yaml")
		switch expected, listed := list[name]; {
		case !listed:
			t.Logf("not on the list: %s %s", got, name)
		case got != expected:
			t.Errorf("%s: %s, the list says %s", name, got, expected)
		}
	}
	t.Logf("of %d wrong flows the schema catches %d, %d are no YAML, %d are the checker's business",
		counts[caught]+counts[noYAML]+counts[beyond], counts[caught], counts[noYAML], counts[beyond])
	if counts[caught] < 100 {
		t.Errorf("only %d wrong flows are caught", counts[caught])
	}
}
