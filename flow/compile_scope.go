package flow

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/flow/internal/expression"
)

// names are the dotted names of a scope.
type names = map[string]expression.Name

// scope returns what expressions may read when one of the events of set is at hand on a machine of the kinds.
func (c *compiler) scope(set triggers, of kinds) *expression.Scope {
	key := fmt.Sprint(of, strings.Join(slices.Sorted(maps.Keys(set)), " "))
	if s := c.scopes[key]; s != nil {
		return s
	}
	scope := &expression.Scope{Names: c.eventNames(set), Functions: c.functions}
	c.baseNames(scope.Names)
	c.machineNames(scope.Names, of)
	scope.Unknown = func(name string) (string, string) { return c.unknownName(name, set, of, scope.Names) }
	c.scopes[key] = scope
	return scope
}

func (c *compiler) baseNames(n names) {
	for i, v := range c.flow.Vars {
		n["vars."+v.Name] = name(v.Type, RootVar, i)
	}
	c.resultNames(n)
	for i, p := range c.flow.Params {
		n["params."+p.Name] = name(p.Type, RootParam, i)
	}
	n["state"] = name(String, RootState, 0)
	n["visits"] = name(Int, RootVisits, 0)
	n["now"] = name(Time, RootNow, 0)
}

// machineNames adds what is known of the machine: of a call under `call`, of a conference under `conference`.
func (c *compiler) machineNames(n names, of kinds) {
	if of&kindConference == 0 {
		for f := range callFields {
			n["call."+f.String()] = name(String, RootCall, int(f))
		}
		for leg, called := range c.flow.Legs {
			for f := range legFields {
				n["call.legs."+called+"."+f.String()] = expression.Name{Type: legTypes[f], Slot: int(SlotOfLeg(leg, f))}
			}
		}
	}
	if of == kindConference {
		for f := range conferenceFields {
			n["conference."+f.String()] = name(conferenceTypes[f], RootConference, int(f))
		}
	}
}

var (
	legTypes        = [legFields]Type{LegID: String, LegTo: String, LegAnswered: Bool, LegEnded: Bool, LegCause: String}
	conferenceTypes = [conferenceFields]Type{ConferenceID: String, ConferenceName: String, ConferenceCreator: String, ConferenceMembers: List}
)

func name(t Type, root Root, index int) expression.Name {
	return expression.Name{Type: t, Slot: int(SlotOf(root, index))}
}

// eventNames returns the event fields that all events of set have.
func (c *compiler) eventNames(set triggers) names {
	var common names
	for _, e := range slices.Sorted(maps.Keys(set)) {
		fields := c.fields(e)
		if common == nil {
			common = maps.Clone(fields)
			continue
		}
		maps.DeleteFunc(common, func(k string, v expression.Name) bool { return fields[k] != v })
	}
	if common == nil {
		common = names{}
	}
	return common
}

// fields returns the names that one event brings.
func (c *compiler) fields(trigger string) names {
	switch {
	case internalFields[trigger] != nil:
		return internalFields[trigger]
	case c.flow.Signals[trigger] != nil:
		return c.signalNames(c.flow.Signals[trigger])
	case trigger == EventAny:
		return carrierNames(event.Unknown())
	case strings.HasPrefix(trigger, donePrefix):
		n := names{}
		inner := c.linker.byName[strings.TrimPrefix(trigger, donePrefix)]
		for i, output := range inner.flow.Output {
			n["event.output."+output] = name(inner.outputType(output), RootOutput, i)
		}
		return n
	case event.Lookup(trigger) != nil:
		n := carrierNames(event.Lookup(trigger))
		if trigger == "conferenceMemberJoin" {
			n["event.with"] = name(Map, RootInternal, int(FieldWith))
		}
		return n
	}
	return names{}
}

var kindTypes = map[event.Kind]Type{
	event.Bool: Bool, event.Int: Int, event.Duration: Duration, event.List: List, event.Map: Map,
}

func carrierNames(t *event.Type) names {
	n := names{"event.raw": name(Map, RootRaw, 0)}
	for i := range t.Fields {
		f := &t.Fields[i]
		n["event."+f.Name] = name(kindTypes[f.Kind], RootEvent, int(f.ID))
	}
	return n
}

// unknownName explains a name that is not in scope.
func (c *compiler) unknownName(full string, set triggers, of kinds, scope names) (message, help string) {
	root, rest, _ := strings.Cut(full, ".")
	switch root {
	case "event":
		return c.unknownField(rest, set, scope)
	case "vars":
		if message, help := c.unknownResult(rest); message != "" {
			return message, help
		}
		message = "there is no vars." + rest
	case "call", "conference":
		return c.unknownMachine(root, rest, of, scope)
	case "params", "args":
		message = fmt.Sprintf("there is no %s.%s", root, rest)
	default:
		return "", ""
	}
	known := below(scope, root)
	if near, ok := diag.Nearest(rest, known); ok {
		return message, fmt.Sprintf("did you mean %s.%s?", root, near)
	}
	switch {
	case root == "vars":
		help = fmt.Sprintf("declare it: `vars: {%s: ...}`", rest)
	case root == "params":
		help = fmt.Sprintf("declare it: `params: {%s: ...}`", rest)
	case root == "args":
		help = "args are what a fragment declares under `with`"
	case len(known) > 0:
		help = "there are " + strings.Join(known, ", ")
	}
	return message, help
}

