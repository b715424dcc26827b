// Package replay shows how calls that took place become tests.
package replay

import (
	"bytes"
	"context"
	"flag"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/flowtest"
)

var update = flag.Bool("update", false, "record the calls again instead of replaying them")

// webhook is an event with the fields that matter.
type webhook struct {
	event  string
	fields map[string]any
}

// calls are what callers did. In production they come from a recorder in the kit of the engine, see the README.
var calls = map[string][]webhook{
	"second-try": {
		{"initiate", nil},
		{"gather", map[string]any{"digits": "0000"}},
		{"gather", map[string]any{"digits": "4711"}},
		{"disconnect", map[string]any{"cause": "hangup"}},
	},
	"silence": {
		{"initiate", nil},
		{"gather", map[string]any{"digits": ""}},
		{"gather", map[string]any{"digits": ""}},
		{"disconnect", map[string]any{"cause": "hangup"}},
	},
}

// This test is the first one, because the flow's own tests replay a recording too.
func TestCallsGoAsTheyWent(t *testing.T) {
	if *update {
		for name, webhooks := range calls {
			record(t, filepath.Join("testdata/calls", name+".jsonl"), webhooks)
		}
	}
	recordings, err := filepath.Glob("testdata/calls/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if len(recordings) == 0 {
		t.Fatal("there are no recordings: go test -update writes them")
	}
	flowtest.Replay(t, "orders.yaml", recordings...)
}

func TestFlow(t *testing.T) {
	result := flowtest.Run(t, "orders_test.yaml")
	if result.Percent() < 100 {
		t.Errorf("no test takes these transitions: %v", result.Coverage[0].Missing)
	}
}

// record makes a call on a running engine and writes its steps to a file. Clock and key are fixed, so that the same call
// gives the same file.
func record(t *testing.T, path string, webhooks []webhook) {
	t.Helper()
	var steps bytes.Buffer
	recorder := flowtest.NewRecorder(&steps)
	set, problems, err := flow.Load(flow.Options{}, "orders.yaml")
	if err == nil {
		err = problems.Err()
	}
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC)
	engine, err := runtime.New(runtime.Config{
		Flows: set,
		Kit: runtime.Kit{
			Actions:   map[string]runtime.Action{"findOrder": findOrder},
			Observers: []runtime.Observer{recorder.Observe},
		},
		Clock:     func() time.Time { return now },
		TokenKeys: [][]byte{bytes.Repeat([]byte("k"), 32)},
	})
	if err != nil {
		t.Fatal(err)
	}
	token := ""
	for _, w := range webhooks {
		now = now.Add(5 * time.Second)
		token = send(t, engine, token, w, now)
	}
	if err := engine.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := recorder.Err(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, steps.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// send hands a webhook to the engine and returns the token for the next one.
func send(t *testing.T, engine *runtime.Engine, token string, w webhook, now time.Time) string {
	t.Helper()
	fields := map[string]any{
		"eventTime": now, "callId": "c-1", "from": "+15551112222", "to": "+15552220000", "direction": "inbound",
	}
	maps.Copy(fields, w.fields)
	e, err := event.New(w.event, fields)
	if err != nil {
		t.Fatal(err)
	}
	if w.event == "disconnect" {
		token = "" // comes to the address of the application, which has none
	}
	reply := engine.Handle(t.Context(), runtime.Delivery{Flow: "orders", Token: token, Trusted: true, Event: e})
	if len(reply.Document) == 0 {
		return ""
	}
	document, err := bxml.Decode(reply.Document)
	if err != nil {
		t.Fatal(err)
	}
	link, _ := document.URL("gather") // "" of a document that asks for none
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return u.Query().Get("t")
}

// findOrder stands for the shop. A replay does not call it: what it said is part of the recording.
func findOrder(_ context.Context, call runtime.ActionCall) (map[string]any, error) {
	if call.With["number"] == "4711" {
		return map[string]any{"found": true, "status": "delivered"}, nil
	}
	return map[string]any{"found": false, "status": ""}, nil
}
