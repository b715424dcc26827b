package runtime_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain fails when an engine that was closed leaves a goroutine behind. Where instructions are counted, nothing else may
// run.
func TestMain(m *testing.M) {
	if os.Getenv("BXMLFLOW_COUNT") != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}
