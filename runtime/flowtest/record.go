package flowtest

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// line is one recorded step: one line of JSON.
type line struct {
	*runtime.Trace
	Input    *runtime.Recorded `json:"input"`
	Document string            `json:"document,omitempty"` // "" when it is withheld too
}

// Recorder writes the steps of calls as lines of JSON, for replays. What it writes tells who called and what they entered,
// but for sensitive states and secrets; and its documents bear the tokens of the calls. It is safe for concurrent use.
type Recorder struct {
	mu    sync.Mutex
	write func(machine string, line []byte) error
	err   error
}

// NewRecorder returns a recorder that writes the steps of all calls to w, one Write per step.
func NewRecorder(w io.Writer) *Recorder {
	return &Recorder{write: func(_ string, line []byte) error {
		_, err := w.Write(line)
		return err
	}}
}

// NewFolderRecorder returns a recorder that writes a file for each machine into a folder, which must be there: the callId with
// .jsonl, or the key of a leg's machine. Whoever runs on can remove the files of calls that are over.
func NewFolderRecorder(folder string) *Recorder {
	return &Recorder{write: func(machine string, line []byte) error {
		f, err := os.OpenFile(filepath.Join(folder, fileOf(machine)), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(line)
		if closed := f.Close(); err == nil {
			err = closed
		}
		return err
	}}
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$`)

// fileOf returns the name of the file of a machine. A callId comes with a webhook: one that is no plain word may be a path.
func fileOf(machine string) string {
	if !plainName.MatchString(machine) {
		sum := sha256.Sum256([]byte(machine))
		machine = "call-" + hex.EncodeToString(sum[:16])
	}
	return machine + ".jsonl"
}

// Observe writes one step. It is an observer for the kit of an engine.
func (r *Recorder) Observe(t *runtime.Trace) {
	if t.Input == nil {
		return
	}
	step := *t
	step.Hash, step.Took = "", 0 // they differ every time, and a replay does not need them
	text, err := json.Marshal(line{Trace: &step, Input: t.Input, Document: string(t.Document)})
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil && r.err == nil {
		err = r.write(t.Machine, append(text, '\n'))
	}
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("record step: %w", err)
	}
}

// Err returns the first error of writing; nothing is written after it.
func (r *Recorder) Err() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

// recording is a line with its place.
type recording struct {
	line
	path   string
	number int
}

// decode reads one line.
func decode(text []byte) (line, error) {
	l := line{Trace: &runtime.Trace{}}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // so that whole numbers stay whole
	if err := d.Decode(&l); err != nil {
		return l, err
	}
	switch {
	case l.Input == nil || l.Input.Event == nil && l.Input.Internal == nil:
		return l, fmt.Errorf("it has no event")
	case l.Input.Event != nil && l.Input.Internal != nil:
		return l, fmt.Errorf("it has two events")
	case l.Machine == "":
		return l, fmt.Errorf("it names no call")
	}
	if l.Input.Now.IsZero() {
		l.Input.Now = time.Unix(0, 0)
	}
	return l, nil
}
