package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that notes how it failed.
type recorder struct {
	testing.TB
	log string
}

func (r *recorder) Helper()                           {}
func (r *recorder) Errorf(format string, args ...any) { r.log += fmt.Sprintf(format, args...) }
func (r *recorder) Fatalf(format string, args ...any) { r.log += fmt.Sprintf(format, args...) }

func TestUpdateWritesWhatCompareThenAccepts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "b.golden")
	r := &recorder{TB: t}
	compare(r, path, []byte("one\n"), true)
	compare(r, path, []byte("one\n"), false)
	if r.log != "" {
		t.Error(r.log)
	}
}

func TestADifferenceIsShownAndNotWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.golden")
	if err := save(path, []byte("one\n")); err != nil {
		t.Fatal(err)
	}
	r := &recorder{TB: t}
	compare(r, path, []byte("two\n"), false)
	if kept, _ := os.ReadFile(path); !strings.Contains(r.log, "two") || string(kept) != "one\n" {
		t.Errorf("log %q, file %q", r.log, kept)
	}
}

func TestAMissingFileAsksForUpdate(t *testing.T) {
	r := &recorder{TB: t}
	compare(r, filepath.Join(t.TempDir(), "none"), nil, false)
	if !strings.Contains(r.log, "-update") {
		t.Error(r.log)
	}
}
