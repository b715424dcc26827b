package feed

import (
	"encoding/json"
	"math"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// seconds is a length of time, in JSON a number of seconds.
type seconds time.Duration

// MarshalJSON is for json.Marshaler.
func (s seconds) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(s).Seconds()) }

// UnmarshalJSON is for json.Unmarshaler.
func (s *seconds) UnmarshalJSON(data []byte) error {
	var f float64
	err := json.Unmarshal(data, &f)
	*s = seconds(math.Round(f * float64(time.Second)))
	return err
}

// wire is an event as JSON.
type wire struct {
	Time      time.Time      `json:"time"`
	Kind      simulator.Kind `json:"kind"`
	Call      string         `json:"call,omitempty"`
	Other     string         `json:"other,omitempty"`
	From      string         `json:"from,omitempty"`
	To        string         `json:"to,omitempty"`
	Direction string         `json:"direction,omitempty"`
	Parent    string         `json:"parent,omitempty"`
	Text      string         `json:"text,omitempty"`
	Voice     string         `json:"voice,omitempty"`
	Duration  seconds        `json:"duration,omitempty"`
	Verb      string         `json:"verb,omitempty"`
	Type      string         `json:"type,omitempty"`
	URL       string         `json:"url,omitempty"`
	Method    string         `json:"method,omitempty"`
	Body      string         `json:"body,omitempty"`
	Status    int            `json:"status,omitempty"`
	Err       string         `json:"error,omitempty"`
	Fallback  bool           `json:"fallback,omitempty"`
	Cause     string         `json:"cause,omitempty"`
}

// Encode returns an event as one line of JSON without its end.
func Encode(e simulator.Event) ([]byte, error) { return json.Marshal(outward(e)) }

// EncodeAt is Encode with the name of the leg, as `leg`.
func EncodeAt(e simulator.Event, leg string) ([]byte, error) {
	return json.Marshal(struct {
		wire
		Leg string `json:"leg,omitempty"`
	}{outward(e), leg})
}

// Decode reads an event that Encode wrote.
func Decode(line []byte) (simulator.Event, error) {
	var w wire
	err := json.Unmarshal(line, &w)
	return w.event(), err
}

func outward(e simulator.Event) wire {
	return wire{
		e.Time, e.Kind, e.Call, e.Other, e.From, e.To, e.Direction, e.Parent, e.Text, e.Voice, seconds(e.Duration), e.Verb, e.Type, e.URL, e.Method,
		e.Body, e.Status, e.Err, e.Fallback, e.Cause,
	}
}

func (w *wire) event() simulator.Event {
	return simulator.Event{
		Time: w.Time, Kind: w.Kind, Call: w.Call, Other: w.Other, From: w.From, To: w.To, Direction: w.Direction, Parent: w.Parent,
		Text: w.Text, Voice: w.Voice, Duration: time.Duration(w.Duration), Verb: w.Verb, Type: w.Type, URL: w.URL, Method: w.Method,
		Body: w.Body, Status: w.Status, Err: w.Err, Fallback: w.Fallback, Cause: w.Cause,
	}
}
