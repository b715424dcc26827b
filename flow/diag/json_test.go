package diag_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/internal/golden"
)

func TestJSONCanBeReadBack(t *testing.T) {
	var b bytes.Buffer
	if err := diag.JSON(&b, problems()); err != nil {
		t.Fatal(err)
	}
	golden.Compare(t, "testdata/json.golden", b.Bytes())
	var got diag.List
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(problems(), got); diff != "" {
		t.Error(diff)
	}
}

func TestJSONOfNoProblemsIsAnEmptyArray(t *testing.T) {
	var b strings.Builder
	if err := diag.JSON(&b, nil); err != nil || b.String() != "[]\n" {
		t.Error(b.String(), err)
	}
}

func TestAnUnknownSeverityIsRefused(t *testing.T) {
	var d diag.Diagnostic
	err := json.Unmarshal([]byte(`{"severity": "fatal", "message": "x"}`), &d)
	if err == nil || !strings.Contains(err.Error(), `"fatal" is none of error, warning, info`) {
		t.Error(err)
	}
	if _, err := json.Marshal(diag.Diagnostic{Severity: 9}); err == nil {
		t.Error("severity 9 was written")
	}
}
