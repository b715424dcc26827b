// Package npm installs the npm packages of a test and runs its scripts. It needs node and npm (make deps).
package npm

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Project is a folder with package.json and package-lock.json, whose packages are there.
type Project struct {
	folder string
	node   string
}

// Install puts the packages of a folder, which is relative to the package under test, into its node_modules, unless they are there
// and newer than the lock file. Without node or npm the test is skipped, or fails when BXMLFLOW_TEST_REQUIRE is 1.
func Install(t testing.TB, folder string) *Project {
	t.Helper()
	node, err := exec.LookPath("node")
	npm, missing := exec.LookPath("npm")
	if err = errors.Join(err, missing); err != nil {
		if os.Getenv("BXMLFLOW_TEST_REQUIRE") == "1" {
			t.Fatalf("%v (install Node.js: make deps)", err)
		}
		t.Skipf("%v (install Node.js: make deps)", err)
	}
	p := &Project{folder, node}
	lock, err := os.Stat(filepath.Join(folder, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	mark := filepath.Join(folder, "node_modules", ".package-lock.json")
	if done, err := os.Stat(mark); err == nil && !done.ModTime().Before(lock.ModTime()) {
		return p
	}
	p.command(t, nil, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	now := time.Now()
	if err := os.Chtimes(mark, now, now); err != nil {
		t.Fatal(err)
	}
	return p
}

// Run runs a script of the folder with an input and returns what it prints. The test fails when the script does, or takes more than
// five minutes.
func (p *Project) Run(t testing.TB, input []byte, script string, args ...string) []byte {
	t.Helper()
	return p.command(t, input, p.node, append([]string{script}, args...)...)
}

func (p *Project) command(t testing.TB, input []byte, name string, args ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = p.folder
	cmd.Stdin = bytes.NewReader(input)
	var messages bytes.Buffer
	cmd.Stderr = &messages
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, &messages)
	}
	return out
}
