package cmd

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// run runs the command to its end and returns the code and what it wrote.
func run(t *testing.T, env []string, args ...string) (code int, out, messages string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	stdio := IO{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr, Environ: func() []string { return env },
		Env: func(string) (string, bool) { return "", false },
	}
	code = Main(append([]string{"bxmlflow"}, args...), stdio, runtime.Kit{})
	return code, stdout.String(), stderr.String()
}

func TestWrongUse(t *testing.T) {
	empty := t.TempDir()
	here := folder(t, map[string]string{"hello.yaml": ""})
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"help", "nope"}, `there is no command "nope"`},
		{[]string{"chek"}, `there is no command "chek", did you mean "check"?`},
		{[]string{"serve", "--adr", ":1"}, "serve: there is no flag --adr, did you mean --addr?"},
		{[]string{"graph"}, "graph: the path of a flow is missing"},
		{[]string{"init", "a", "b"}, `init takes one folder, but got "a b"`},
		{[]string{"version", "x"}, `version takes no arguments, but got "x"`},
		{[]string{"check", empty}, "check: there are no flows in " + empty},
		{[]string{"graph", empty}, "graph: there are no flows in " + empty},
		{[]string{"init", here}, "init: " + filepath.Join(here, "hello.yaml") + " is there already"},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args[:1], " "), func(t *testing.T) {
			code, out, messages := run(t, nil, tt.args...)
			if code != exitUsage || out != "" || !strings.Contains(messages, tt.want+"\n") {
				t.Errorf("code %d, it says\n%s\nwithout %q; output %q", code, messages, tt.want, out)
			}
		})
	}
}

func TestHelpAndVersion(t *testing.T) {
	_, word, _ := run(t, nil, "version")
	if code, flag, _ := run(t, nil, "--version"); code != exitFine || flag != word || word == "" {
		t.Errorf("code %d, --version %q, version %q", code, flag, word)
	}
	var names []string
	for _, c := range (&app{}).root().Commands() {
		names = append(names, c.Name())
	}
	for _, name := range names {
		_, long, _ := run(t, nil, "help", name)
		_, flag, _ := run(t, nil, name, "--help")
		if !strings.Contains(long, "Exit codes: 0 ") || long != flag {
			t.Errorf("help of %s:\n%s\n%s", name, long, flag)
		}
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestOutputThatCannotBeWrittenIsAFailure(t *testing.T) {
	dir := t.TempDir()
	if code, _, messages := run(t, nil, "init", dir); code != exitFine {
		t.Fatal(messages)
	}
	wrong := filepath.Join(folder(t, map[string]string{"wrong.yaml": "flow: wrong\n"}), "wrong.yaml")
	for _, args := range [][]string{{"version"}, {"version", "--format", "json"}, {"graph", dir}, {"test", dir}, {"check", wrong}, {"demo"}, {"help"}} {
		var stderr bytes.Buffer
		stdio := IO{In: strings.NewReader(""), Out: full{}, Err: &stderr, Env: func(string) (string, bool) { return "", false }}
		code := Main(append([]string{"bxmlflow"}, args...), stdio, runtime.Kit{})
		if code != exitFailed || !strings.Contains(stderr.String(), "write output: no space left on device") {
			t.Errorf("%s: code %d, it says\n%s", args, code, stderr.String())
		}
	}
}

func TestVariablesThatMeanNothing(t *testing.T) {
	code, _, messages := run(t, []string{"BXMLFLOW_PUBLIC_ULR=secret", "HOME=/"}, "serve")
	want := `BXMLFLOW_PUBLIC_ULR: error: there is no key for this variable [config-key]
    help: did you mean "BXMLFLOW_PUBLIC_URL"? the variables are BXMLFLOW_CONFIG,`
	if code != exitUsage || !strings.Contains(messages, want) || strings.Contains(messages, "secret") {
		t.Errorf("code %d, it says\n%s", code, messages)
	}
	// A service of that name in Kubernetes sets these in every container.
	env := []string{"BXMLFLOW_SERVICE_HOST=10.0.0.1", "BXMLFLOW_SERVICE_PORT_HTTP=80", "BXMLFLOW_PORT=tcp://10.0.0.1:80", "BXMLFLOW_PORT_80_TCP_ADDR=10.0.0.1", "BXMLFLOW_ADDR=:1"}
	if code, _, messages := run(t, env, "check", "../flows"); code != exitFine {
		t.Errorf("code %d, it says\n%s", code, messages)
	}
}
