package runtime_test

import (
	"context"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// stageTime is when tests on a stage begin: the time that their webhooks bear.
var stageTime = time.Date(2026, 11, 20, 10, 0, 5, 0, time.UTC)

// stage is a manual engine with a carrier and a clock that a test moves.
type stage struct {
	*bench
	carrier *carrier
	clock   *clock
	store   store.Store
	config  runtime.Config
}

type clock struct {
	mu    sync.Mutex
	now   time.Time
	hurry time.Duration // that passes with every look
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(c.hurry)
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// newStage makes a stage with an engine. change may be nil.
func newStage(t *testing.T, change func(*runtime.Config), flows ...string) *stage {
	t.Helper()
	s := &stage{carrier: &carrier{}, clock: &clock{now: stageTime}, store: memory.New()}
	s.carrier.clock = s.clock
	s.config = runtime.Config{
		Store: s.store, Clock: s.clock.Now, PublicURL: "https://voice.example.com",
		Carrier: s.carrier, ApplicationID: "app", Manual: true,
	}
	if change != nil {
		change(&s.config)
	}
	if s.config.Flows == nil {
		s.config.Flows = set(t, flow.Options{}, flows...)
	}
	s.bench = start(t, s.config)
	return s
}

// settle lets the engine do all that is due now.
func (s *stage) settle() {
	s.t.Helper()
	if err := s.Settle(context.Background()); err != nil {
		s.t.Fatal(err)
	}
}

// pass lets time pass: everything happens at its time.
func (s *stage) pass(d time.Duration) {
	s.t.Helper()
	s.settle()
	end := s.clock.Now().Add(d)
	for {
		at, ok := s.Next(context.Background())
		if !ok || at.After(end) {
			break
		}
		s.clock.add(max(at.Sub(s.clock.Now()), 0))
		s.settle()
	}
	s.clock.add(max(end.Sub(s.clock.Now()), 0))
	s.settle()
}

// machine returns a machine by key or callId.
func (s *stage) machine(name string) *runtime.Machine {
	s.t.Helper()
	m, err := s.Machine(context.Background(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	return m
}

// wantState fails when a call is not in a state.
func (s *stage) wantState(name, want string) {
	s.t.Helper()
	if got := s.machine(name).State(); got != want {
		s.t.Errorf("%s is in state %q, want %q\n%s", name, got, want, s.log)
	}
}

// path returns the path and query of an absolute URL of ours.
func path(t testing.TB, absolute string) string {
	t.Helper()
	u, err := url.Parse(absolute)
	if err != nil || u.Host != "voice.example.com" {
		t.Fatalf("no URL of ours: %q", absolute)
	}
	return u.RequestURI()
}

// of returns the URL that a document has for an attribute, whether it is absolute or relative to a flow's path.
func (s *stage) of(document, flowPath, attribute string) string {
	s.t.Helper()
	target := answer{body: document}.url(s.t, "", attribute)
	if strings.HasPrefix(target, "http") {
		return path(s.t, target)
	}
	return flowPath + target
}

// legEvent returns an event of an outbound call.
func legEvent(name, callID string, more ...string) string {
	return strings.Replace(webhook(name, callID, more...), `"inbound"`, `"outbound"`, 1)
}

// step does the first thing that is due of a call, and nothing else.
func step(s *stage, name string) error { return runtime.RunDue(s.Engine, s.machine(name).Key) }
