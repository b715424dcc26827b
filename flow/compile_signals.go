package flow

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/ast"
	"github.com/bxmlflow/bxmlflow/flow/event"
)

// internalFields are the fields of the events that the runtime raises.
var internalFields = map[string]names{
	EventError: {
		"event.reason":  name(String, RootInternal, int(ErrorReason)),
		"event.message": name(String, RootInternal, int(ErrorMessage)),
		"event.source":  name(String, RootInternal, int(ErrorSource)),
	},
	EventUpdateFailed: {
		"event.reason":  name(String, RootInternal, int(ErrorReason)),
		"event.message": name(String, RootInternal, int(ErrorMessage)),
	},
	EventBridged:      sender(nil),
	EventBridgeFailed: sender(names{"event.cause": name(String, RootInternal, int(FieldCause))}),
	EventLegEnded: sender(names{
		"event.cause":    name(String, RootInternal, int(FieldCause)),
		"event.answered": name(Bool, RootInternal, int(FieldAnswered)),
		"event.bridged":  name(Bool, RootInternal, int(FieldBridged)),
	}),
	EventParentEnded: {"event.cause": name(String, RootInternal, int(FieldCause))},
	EventJoined: {
		"event.conferenceId": name(String, RootInternal, int(FieldConference)),
		"event.name":         name(String, RootInternal, int(FieldConferenceName)),
		"event.with":         name(Map, RootInternal, int(FieldWith)),
	},
	EventLeft: {
		"event.conferenceId": name(String, RootInternal, int(FieldConference)),
		"event.name":         name(String, RootInternal, int(FieldConferenceName)),
	},
}

// sender adds the fields that tell which machine an event is about.
func sender(n names) names {
	if n == nil {
		n = names{}
	}
	n["event.leg"] = name(String, RootInternal, int(FieldLeg))
	n["event.callId"] = name(String, RootInternal, int(FieldCallID))
	return n
}

// internalNames are the events between machines, as handlers name them.
var internalNames = []string{
	EventBridged, EventBridgeFailed, EventLegEnded, EventParentEnded, EventJoined, EventLeft, EventUpdateFailed,
}

func isInternal(name string) bool { return slices.Contains(internalNames, name) }

// taken are words that mean something else under `on` or in a transition's name.
var reservedEvents = []string{
	EventError, EventDone, EventInvoke, EventAny, EventGoto, EventAfter, eventAlways, eventStart, eventOnError,
}

// declareSignals declares the events that machines send each other.
func (c *compiler) declareSignals() {
	if len(c.file.Signals) == 0 {
		return
	}
	c.flow.Signals = map[string]*Signal{}
	for _, s := range c.file.Signals {
		c.checkName(s.Name, "signal", identifier)
		if n := s.Name.Value; event.Lookup(n) != nil || isInternal(n) || slices.Contains(reservedEvents, n) {
			c.errorf(ruleDuplicate, s.Name.Span, "%q is an event already", n).WithHelp("give the signal another name")
			continue
		}
		signal := &Signal{Name: s.Name.Value, First: len(c.flow.SignalFields), Count: len(s.With)}
		for _, d := range s.With {
			c.checkName(d.Name, "field", identifier)
			if d.Name.Value == "leg" || d.Name.Value == "callId" {
				c.errorf(ruleDuplicate, d.Name.Span, "every signal has a field %q already: it names the sender", d.Name.Value)
			}
			c.flow.SignalFields = append(c.flow.SignalFields, Return{d.Name.Value, c.typeOf(d.Type)})
		}
		c.flow.Signals[s.Name.Value] = signal
	}
}

// signalNames returns the fields of a signal.
func (c *compiler) signalNames(s *Signal) names {
	n := sender(nil)
	for i := s.First; i < s.First+s.Count; i++ {
		f := c.flow.SignalFields[i]
		n["event."+f.Name] = name(f.Type, RootSignal, i)
	}
	return n
}

// checkSignals reports signals that nobody handles.
func (c *compiler) checkSignals() {
	for _, s := range c.file.Signals {
		if c.flow.Signals[s.Name.Value] != nil && !handlesAnywhere(c.file, s.Name.Value) {
			c.warnf(ruleUnused, s.Name.Span, "nobody handles the signal %q", s.Name.Value)
		}
	}
}

// outbound compiles the defaults of calls that are started from outside. They read params only.
func (c *compiler) outbound() {
	v := c.file.Outbound
	if v == nil {
		return
	}
	scope := c.paramScope()
	o := &c.flow.Outbound
	for _, p := range v.Pairs {
		switch p.Key.Value {
		case "from":
			o.From = c.callText(p, scope)
		case "tag":
			o.Tag = c.callText(p, scope)
		case "callTimeout":
			o.CallTimeout = c.callTimeout(p, scope)
		case "machineDetection":
			o.Detection = c.detection(p.Value, scope)
		}
	}
}

// fieldOf finds a declared field of a signal.
func (c *compiler) fieldOf(s *Signal, field string) (Return, bool) {
	list := c.flow.SignalFields[s.First : s.First+s.Count]
	i := slices.IndexFunc(list, func(r Return) bool { return r.Name == field })
	if i < 0 {
		return Return{}, false
	}
	return list[i], true
}

// pair finds the pair of a key in a map.
func pair(v *ast.Value, key string) (ast.Pair, bool) {
	i := slices.IndexFunc(v.Pairs, func(p ast.Pair) bool { return p.Key.Value == key })
	if i < 0 {
		return ast.Pair{}, false
	}
	return v.Pairs[i], true
}
