package flow_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// FuzzCompile loads anything. What has no errors is a flow, and each of its documents is either refused for the values in it
// or valid; whatever is wrong has a place and a message.
func FuzzCompile(f *testing.F) {
	for _, pattern := range []string{"testdata/good/*.yaml", "testdata/bad/*.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			f.Fatalf("%s: %v", pattern, err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(text)
		}
	}
	for _, r := range flow.Rules() {
		f.Add([]byte("# bxmlflow: ignore " + r.ID + " on purpose\n" + r.Bad))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fl, problems := flow.Parse("a.yaml", text, flow.Options{})
		for _, p := range problems {
			if p.Message == "" || p.Rule == "" || p.Span.File != "a.yaml" {
				t.Errorf("a problem that says nothing: %+v", p)
			}
		}
		if (fl == nil) != problems.HasErrors() {
			t.Fatalf("flow %t, problems %v", fl != nil, problems)
		}
		if fl != nil {
			renderAll(t, fl)
		}
	})
}

// renderAll renders every document of a flow.
func renderAll(t *testing.T, fl *flow.Flow) {
	var ev flow.Evaluator
	for _, s := range fl.States {
		if s.Document == nil {
			continue
		}
		out, err := ev.Append(nil, s.Document, values{flow: fl})
		if err != nil {
			continue
		}
		d, err := bxml.Decode(bytes.ReplaceAll(out, []byte{flow.SecretMark}, nil))
		if err != nil {
			t.Fatalf("state %q: %v\n%s", s.Name, err, out)
		}
		for _, p := range d.Validate(bxml.Call) {
			if p.Severity == bxml.Error {
				t.Errorf("state %q: %s\n%s", s.Name, p.Message, out)
			}
		}
	}
}
