package cmd

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is the command on a terminal.
type terminal struct {
	keys    *os.File
	display *console // what is shown, in words
	raw     *console // what is sent
	ended   chan error
}

// open runs the command on a terminal of the usual size.
func open(t *testing.T, env []string, args ...string) *terminal {
	t.Helper()
	c := exec.Command(os.Args[0], args...)
	c.Args[0] = "bxmlflow" // by this name the test binary is the command
	c.Env = append(append(ambient(), "TERM=xterm-256color"), env...)
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{keys: f, display: newConsole(), raw: newConsole(), ended: make(chan error, 1)}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		_, _ = io.Copy(io.MultiWriter(x.raw, words{x.display}), f) // ends with the command, with an error on Linux
	}()
	go func() {
		err := c.Wait()
		<-copied
		x.ended <- err
	}()
	t.Cleanup(func() {
		_ = c.Process.Kill() // most have ended
		f.Close()
	})
	return x
}

// words writes what a terminal shows without what moves its cursor and colours it.
type words struct{ to io.Writer }

var sequences = regexp.MustCompile("\x1b(\\[[0-9;?<>=]*[a-zA-Z]|\\][^\a]*\a)")

func (w words) Write(p []byte) (int, error) {
	_, err := w.to.Write(sequences.ReplaceAll(p, nil))
	return len(p), err
}

func (x *terminal) press(t *testing.T, keys string) {
	t.Helper()
	if _, err := io.WriteString(x.keys, keys); err != nil {
		t.Fatal(err)
	}
}

func (x *terminal) fails(t *testing.T, code int) {
	t.Helper()
	select {
	case err := <-x.ended:
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != code {
			t.Errorf("it ends with %v, not %d, and shows\n%s", err, code, x.display)
		}
	case <-time.After(patience):
		t.Fatalf("it goes on, and shows\n%s", x.display)
	}
}

func TestThePhoneOnATerminalTellsWhatWentWrong(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"legs.yaml": legs}), "legs.yaml")
	x := open(t, nil, "call", "--fault", "gather=error:500", path)
	x.display.await(t, "Gather")
	x.press(t, "1")
	x.display.await(t, "problem")
	x.press(t, "q")
	x.display.await(t, "bxmlflow: ")
	x.fails(t, exitProblems)
}

func (x *terminal) wait(t *testing.T) {
	t.Helper()
	select {
	case err := <-x.ended:
		if err != nil {
			t.Errorf("it ends with %v and shows\n%s", err, x.display)
		}
	case <-time.After(patience):
		t.Fatalf("it goes on, and shows\n%s", x.display)
	}
}

func TestThePhoneOnATerminal(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"legs.yaml": strings.Replace(legs, "Ring: {duration: 60}", "Ring: {duration: 90}", 1)}), "legs.yaml")
	x := open(t, nil, "call", path)
	x.display.await(t, "Gather")
	x.press(t, "1")
	x.display.await(t, "ringing")
	x.display.await(t, "createCall")
	x.press(t, "\t")
	x.display.await(t, "rings")
	x.press(t, "?")
	x.display.await(t, "keys of the phone")
	x.press(t, "x")
	x.press(t, "a")
	x.display.await(t, "Nobody needs you.")
	x.press(t, "s")
	x.display.await(t, "ended")
	x.press(t, "q")
	x.wait(t)
}

func TestThePhoneHasNoColoursWhenNoneAreWanted(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"menu.yaml": menu("Hello")}), "menu.yaml")
	x := open(t, []string{"NO_COLOR=1"}, "call", path)
	x.display.await(t, "Hello")
	x.press(t, "q")
	x.wait(t)
	if colour := colours.FindString(x.raw.String()); colour != "" {
		t.Errorf("there is the colour %q in\n%q", colour, x.raw)
	}
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*[39][0-7]m")

func TestLinesOnATerminalWhenAskedFor(t *testing.T) {
	path := filepath.Join(folder(t, map[string]string{"menu.yaml": menu("Hello")}), "menu.yaml")
	x := open(t, nil, "call", "--plain", path)
	x.display.await(t, `caller   hears "Hello"`)
	x.press(t, "press 1\n")
	x.display.await(t, `caller   hears "Goodbye from Hello."`)
	x.press(t, "quit\n")
	x.wait(t)
}

// ambient returns the environment without variables that the command would take for configuration.
func ambient() []string {
	return slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "BXMLFLOW_") })
}
