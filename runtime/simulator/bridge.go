package simulator

import (
	"fmt"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// bridge is a Bridge: x is the verb of the bridging call, y what occupies the target.
type bridge struct{ x, y *execution }

func startBridge(x *execution) verb {
	id := strings.TrimSpace(x.element.Text)
	target := x.leg.c.legs[id]
	if cause, why := unbridgeable(x.leg, target); cause != "" {
		x.finish("bridgeComplete", &event.BridgeComplete{
			Cause: cause, ErrorMessage: fmt.Sprintf("Call %s %s", id, why), ErrorID: x.leg.c.ids.uuid(),
		})
		return nil
	}
	b := &bridge{x: x}
	target.answer()
	target.occupy("Bridge", func(y *execution) verb {
		b.y = y
		return bridged{b}
	})
	if !x.closed {
		join(x.leg, target)
	}
	return bridging{b}
}

// unbridgeable returns the cause of bridgeComplete and what is said about the target when it cannot be bridged. The page names an
// outbound call that is not answered, a Forward and a call that hung up; its example of a failure is a call that is bridged.
func unbridgeable(l, target *leg) (cause, why string) {
	switch {
	case target == nil:
		return causeRejected, "was not found"
	case target == l:
		return causeRejected, "cannot be bridged with itself"
	case target.ended():
		return causeRejected, "is no longer active"
	case target.forwarding():
		return causeRejected, "is being forwarded"
	case target.state != StateAnswered && target.direction == outbound:
		return causeRejected, "has not been answered"
	case target.peer != nil || target.atEnd != nil:
		return causeBusy, "is already bridged with another call"
	}
	return "", ""
}

func (l *leg) forwarding() bool {
	if l.running == nil {
		return false
	}
	_, is := l.running.verb.(*forward)
	return is
}

// bridging is the side of the call that executed Bridge.
type bridging struct{ *bridge }

// cancel lets the target go on: with bridgeTargetComplete, or else by hanging up.
func (v bridging) cancel(reason) {
	leave(v.x.leg, func() {
		if t := v.x.targets(v.x.element, "bridgeTargetComplete"); t.primary.url != nil {
			v.y.ask("bridgeTargetComplete", &event.BridgeTargetComplete{}, t)
		} else if !v.y.closed {
			v.y.leg.end(causeHangup, "")
		}
	})
}

// bridged is the side of the target.
type bridged struct{ *bridge }

// cancel lets the bridging call go on: with bridgeComplete, or else with the next verb.
func (v bridged) cancel(reason) {
	leave(v.y.leg, func() { v.x.finish("bridgeComplete", &event.BridgeComplete{}) })
}

// leave ends the bridge because of one side. What the other side does follows later at the same instant, after the events of the
// side that left; when that has left by then too, nothing follows.
func leave(l *leg, then func()) {
	part(l)
	l.c.after(0, then)
}
