package simulator

import (
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// detectionTime is how long machine detection takes for a phone that does not say.
const detectionTime = 2 * time.Second

// detect begins the machine detection of a call made by createCall that has just been answered. It reports true when the answer
// event has to wait for its result (mode sync): then sendAnswer is called with the result.
func (l *leg) detect() bool {
	d := l.creation.MachineDetection
	reporter := "machineDetectionComplete"
	if d.Mode == "sync" {
		reporter = "answer"
	}
	p := l.phone
	if other := l.c.outcome(reporter, l.id, ""); other != "" {
		p.Machine, p.MachineAfter = other, 0
	}
	value, lasts := p.found(d)
	result := &event.MachineDetectionResult{Value: value, Duration: event.DurationOf(lasts)}
	if d.Mode == "sync" {
		l.after(lasts, func() {
			if l.idle() {
				l.sendAnswer(result)
			}
		})
		return true
	}
	l.after(lasts, func() {
		l.notify("machineDetectionComplete", &event.MachineDetectionComplete{MachineDetectionResult: result}, targets{
			primary:  locate(d.CallbackURL, d.CallbackMethod, d.Username, d.Password),
			fallback: locate(d.FallbackURL, d.FallbackMethod, d.FallbackUsername, d.FallbackPassword),
		})
	})
	return false
}

// idle reports whether nothing has come to the leg since it was answered, by REST or a Bridge.
func (l *leg) idle() bool {
	return l.program == nil && l.running == nil && l.asked == nil
}

// found returns what machine detection finds at a phone, and how long that takes: not longer than detectionTimeout.
func (p *Phone) found(d *machineDetection) (string, time.Duration) {
	value, lasts := p.Machine, p.MachineAfter
	limit := units(d.DetectionTimeout, 15*time.Second)
	if value == "" {
		value = "human"
		if p.Quiet > units(d.SilenceTimeout, 10*time.Second) {
			value, lasts = "silence", 0
		}
	}
	switch {
	case value == "timeout":
		return value, limit
	case lasts <= 0 && value == "silence":
		lasts = units(d.SilenceTimeout, 10*time.Second)
	case lasts <= 0:
		lasts = detectionTime
	}
	if lasts > limit {
		return "timeout", limit
	}
	return value, lasts
}
