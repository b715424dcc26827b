package flowtest

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// relate finds the other machines that an event is about.
func (r *replaying) relate(in *runtime.Input) {
	by := func(id string) *runtime.Machine {
		for _, c := range r.calls {
			if id != "" && !c.left && (c.machine.Key == id || c.machine.Call.ID == id) {
				return c.machine
			}
		}
		return nil
	}
	switch t := in.Event.Type(); {
	case t.Machine == event.MachineConference:
		in.Member = by(in.Event.CallID())
		fallthrough
	case t.Bearer == event.ChildLeg && t.Starts:
		if in.Parent = by(in.Event.Str(event.FieldParentCallID)); in.Parent == nil && in.Token != nil {
			in.Parent = by(in.Token.Machine)
		}
	}
}

// make makes the machines of the legs that a step dialled. Other effects are done; a document that was sent counts as waiting,
// since nothing tells when it went out.
func (r *replaying) make(c *call, rec *recording) {
	for i := range c.machine.Effects {
		d := c.machine.Effects[i].Request.Dial
		if d == nil || r.calls[d.Machine] != nil || r.set.Flow(d.Flow) == nil {
			continue
		}
		if m, err := r.stepper.NewLeg(c.machine, d, r.set.Flow(d.Flow), rec.Input.Now); err == nil {
			r.calls[d.Machine] = &call{decider: decider{stepper: r.stepper, machine: m}}
			r.made = append(r.made, d.Machine)
		}
	}
	c.machine.Effects = slices.DeleteFunc(c.machine.Effects, func(e runtime.Effect) bool { return e.Request.Operation != effectPush })
}
