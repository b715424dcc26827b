package flowtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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
	mu  sync.Mutex
	w   io.Writer
	err error
}

// NewRecorder returns a recorder that writes to w, one Write per step.
func NewRecorder(w io.Writer) *Recorder { return &Recorder{w: w} }

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
		_, err = r.w.Write(append(text, '\n'))
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
