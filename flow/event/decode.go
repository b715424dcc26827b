package event

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Decode reads the body of a webhook into the struct of its event type, *UnknownEvent for types that are not in the table. It
// accepts and refuses what DecodeJSON does. The struct shares no memory with body.
func Decode(body []byte) (Webhook, error) {
	var e Event
	if err := e.DecodeJSON(body); err != nil {
		return nil, err
	}
	return e.Struct()
}

// Struct returns the event as the struct of its type: *BridgeComplete and so on, *UnknownEvent for types that are not in the
// table. The struct owns its memory. It fails only for an empty Event.
func (e *Event) Struct() (Webhook, error) {
	if len(e.nodes) == 0 {
		return nil, fmt.Errorf("event struct: %w", ErrEmpty)
	}
	w := newStruct(e.Type().Name)
	e.fill(0, w)
	return w, nil
}

// unmarshal reads any JSON object into w, whatever its event type. As encoding/json asks, null changes nothing.
func unmarshal(body []byte, w record) error {
	if string(body) == "null" {
		return nil
	}
	e := Event{body: body}
	if err := e.index(); err != nil {
		return err
	}
	e.fill(0, w)
	return nil
}

// fill sets the fields of r from object k.
func (e *Event) fill(k int, r record) {
	rd := reader{e: e, at: map[string]int{}, rest: Extra{}}
	for c := range e.children(k) {
		name := strings.Clone(e.nodeName(c))
		rd.at[name] = c
		rd.rest[name] = json.RawMessage(bytes.Clone(e.body[e.nodes[c].from:e.nodes[c].to]))
	}
	r.members(rd)
	if *r.extra() = rd.rest; len(rd.rest) == 0 {
		*r.extra() = nil
	}
}

// reader fills a record. Members that a field shows completely are taken out of rest.
type reader struct {
	e    *Event
	at   map[string]int
	rest Extra
}

// find returns the node of a member and its shape.
func (r reader) find(name string) (int, shape) {
	k, ok := r.at[name]
	if !ok {
		return 0, absent
	}
	return k, r.e.nodes[k].shape
}

func (r reader) text(name string, p *string) {
	*p = ""
	if k, s := r.find(name); s == quoted {
		if *p = strings.Clone(r.e.text(k)); *p != "" {
			delete(r.rest, name)
		}
	}
}

func (r reader) number(name string, p *int) {
	*p = 0
	if k, s := r.find(name); s == number || s == quoted {
		text := r.e.text(k)
		*p, _ = whole(text)
		if *p != 0 && s == number && text == strconv.Itoa(*p) {
			delete(r.rest, name)
		}
	}
}

func (r reader) truth(name string, p *bool) {
	k, s := r.find(name)
	*p = s == yes || s == quoted && r.e.text(k) == "true"
	if s == yes {
		delete(r.rest, name)
	}
}

func (r reader) list(name string, p *[]string) {
	*p = nil
	k, s := r.find(name)
	if s != array {
		return
	}
	var out []string
	for c := range r.e.children(k) {
		if r.e.nodes[c].shape != quoted {
			return
		}
		out = append(out, strings.Clone(r.e.text(c)))
	}
	if *p = out; len(out) > 0 {
		delete(r.rest, name)
	}
}

func (r reader) dict(name string, p *map[string]string) {
	*p = nil
	k, s := r.find(name)
	if s != object {
		return
	}
	out := map[string]string{}
	for c := range r.e.children(k) {
		if r.e.nodes[c].shape != quoted {
			return
		}
		out[strings.Clone(r.e.nodeName(c))] = strings.Clone(r.e.text(c))
	}
	if len(out) > 0 {
		*p = out
		delete(r.rest, name)
	}
}

func (r reader) object(name string, n nested) {
	if k, s := r.find(name); s == object {
		r.e.fill(k, n.make())
		delete(r.rest, name)
	}
}
