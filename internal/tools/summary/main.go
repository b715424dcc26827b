// Command summary reads the stream of "go test -json" from its standard input,
// prints one line per package and everything that failed, and ends with a line
// "N passed, N failed".
//
// Every test and subtest that has no subtests counts once; so does a test that
// fails by itself while all its subtests pass, and a package that fails outside
// its tests, because it does not build or leaves early. A skipped test is
// printed with its reason; with BXMLFLOW_TEST_REQUIRE=1 it counts as failed.
//
// The exit code is 1 when anything failed or nothing ran, and 3 when the
// stream could not be read.
package main

import (
	"fmt"
	"os"
)

func main() {
	report := &report{
		out:     os.Stdout,
		colour:  coloured(os.Stdout),
		strict:  os.Getenv("BXMLFLOW_TEST_REQUIRE") == "1",
		builds:  map[string][]string{},
		running: map[string]*suite{},
	}
	if err := report.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
	if !report.finish() {
		os.Exit(1)
	}
}

// coloured tells whether f is a terminal whose owner has not asked for plain
// text (no-color.org).
func coloured(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}
