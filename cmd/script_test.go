package cmd

import (
	"flag"
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// TestMain lets the scripts run the command bxmlflow, which is this test binary under another name.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"bxmlflow": func() { os.Exit(Main(os.Args, OS(), runtime.Kit{})) },
	})
}

// TestScripts runs the scripts in testdata/script, which use the command as people do.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: flag.Lookup("update").Value.String() == "true", // the flag of golden files
	})
}
