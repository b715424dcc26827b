package runtime

import (
	"context"
	"net/http"

	"github.com/bxmlflow/bxmlflow/flow"
)

// Kit is what a program plugs into the runtime. The zero Kit plugs in nothing. All of it may be called concurrently.
type Kit struct {
	// Actions are the actions that flows declare under `uses.actions`, by name.
	Actions map[string]Action
	// Functions are the pure functions that flows declare under `uses.functions`. They are compiled into flows: hand them
	// to flow.Options when loading.
	Functions map[string]flow.Function
	// Observers see the trace of every step after it was saved, those of a call in order. They run before the answer is
	// sent, so one that has much to do must do it elsewhere.
	Observers []Observer
	// Middleware wraps the webhook handler, the first one outermost.
	Middleware []func(http.Handler) http.Handler
}

// Action is a Go action of a flow. A look-up runs before the answer and must return before ctx is done; an effect runs after
// the answer, at least once: it may be repeated with the same Key. The result is a map with the names that the flow declares
// under `returns`, or nil; one that lacks a declared value, or has it with another type, counts as an error, as a panic does.
type Action func(ctx context.Context, call ActionCall) (map[string]any, error)

// ActionCall is what an action is given. Nothing in it is shared with the runtime.
type ActionCall struct {
	Flow   string
	CallID string         // of the call on which the flow runs
	From   string         // as in the webhook: E.164, a SIP URI, or a word such as Anonymous
	To     string         // the same
	Key    string         // identifies this execution: equal for every attempt, different for every other
	With   map[string]any // the arguments of the flow, with the types that it declares
}

// Observer sees every step. The trace must not be changed; it may be kept.
type Observer func(*Trace)
