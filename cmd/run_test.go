package cmd

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// patience is how long a test waits for something that normally takes milliseconds.
const patience = 20 * time.Second

// console is an output that a test can wait on. It is safe for concurrent use.
type console struct {
	mu    sync.Mutex
	text  string
	grown chan struct{} // closed and made again when text has grown
}

func newConsole() *console { return &console{grown: make(chan struct{})} }

func (s *console) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text += string(p)
	close(s.grown)
	s.grown = make(chan struct{})
	return len(p), nil
}

func (s *console) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text
}

// await waits until the output contains want, and returns the output.
func (s *console) await(t *testing.T, want string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		s.mu.Lock()
		text, grown := s.text, s.grown
		s.mu.Unlock()
		if strings.Contains(text, want) {
			return text
		}
		select {
		case <-grown:
		case <-ctx.Done():
			t.Fatalf("%q was not written, but:\n%s", want, text)
		}
	}
}

// process is a run of the command in the background.
type process struct {
	out, err *console
	code     chan int
	base     string // of its URLs
}

// options are what a process is started with.
type options struct {
	env  map[string]string
	kit  runtime.Kit
	args []string
	in   io.Reader // nil for an empty one
}

// launch runs the command in the background.
func launch(o options) *process {
	p := &process{out: newConsole(), err: newConsole(), code: make(chan int, 1)}
	if o.in == nil {
		o.in = strings.NewReader("")
	}
	stdio := IO{
		In: o.in, Out: p.out, Err: p.err,
		Env: func(name string) (string, bool) { v, ok := o.env[name]; return v, ok },
	}
	go func() { p.code <- Main(append([]string{"bxmlflow"}, o.args...), stdio, o.kit) }()
	return p
}

// serve launches a server on a free port and waits until it listens. What is still running at the end of the test is ended.
func serve(t *testing.T, o options) *process {
	t.Helper()
	o.args = append([]string{"serve", "--addr", "127.0.0.1:0", "--simulate-addr", "127.0.0.1:0"}, o.args...)
	p := launch(o)
	for line := range strings.Lines(p.out.await(t, runtime.PathPrefix)) {
		if before, _, ok := strings.Cut(line, runtime.PathPrefix); ok {
			p.base = before
			break
		}
	}
	t.Cleanup(func() {
		select {
		case code := <-p.code: // ended by the test
			p.code <- code
		default:
			p.signal(t, syscall.SIGTERM)
			p.wait(t, 0)
		}
	})
	return p
}

// signal signals this very process, which has the handlers of p.
func (p *process) signal(t *testing.T, s os.Signal) {
	t.Helper()
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if err := self.Signal(s); err != nil {
		t.Fatal(err)
	}
}

// wait waits for the end and checks the exit code.
func (p *process) wait(t *testing.T, want int) {
	t.Helper()
	select {
	case code := <-p.code:
		p.code <- code
		if code != want {
			t.Errorf("exit code %d, want %d; it wrote\n%s", code, want, p.err)
		}
	case <-time.After(patience):
		t.Fatalf("still running; it wrote\n%s", p.err)
	}
}

// call is a call of a test.
type call struct {
	id     string
	target *url.URL // of the next webhook
	login  *url.Userinfo
}

func (p *process) call(t *testing.T, flow, id string) *call {
	t.Helper()
	u, err := url.Parse(p.base + runtime.PathPrefix + flow)
	if err != nil {
		t.Fatal(err)
	}
	return &call{id: id, target: u}
}

// send sends a webhook and returns the status and the body of the answer.
func (c *call) send(t *testing.T, event string, fields map[string]any) (int, string) {
	t.Helper()
	all := map[string]any{"callId": c.id, "from": "+15551112222", "to": "+15553334444", "direction": "inbound", "eventTime": time.Now()}
	for name, value := range fields {
		all[name] = value
	}
	body, err := encode(event, all)
	if err != nil {
		t.Fatal(err)
	}
	u := *c.target
	u.User = c.login
	answer, err := http.Post(u.String(), "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// hear sends a webhook, follows the URL that the document names for the next event, and returns what is said.
func (c *call) hear(t *testing.T, event string, fields map[string]any, next string) string {
	t.Helper()
	status, text := c.send(t, event, fields)
	if status != http.StatusOK {
		t.Fatalf("%s: status %d: %s", event, status, text)
	}
	doc, err := bxml.Decode([]byte(text))
	if err != nil {
		t.Fatalf("%s: %v\n%s", event, err, text)
	}
	if next == "" {
		return doc.Spoken()
	}
	link, ok := doc.URL(next)
	if !ok {
		t.Fatalf("%s: no URL for %s in %s", event, next, text)
	}
	if c.target, err = c.target.Parse(link); err != nil {
		t.Fatal(err)
	}
	return doc.Spoken()
}

// encode returns an event as the body of a webhook.
func encode(name string, fields map[string]any) ([]byte, error) {
	e, err := event.New(name, fields)
	if err != nil {
		return nil, err
	}
	webhook, err := e.Struct()
	if err != nil {
		return nil, err
	}
	return event.Encode(webhook)
}

// folder writes files into a new folder.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		write(t, filepath.Join(dir, name), text)
	}
	return dir
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
