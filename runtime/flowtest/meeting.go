package flowtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
)

// conference addresses an event of a conference. The leg beside it is the creator, or the member whom the event is about; the
// conference is that of the leg's document.
func (w *events) conference(d *delivery, step *step) (from *leg, err error) {
	if len(w.legs) == 0 {
		return nil, errors.New("there is no call yet")
	}
	l, err := w.find(step.leg)
	if err != nil {
		return nil, err
	}
	if l.caller.conference() { // the leg beside it is the conference
		d.leg = l
		return l.parent, nil
	}
	name := roomOf(l)
	if d.typ.Field("callId") != nil {
		d.fields["callId"], d.fields["from"], d.fields["to"] = l.id, l.caller.fields["from"], l.caller.fields["to"]
		for _, field := range []string{"from", "to"} {
			if d.typ.Field(field) == nil {
				delete(d.fields, field)
			}
		}
	}
	if room := w.room(name); room != nil {
		d.leg = room
		return room.parent, nil
	}
	if d.typ.Name != "conferenceCreated" || name == "" {
		return nil, fmt.Errorf("%s cannot come: there is no conference%s", d.typ.Name, w.whyNoConference(l, name))
	}
	room := &leg{as: name, parent: l, id: "conf-" + name, caller: &caller{fields: map[string]any{
		"accountId": defaultAccount, "conferenceId": "conf-" + name, "name": name,
	}}}
	if id, given := step.event.fields["conferenceId"]; given {
		room.id = fmt.Sprint(id)
		room.caller.fields["conferenceId"] = id
	}
	d.leg = room
	w.legs = append(w.legs, room)
	return l, nil
}

// conference reports whether these are the fields of a conference.
func (c *caller) conference() bool { return c != nil && c.fields["conferenceId"] != nil }

func (w *events) whyNoConference(l *leg, name string) string {
	if name == "" {
		return ", and no document of this leg has a Conference verb"
	}
	return fmt.Sprintf(" %q yet: it begins with conferenceCreated", name)
}

// roomOf returns the name of the conference that the documents of a leg lead to, "" for none.
func roomOf(l *leg) string {
	for _, doc := range slices.Backward(l.docs) {
		for _, e := range doc.Verbs {
			if e.Name == "Conference" {
				return strings.TrimSpace(e.Text)
			}
		}
	}
	return ""
}

// room returns the conference of a name, nil when there is none.
func (w *events) room(name string) *leg {
	for _, l := range slices.Backward(w.legs) {
		if l.caller.conference() && l.as == name {
			return l
		}
	}
	return nil
}

// impossible says why an event cannot come, and which ones can.
func (w *events) impossible(d *delivery, from *leg) error {
	name, l := d.typ.Name, d.leg
	verb, attribute := raiser(name)
	switch phase := w.machine(l).Phase; {
	case phase == runtime.Ended:
		return fmt.Errorf("%s cannot come: the call has ended%s", name, expectHelp)
	case name == "answer":
		return fmt.Errorf("%s cannot come: the call has been answered%s", name, expectHelp)
	case phase == runtime.Dialing && !w.machine(l).New():
		return fmt.Errorf("%s cannot come: this leg is dialing, so that only answer and disconnect can%s", name, expectHelp)
	case verb == "":
		return fmt.Errorf("%s cannot come to a running call%s", name, expectHelp)
	case !d.typ.Sync || d.typ.Machine == event.MachineConference:
		return fmt.Errorf("%s cannot come: no document so far has a %s with %s, which is set when the flow handles the event%s",
			name, verb, attribute, expectHelp)
	}
	return fmt.Errorf("%s cannot come: the current document has no %s with %s\nit is %s%s%s",
		name, verb, attribute, verbList(from.doc()), raised(from.doc()), expectHelp)
}

// raised says which events a document can raise.
func raised(d *bxml.Document) string {
	var names []string
	for _, t := range event.Types() {
		if d == nil {
			break
		}
		if _, ok := d.URL(t.Name); ok {
			names = append(names, t.Name)
		}
	}
	if len(names) == 0 {
		return ", which raises no event"
	}
	return ", which can raise " + strings.Join(names, ", ")
}

// raiser returns a verb that raises an event and its URL attribute.
func raiser(name string) (verb, attribute string) {
	for _, v := range bxml.Verbs() {
		if a := v.URL(name); a != nil {
			return v.Name, a.Name
		}
	}
	return "", ""
}
