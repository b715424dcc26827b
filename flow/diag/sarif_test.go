package diag_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/golden"
)

// tool describes a rule that problems has, and one that it has not.
var tool = diag.Tool{
	Name: "bxmlflow", Version: "1.2.3", URI: "https://example.com/", Docs: "https://example.com/checks.md",
	Rules: []diag.Rule{
		{ID: "other", Severity: diag.Info, Title: "another rule", Why: "it has no problems", Fix: "nothing"},
		{ID: "unknown-key", Title: "a key that means nothing", Why: "it has *no* effect", Fix: "remove it"},
	},
}

func sarif(t *testing.T, list diag.List, tool diag.Tool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := diag.SARIF(&b, list, tool); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestSARIFNamesRulesAndPlaces(t *testing.T) {
	golden.Compare(t, "testdata/sarif.golden", sarif(t, problems(), tool))
}

func TestSARIFIsValidBySchema(t *testing.T) {
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	strange := diag.List{
		{Message: "no place, no rule"},
		{Severity: diag.Warning, Rule: "none", Span: span("C:x: 100% <&>.yaml", 1, 1, 1, 1), Message: "a \x1b name"},
		{Rule: "unknown-key", Span: span("/a b/ü.yaml", 2, 3, 4, 5), Message: "absolute", Help: "one\ntwo"},
	}
	tests := []struct {
		name string
		list diag.List
		tool diag.Tool
	}{
		{"every kind of problem", problems(), tool},
		{"strange names", strange, tool},
		{"nothing", nil, diag.Tool{Name: "x"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log, err := jsonschema.UnmarshalJSON(bytes.NewReader(sarif(t, tt.list, tt.tool)))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(log); err != nil {
				t.Error(err)
			}
		})
	}
	// A schema that takes anything would prove nothing.
	wrong := bytes.Replace(sarif(t, problems(), tool), []byte(`"level": "error"`), []byte(`"level": "fatal"`), 1)
	log, err := jsonschema.UnmarshalJSON(bytes.NewReader(wrong))
	if err != nil || schema.Validate(log) == nil {
		t.Errorf("a level that there is not was accepted, error %v", err)
	}
}

func TestPathsAreURIs(t *testing.T) {
	tests := map[string]string{
		"flows/menu.yaml": "flows/menu.yaml",
		"/srv/a b.yaml":   "file:///srv/a%20b.yaml",
		"a:b.yaml":        "./a:b.yaml",
		"100%.yaml":       "100%25.yaml",
		"ü.yaml":          "%C3%BC.yaml",
	}
	for path, want := range tests {
		got := sarif(t, diag.List{{Span: diag.Span{File: path}}}, diag.Tool{})
		if !bytes.Contains(got, []byte(`"uri": "`+want+`"`)) {
			t.Errorf("%s is not %s in\n%s", path, want, got)
		}
	}
}

func TestGitHubAnnotations(t *testing.T) {
	tests := []struct {
		name string
		d    diag.Diagnostic
		want string
	}{
		{"a place and a mend", diag.Diagnostic{Rule: "unknown-state", Span: span("flows/menu.yaml", 3, 19, 3, 26), Message: `there is no state "greting"`, Help: `did you mean "greeting"?`},
			`::error file=flows/menu.yaml,line=3,col=19,endLine=3,endColumn=25,title=unknown-state::there is no state "greting"%0Adid you mean "greeting"?`},
		{"several lines have no columns", diag.Diagnostic{Severity: diag.Warning, Rule: "r", Span: span("a.yaml", 3, 9, 5, 2), Message: "m"},
			"::warning file=a.yaml,line=3,endLine=5,title=r::m"},
		{"a point", diag.Diagnostic{Severity: diag.Info, Rule: "r", Span: span("a.yaml", 3, 9, 3, 9), Message: "m"},
			"::notice file=a.yaml,line=3,col=9,endLine=3,endColumn=9,title=r::m"},
		{"the file as a whole", diag.Diagnostic{Rule: "r", Span: diag.Span{File: "a.yaml"}, Message: "m"}, "::error file=a.yaml,title=r::m"},
		{"no file and no rule", diag.Diagnostic{Message: "m"}, "::error title=error::m"},
		{"what means something is escaped", diag.Diagnostic{Rule: "r", Span: diag.Span{File: "a,b:100%.yaml"}, Message: "100%: a,\n::error::b"},
			"::error file=a%2Cb%3A100%25.yaml,title=r::100%25: a,%0A::error::b"},
		{"control characters are not written", diag.Diagnostic{Rule: "r", Message: "a\r\x1b[2J"}, "::error title=r::a\ufffd\ufffd[2J"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var b strings.Builder
			if err := diag.GitHub(&b, diag.List{tt.d}); err != nil || b.String() != tt.want+"\n" {
				t.Errorf("got  %swant %s\nerror %v", b.String(), tt.want, err)
			}
		})
	}
}

func TestAFullDiskIsReported(t *testing.T) {
	for name, write := range map[string]func(io.Writer) error{
		"SARIF":  func(w io.Writer) error { return diag.SARIF(w, problems(), tool) },
		"GitHub": func(w io.Writer) error { return diag.GitHub(w, problems()) },
	} {
		if err := write(brokenWriter{}); !errors.Is(err, errBroken) || !strings.HasPrefix(err.Error(), "write problems: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
