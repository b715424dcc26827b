package flowtest

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// caller is what all events of a test's call have in common. What the first event says counts for the rest.
type caller struct {
	fields map[string]any
}

// The call of a test that says nothing else.
const (
	defaultFrom        = "+15551110000"
	defaultTo          = "+15552220000"
	defaultCall        = "c-00000000-00000000-0000-4000-8000-000000000001"
	defaultLeg         = "c-00000000-00000000-0000-4000-8000-000000000002"
	defaultAccount     = "9900000"
	defaultApplication = "00000000-0000-4000-8000-00000000000a"
	defaultRecording   = "r-00000000-00000000-0000-4000-8000-000000000003"
	defaultAddress     = "https://voice.bandwidth.com/api/v2/accounts/" + defaultAccount
)

// commonFields are the fields of a call that stay as its first event has them.
var commonFields = []string{"accountId", "applicationId", "from", "to", "direction", "callId", "callUrl", "startTime"}

func newCaller(first *eventStep, now time.Time) *caller {
	fields := map[string]any{"direction": "inbound"}
	if first.typ.Name != "initiate" {
		fields["direction"] = "outbound"
	}
	for _, name := range commonFields {
		if v, ok := first.fields[name]; ok {
			fields[name] = v
		}
	}
	return callerOf(fields, now)
}

// callerOf returns a caller with these fields, and the usual ones of a call.
func callerOf(fields map[string]any, now time.Time) *caller {
	c := &caller{fields: map[string]any{
		"accountId": defaultAccount, "applicationId": defaultApplication, "from": defaultFrom, "to": defaultTo,
		"callId": defaultCall, "startTime": now,
	}}
	maps.Copy(c.fields, fields)
	if _, ok := c.fields["callUrl"]; !ok {
		c.fields["callUrl"] = fmt.Sprintf("%s/calls/%v", defaultAddress, c.fields["callId"])
	}
	c.fields["answerTime"] = c.fields["startTime"]
	return c
}

// make returns the webhook of a step: the author's fields, and a value for every other one that Bandwidth always sends.
// Optional fields stay absent, but the tag of the first event is the call's.
func (c *caller) make(s *eventStep, now time.Time) (*event.Event, error) {
	all := map[string]any{"eventTime": now}
	for i := range s.typ.Fields {
		f := &s.typ.Fields[i]
		_, given := s.fields[f.Name]
		if given || f.Name == "eventType" || f.Name == "eventTime" || !c.wanted(f, s) {
			continue
		}
		all[f.Name] = c.filled(f, s.typ, now)
	}
	for name, v := range s.fields {
		if v != nil {
			all[name] = v
		}
	}
	for name := range all { // an object is written by its members
		if m, ok := all[name].(map[string]any); ok && len(m) == 0 && hasBelow(all, name) {
			delete(all, name)
		}
	}
	if t, ok := s.fields["tag"]; ok {
		c.fields["tag"] = t
	} else if t := c.fields["tag"]; t != nil && s.typ.Field("tag") != nil {
		all["tag"] = t
	}
	return event.New(s.typ.Name, all)
}

// wanted reports whether a field is always sent. One inside an object that may be absent is, when the object is there.
func (c *caller) wanted(f *event.Field, s *eventStep) bool {
	if f.Optional {
		return false
	}
	outer, _, nested := strings.Cut(f.Name, ".")
	if !nested {
		return true
	}
	if v, given := s.fields[outer]; given {
		return v != nil
	}
	o := s.typ.Field(outer)
	return o != nil && !o.Optional
}

func hasBelow(fields map[string]any, name string) bool {
	for other := range fields {
		if strings.HasPrefix(other, name+".") {
			return true
		}
	}
	return false
}

// usual are values of fields that are no matter of the call, by the last part of their name.
var usual = map[string]any{
	"recordingId": defaultRecording, "mediaUrl": defaultAddress + "/recordings/" + defaultRecording + "/media",
	"channels": 1, "fileFormat": "wav", "cause": "hangup", "status": "complete", "digit": "1", "value": "human",
	"transferCallerId": defaultTo, "transferTo": "+15553330000", "parentCallId": defaultCall, "id": "t-1", "name": "t-1",
	"destination": "wss://example.com/stream", "errorMessage": "an error", "origTo": "+15554440000",
	"url": defaultAddress + "/recordings/" + defaultRecording + "/transcription",
}

// filled returns the value of a field that the author left out.
func (c *caller) filled(f *event.Field, t *event.Type, now time.Time) any {
	if t.Key == event.FieldParentCallID { // about a leg of the call
		switch f.Name {
		case "callId":
			return defaultLeg
		case "parentCallId":
			return c.fields["callId"]
		}
	}
	// of recordings the startTime is their own
	own := strings.HasPrefix(t.Name, "record") || strings.HasPrefix(t.Name, "transcription")
	if v, ok := c.fields[f.Name]; ok && legal(f, v) && !(own && f.Name == "startTime") {
		return v
	}
	last := f.Name[strings.LastIndexByte(f.Name, '.')+1:]
	if v, ok := usual[last]; ok && legal(f, v) {
		return v
	}
	switch f.Kind {
	case event.Timestamp:
		return now
	case event.Duration:
		return 5 * time.Second
	case event.Int:
		return 1
	case event.Bool:
		return false
	case event.URL:
		return "https://example.com/" + last
	case event.CallID:
		return c.fields["callId"]
	case event.List:
		return f.Values
	case event.Map:
		return map[string]any{}
	}
	if len(f.Values) > 0 {
		return f.Values[0]
	}
	return last
}

// legal reports whether a value is one of those documented for the field.
func legal(f *event.Field, v any) bool {
	if len(f.Values) == 0 {
		return true
	}
	for _, known := range f.Values {
		if known == fmt.Sprint(v) {
			return true
		}
	}
	return false
}
