package flowtest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
)

// address finds out where an event goes: to whose machine, through which URL. The error says why it cannot come at all.
func (w *events) address(step *step) (*delivery, error) {
	d := &delivery{typ: step.event.typ, fields: map[string]any{}}
	from, err := w.bearer(d, step)
	if err != nil {
		return nil, err
	}
	link, ok := w.link(d, from)
	m := w.machine(d.leg)
	d.flow = or(flowOf(link), or(m.Flow, w.flow.Name))
	switch name := d.typ.Name; {
	case ok, step.unexpected && link != "":
		d.token = tokenOf(link)
	case name == "bridgeTargetComplete" && m.Phase != runtime.Ended:
		d.token = w.sign(&runtime.Claims{Machine: defaultLeg, Flow: d.flow, Turn: uint32(len(w.legs) + len(d.leg.docs)), Event: name})
	case step.unexpected && d.typ.Sync:
		d.token = w.sign(&runtime.Claims{Machine: m.Key, Flow: d.flow, Turn: m.Turn, Event: name})
	case !step.unexpected:
		return nil, w.impossible(d, from)
	}
	return d, nil
}

func (w *events) sign(c *runtime.Claims) string {
	k, err := token.New(testKey)
	if err != nil {
		return ""
	}
	return string(k.Append(nil, c))
}

