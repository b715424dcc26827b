package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/flowtest"
)

func TestFlow(t *testing.T) {
	result := flowtest.Options{Functions: functions}.Run(t, "support_test.yaml")
	if result.Percent() < 100 {
		t.Errorf("no test takes these transitions: %v", result.Coverage[0].Missing)
	}
}

// The server as it runs, called as the carrier calls it.
func TestACallThroughTheServer(t *testing.T) {
	s := newShop()
	kit, tickets := s.kit(), make(chan string, 1)
	kit.Actions["openTicket"] = func(ctx context.Context, call runtime.ActionCall) (map[string]any, error) {
		result, err := s.openTicket(ctx, call)
		tickets <- s.tickets[call.Key]
		return result, err
	}
	engine, err := newEngine(kit)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(routes(s, engine))
	defer server.Close()

	c := &carrier{t: t, address: server.URL + "/flows/support", from: "+15551113333"}
	c.send("initiate", nil)
	if got := c.document.Spoken(); !strings.HasPrefix(got, "Please tell us") {
		t.Errorf("a new customer hears %q", got)
	}
	c.send("recordComplete", map[string]any{"recordingId": "r-1"})
	if got := c.document.Spoken(); got != "Thank you. We will call you back." {
		t.Errorf("after the message the customer hears %q", got)
	}
	c.send("disconnect", map[string]any{"cause": "hangup"})

	if got := <-tickets; got != "+15551113333 left r-1" { // an effect runs after the answer
		t.Errorf("the ticket is %q", got)
	}
	if err := engine.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := get(t, server.URL+"/outcomes"); got != `{"thanks": 1}` {
		t.Errorf("the outcomes are %s", got)
	}
	if got := get(t, server.URL+"/"); got != "The shop is open.\n" {
		t.Errorf("the page of the shop is %q", got)
	}
}

// carrier plays Bandwidth's part of one call.
type carrier struct {
	t        *testing.T
	address  string // of the flow
	from     string
	document *bxml.Document // the last one
}

// send sends a webhook to the URL that the last document gives for it, and keeps the document that comes back.
func (c *carrier) send(name string, fields map[string]any) {
	c.t.Helper()
	all := map[string]any{"callId": "c-1", "from": c.from, "to": "+15552220000", "direction": "inbound"}
	for field, value := range fields {
		all[field] = value
	}
	e, err := event.New(name, all)
	if err != nil {
		c.t.Fatal(err)
	}
	response, err := http.Post(c.link(name), "application/json", bytes.NewReader(e.AppendJSON(nil)))
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	switch {
	case err != nil:
		c.t.Fatal(err)
	case response.StatusCode == http.StatusNoContent:
		return
	case response.StatusCode != http.StatusOK:
		c.t.Fatalf("%s is answered with %s: %s", name, response.Status, body)
	}
	if c.document, err = bxml.Decode(body); err != nil {
		c.t.Fatal(err)
	}
}

// link resolves the URL that the last document gives for an event against the address of the flow, which it is without one.
func (c *carrier) link(name string) string {
	base, err := url.Parse(c.address)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.document == nil {
		return c.address
	}
	link, _ := c.document.URL(name) // "" is the address of the flow itself
	target, err := base.Parse(link)
	if err != nil {
		c.t.Fatal(err)
	}
	return target.String()
}

func get(t *testing.T, address string) string {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
