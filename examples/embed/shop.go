package main

import (
	"context"
	"errors"
	"expvar"
	"fmt"
	"log/slog"
	"sync"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// customer is what the shop knows of a caller.
type customer struct {
	name   string
	orders int
}

// shop stands for the program that the flow lives in. Everything that a kit brings is called concurrently.
type shop struct {
	customers map[string]customer // by phone number
	outcomes  expvar.Map          // calls by the state in which they ended

	mu      sync.Mutex
	tickets map[string]string // by key: an effect may be repeated, a ticket must not be
}

func newShop() *shop {
	return &shop{
		customers: map[string]customer{"+15551112222": {"Ann", 12}, "+15551113333": {"Bob", 1}},
		tickets:   map[string]string{},
	}
}

// kit is what the shop plugs into the runtime.
func (s *shop) kit() runtime.Kit {
	return runtime.Kit{
		Actions:   map[string]runtime.Action{"lookupCustomer": s.lookupCustomer, "openTicket": s.openTicket},
		Functions: functions,
		Observers: []runtime.Observer{s.count},
	}
}

// functions are the pure functions of the flows.
var functions = map[string]flow.Function{"tier": {Call: tier}}

// tier ranks a customer. The flow declares `params: [int], returns: string`, so that is what comes and goes.
func tier(args ...any) (any, error) {
	if args[0].(int) >= 10 {
		return "gold", nil
	}
	return "basic", nil
}

// lookupCustomer is a look-up: the caller waits for it. One that asks a server hands ctx on, which ends when the flow's
// timeout is over.
func (s *shop) lookupCustomer(_ context.Context, call runtime.ActionCall) (map[string]any, error) {
	phone, ok := call.With["phone"].(string)
	if !ok {
		return nil, errors.New("no phone number")
	}
	c := s.customers[phone]
	return map[string]any{"name": c.name, "orders": c.orders}, nil
}

// openTicket is an effect: it runs after the answer, at least once. The key tells a repetition.
func (s *shop) openTicket(_ context.Context, call runtime.ActionCall) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tickets[call.Key] = fmt.Sprintf("%s left %s", call.With["customer"], call.With["recording"])
	slog.Info("ticket opened", "call", call.CallID, "tickets", len(s.tickets))
	return nil, nil
}

// count is an observer: it sees every step. A note marks events that did not take their usual way, such as repetitions.
func (s *shop) count(t *runtime.Trace) {
	if t.Event == "disconnect" && t.Note == "" {
		s.outcomes.Add(t.To, 1)
	}
}
