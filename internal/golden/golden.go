// Package golden compares what a test made with a file of what it should make.
package golden

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write golden files instead of comparing with them")

// Compare fails t when got differs from the file at path, which is relative to the package under test. With the flag
// -update it writes the file, and the folders that it needs, instead.
func Compare(t testing.TB, path string, got []byte) {
	t.Helper()
	compare(t, path, got, *update)
}

func compare(t testing.TB, path string, got []byte, write bool) {
	t.Helper()
	if write {
		if err := save(path, got); err != nil {
			t.Fatalf("update golden file: %v", err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read golden file (run the test with -update to write it): %v", err)
		return
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); -update writes it anew\n%s", path, diff)
	}
}

func save(path string, got []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, got, 0o644)
}
