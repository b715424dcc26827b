package simulator

import (
	"encoding/json"
	"reflect"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// fill sets those fields of an event that say which call it concerns, where the event has them and they are empty.
func (l *leg) fill(name string, w event.Webhook) {
	set := fieldsOf(w)
	set.text("EventType", name)
	set.text("EventTime", string(event.TimeOf(l.c.now())))
	set.text("AccountID", l.c.cfg.Account)
	set.text("ApplicationID", l.app)
	set.text("From", l.from)
	set.text("To", l.to)
	set.text("Direction", l.direction)
	set.text("CallID", l.id)
	set.text("CallURL", l.c.callURL(l.id))
	set.text("Tag", l.tag)
	started := l.started
	if started.IsZero() {
		started = l.endedAt // a call that never left the queue; the page of disconnect lists startTime always
	}
	set.text("StartTime", string(event.TimeOf(started)))
	if !l.enqueued.IsZero() {
		set.text("EnqueuedTime", string(event.TimeOf(l.enqueued)))
	}
	if !l.answeredAt.IsZero() {
		set.text("AnswerTime", string(event.TimeOf(l.answeredAt)))
	}
	if l.parent != "" {
		set.text("ParentCallID", l.parent)
		set.text("TransferCallerID", l.transferCallerID)
		set.text("TransferTo", l.transferTo)
	}
}

// trim empties the fields that no page lists.
func trim(w event.Webhook) {
	set := fieldsOf(w)
	set.clear("SIPCallID", "SIPHeaders", "SIPResponseCode")
	if _, ok := w.(*event.TransferDisconnect); ok {
		set.clear("AccountID", "ApplicationID")
	}
}

// setter sets fields of a struct by name.
type setter struct{ v reflect.Value }

func fieldsOf(w event.Webhook) setter { return setter{reflect.ValueOf(w).Elem()} }

func (s setter) text(field, value string) {
	if f := s.v.FieldByName(field); f.IsValid() && f.Kind() == reflect.String && f.Len() == 0 {
		f.SetString(value)
	}
}

func (s setter) clear(fields ...string) {
	for _, field := range fields {
		if f := s.v.FieldByName(field); f.IsValid() {
			f.SetZero()
		}
	}
}

// encode writes an event. It cannot fail: what stands in Extra is ours.
func encode(w event.Webhook) []byte {
	b, err := event.Encode(w)
	if err != nil {
		return []byte("{}")
	}
	return b
}

// empty are members that are sent although they are empty.
func empty(names ...string) event.Extra {
	extra := event.Extra{}
	for _, name := range names {
		extra[name] = json.RawMessage(`""`)
	}
	return extra
}

func (c *Carrier) accountURL() string { return c.cfg.URL + "/accounts/" + c.cfg.Account }

func (c *Carrier) callURL(id string) string { return c.accountURL() + "/calls/" + id }