// unknownMachine explains a name under `call` or `conference`.
func (c *compiler) unknownMachine(root, rest string, of kinds, scope names) (message, help string) {
	known := slices.DeleteFunc(below(scope, root), func(n string) bool { return strings.Contains(n, ".") })
	leg, legs := strings.CutPrefix(rest, "legs.")
	leg, field, _ := strings.Cut(leg, ".")
	switch {
	case len(known) == 0 && root == "call" && of == kindConference:
		return "a conference has no " + root, "there are conference.id, .name, .creator and .members; event.callId is the call that an event is about"
	case len(known) == 0 && root == "conference" && of&kindConference == 0:
		return "a call has no " + root, "the conference that the call is in is event.conferenceId of `joined`"
	case len(known) == 0:
		return root + " does not exist here: calls and conferences both come here", "handle the event in states of the one and of the other"
	case legs || rest == "legs":
		return c.unknownLeg(leg, field)
	}
	if near, ok := diag.Nearest(rest, known); ok {
		return fmt.Sprintf("there is no %s.%s", root, rest), fmt.Sprintf("did you mean %s.%s?", root, near)
	}
	return fmt.Sprintf("there is no %s.%s", root, rest), "there are " + strings.Join(known, ", ")
}

// unknownLeg explains a name under `call.legs`.
func (c *compiler) unknownLeg(leg, field string) (message, help string) {
	near, ok := diag.Nearest(leg, c.flow.Legs)
	switch {
	case len(c.flow.Legs) == 0:
		return "this flow makes no legs", "createCall makes one"
	case slices.Contains(c.flow.Legs, leg):
		near, ok := diag.Nearest(field, legNames[:])
		if ok {
			return fmt.Sprintf("call.legs.%s has no %q", leg, field), fmt.Sprintf("did you mean call.legs.%s.%s?", leg, near)
		}
		return fmt.Sprintf("call.legs.%s has no %q", leg, field), "it has " + strings.Join(legNames[:], ", ")
	case ok:
		return fmt.Sprintf("no createCall makes a leg %q", leg), fmt.Sprintf("did you mean call.legs.%s?", near)
	}
	return fmt.Sprintf("no createCall makes a leg %q", leg), "there are " + strings.Join(c.flow.Legs, ", ")
}

// unknownField explains a field that the event at hand does not have, or that not all events have which lead here.
func (c *compiler) unknownField(field string, set triggers, scope names) (message, help string) {
	events := slices.Sorted(maps.Keys(set))
	known := below(scope, "event")
	if len(events) == 0 {
		return "there is no event here", "exit actions and outputs read vars, params and call"
	}
	var lacking []string
	for _, e := range events {
		if _, ok := c.fields(e)["event."+field]; !ok {
			lacking = append(lacking, strings.TrimPrefix(e, donePrefix))
		}
	}
	if len(lacking) > 0 && len(lacking) < len(events) {
		return fmt.Sprintf("event.%s does not exist when %s leads here", field, strings.Join(lacking, " or ")),
			"set a variable in the handlers that have the field, and read that"
	}
	if len(lacking) == 0 {
		return fmt.Sprintf("event.%s is not the same in every event that leads here", field),
			"set a variable in the handlers, and read that"
	}
	verb := "has"
	if len(lacking) > 1 {
		verb = "have"
	}
	message = fmt.Sprintf("%s %s no field %q", strings.Join(lacking, " and "), verb, field)
	if near, ok := diag.Nearest(field, known); ok {
		return message, fmt.Sprintf("did you mean event.%s?", near)
	}
	if len(known) == 0 {
		return message, "it has no fields"
	}
	return message, "it has " + strings.Join(known, ", ")
}

// below returns the names of a root, without it, sorted.
func below(scope names, root string) []string {
	var list []string
	for n := range scope {
		if rest, ok := strings.CutPrefix(n, root+"."); ok {
			list = append(list, rest)
		}
	}
	slices.Sort(list)
	return list
}

// with returns the scope with more names.
func with(s *expression.Scope, more names) *expression.Scope {
	if len(more) == 0 {
		return s
	}
	inner := *s
	inner.Names = maps.Clone(s.Names)
	maps.Copy(inner.Names, more)
	args := below(more, "args")
	if len(args) == 0 {
		return &inner
	}
	inner.Unknown = func(name string) (message, help string) {
		rest, ok := strings.CutPrefix(name, "args.")
		if !ok {
			return s.Unknown(name)
		}
		message = fmt.Sprintf("there is no args.%s", rest)
		if near, ok := diag.Nearest(rest, args); ok {
			return message, fmt.Sprintf("did you mean args.%s?", near)
		}
		return message, "there are " + strings.Join(args, ", ")
	}
	return &inner
}

// without returns the scope without the names of a root.
func without(s *expression.Scope, root string) *expression.Scope {
	inner := *s
	inner.Names = maps.Clone(s.Names)
	maps.DeleteFunc(inner.Names, func(name string, _ expression.Name) bool { return strings.HasPrefix(name, root+".") })
	return &inner
}