// tokenOf returns the token in a URL.
func tokenOf(link string) string {
	_, query, _ := strings.Cut(link, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	return values.Get("t")
}

// flowOf returns the flow in the path of an absolute URL of a test.
func flowOf(link string) string {
	path, ok := strings.CutPrefix(link, publicURL+runtime.PathPrefix)
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(path, "?")
	return name
}

// filledIn reports whether an attribute is a URL of the runtime.
func filledIn(a bxml.Attr) bool {
	return strings.HasPrefix(a.Value, "?t=") || strings.HasPrefix(a.Value, publicURL+runtime.PathPrefix)
}

// bearer sets the leg whose machine takes an event, and returns the one whose document asked for it.
func (w *events) bearer(d *delivery, step *step) (from *leg, err error) {
	switch {
	case d.typ.Machine == event.MachineConference:
		return w.conference(d, step)
	case d.typ.Bearer == event.ChildLeg && len(w.legs) > 0:
		return w.child(d, step)
	case len(w.legs) == 0, d.typ.Starts && step.leg.value != "" && w.legNamed(step.leg.value) == nil:
		d.leg, err = w.newcomer(step)
	default:
		d.leg, err = w.find(step.leg)
	}
	if err == nil && d.leg.caller == nil && d.leg.key != "" {
		return nil, fmt.Errorf("%s cannot come: the carrier has not made this call", d.typ.Name)
	}
	if err == nil && d.leg.caller == nil {
		err = fmt.Errorf("%q is a conference, which gets no %s", step.leg.value, d.typ.Name)
	}
	return d.leg, err
}

// newcomer adds a call that somebody else makes.
func (w *events) newcomer(step *step) (*leg, error) {
	if typ := step.event.typ; len(w.flow.Start[typ.Name]) == 0 {
		return nil, fmt.Errorf("flow %q does not start with %s", w.flow.Name, typ.Name)
	}
	l := &leg{as: step.leg.value, caller: newCaller(step.event, w.clock)}
	if _, given := step.event.fields["callId"]; !given && l.as != "" {
		l.caller.fields["callId"] = w.callIDOf(l.as)
	}
	return l, w.add(l)
}

func (w *events) add(l *leg) error {
	l.id = fmt.Sprint(l.caller.fields["callId"])
	number := "from"
	if l.caller.fields["direction"] == "outbound" {
		number = "to"
	}
	l.number = fmt.Sprint(l.caller.fields[number])
	w.legs = append(w.legs, l)
	return nil
}

// child finds the leg that a Transfer dialled, or adds it. Its events go to the URLs of that Transfer.
func (w *events) child(d *delivery, step *step) (*leg, error) {
	if l := w.legNamed(step.leg.value); l != nil && step.leg.value != "" && l.parent != nil {
		return w.childKnown(d, l), nil
	}
	parent := w.asking(d.typ.Name, step.leg.value)
	if d.typ.Name == "transferDisconnect" {
		d.leg = parent
		if step.leg.value != "" && parent.as != step.leg.value {
			d.fields["callId"] = w.callIDOf(step.leg.value)
		}
		return parent, nil
	}
	l := &leg{as: step.leg.value, parent: parent, caller: newCaller(step.event, w.clock)}
	l.caller.fields["callId"], l.caller.fields["parentCallId"] = w.callIDOf(or(l.as, "transferred")), parent.id
	l.caller.fields["from"] = parent.caller.fields["from"]
	if to := transferTo(parent); to != "" && step.event.fields["to"] == nil {
		l.caller.fields["to"], l.caller.fields["transferTo"] = to, to
	}
	for _, name := range []string{"callId", "from", "to"} {
		if v, given := step.event.fields[name]; given {
			l.caller.fields[name] = v
		}
	}
	d.leg = l
	if _, ok := parent.lastURL(d.typ); !ok && !step.unexpected {
		return parent, nil // it cannot come, and there is no leg
	}
	return parent, w.add(l)
}

// childKnown addresses an event about a leg that a Transfer dialled and that answered.
func (w *events) childKnown(d *delivery, l *leg) *leg {
	d.leg = l
	if d.typ.Name == "transferDisconnect" {
		d.leg = l.parent
		d.fields["callId"], d.fields["from"], d.fields["to"] = l.id, l.caller.fields["from"], l.caller.fields["to"]
	}
	return l.parent
}

// transferTo returns the number that a document transfers to.
func transferTo(l *leg) string {
	if l.doc() == nil {
		return ""
	}
	for _, e := range l.doc().Verbs {
		if e.Name == "Transfer" && len(e.Children) > 0 {
			return strings.TrimSpace(e.Children[0].Text)
		}
	}
	return ""
}

// asking returns the leg of a name when there is one, else the first whose document asks for an event, else the first.
func (w *events) asking(name, as string) *leg {
	if l := w.legNamed(as); l != nil && as != "" && l.caller != nil {
		return l
	}
	for _, l := range w.legs {
		if l.doc() == nil {
			continue
		}
		if _, ok := l.doc().URL(name); ok {
			return l
		}
	}
	return w.legs[0]
}

// link returns the URL to which an event comes.
func (w *events) link(d *delivery, from *leg) (string, bool) {
	l, m := d.leg, w.machine(d.leg)
	switch name := d.typ.Name; {
	case name == "disconnect" && m.Phase == runtime.Ended: // a call ends once
		return l.urls[name], false
	case l.urls[name] != "": // it is that of createCall
		return l.urls[name], name != "answer" || m.Phase == runtime.Dialing
	case from == l && m.New(), name == "disconnect", name == "machineDetectionComplete" && l.caller.fields["direction"] == "outbound":
		return "", true
	case name == "bridgeTargetComplete":
		return w.bridging(l)
	case m.Phase == runtime.Ended && !d.typ.Late:
		return "", false
	}
	return from.lastURL(d.typ)
}

// lastURL returns the URL that the documents of a leg gave for an event: a synchronous one ends a verb of the current document,
// others may have been asked for by any so far.
func (l *leg) lastURL(t *event.Type) (string, bool) {
	for i, doc := range slices.Backward(l.docs) {
		if link, ok := doc.URL(t.Name); ok {
			return link, true
		}
		if t.Sync && t.Machine == event.MachineCall && i == len(l.docs)-1 {
			break
		}
	}
	return "", false
}

// bridging returns the URL for the target of a bridge that another leg gave when it bridged to this one.
func (w *events) bridging(l *leg) (string, bool) {
	for _, other := range slices.Backward(w.legs) {
		for _, doc := range slices.Backward(other.docs) {
			for _, e := range doc.Verbs {
				if e.Name == "Bridge" && strings.TrimSpace(e.Text) == l.id {
					return doc.URL("bridgeTargetComplete")
				}
			}
		}
	}
	return "", false
}
