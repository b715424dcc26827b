package feed

import (
	"encoding/json"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

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
	Duration  time.Duration  `json:"duration,omitempty"` // in nanoseconds
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
func Encode(e simulator.Event) ([]byte, error) { return json.Marshal(wire(e)) }

// Decode reads an event that Encode wrote.
func Decode(line []byte) (simulator.Event, error) {
	var w wire
	err := json.Unmarshal(line, &w)
	return simulator.Event(w), err
}
