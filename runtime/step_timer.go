package runtime

import (
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
)

// What a trace says of a timer.
const (
	timersStarted = "started"
	timersFired   = "fired"
	timersDropped = "dropped"
)

// maxDelay bounds how long a timer runs. No call lasts so long.
const maxDelay = 365 * 24 * time.Hour

// startTimers starts the timers of a level that was entered.
func (r *stepRun) startTimers(frame int, level *flow.State) error {
	for _, a := range level.After {
		r.env.at = frame
		v, err := r.ev.Value(a.Delay, &r.env)
		if err == nil {
			var d time.Duration
			if d, err = inTime(v); err == nil {
				err = r.startTimer(frame, a, d)
			}
		}
		if err != nil {
			return r.failure(flow.ReasonTemplate, fmt.Errorf("after %q: %w", a.Source, err))
		}
	}
	return nil
}

func (r *stepRun) startTimer(frame int, a *flow.After, d time.Duration) error {
	if len(r.m.Timers) >= MaxTimers {
		return r.limit("more than %d timers at the same time", MaxTimers)
	}
	r.m.LastTimer++
	due := r.in.Now.Add(min(max(d, 0), maxDelay)).UnixMilli()
	r.m.Timers = append(r.m.Timers, Timer{ID: r.m.LastTimer, Due: due, Frame: frame, After: a.ID})
	r.noteTimer(timersStarted, a)
	return nil
}

// inTime returns a delay: a duration, or a number of seconds.
func inTime(v any) (time.Duration, error) {
	switch x := v.(type) {
	case time.Duration:
		return x, nil
	case int:
		return time.Duration(min(max(float64(x), 0), maxDelay.Seconds())) * time.Second, nil
	case float64:
		if x == x { // a number
			return time.Duration(min(max(x, 0), maxDelay.Seconds()) * float64(time.Second)), nil
		}
	}
	return 0, fmt.Errorf("%v is no duration", v)
}

// dropTimers removes timers.
func (r *stepRun) dropTimers(why string, which func(*Timer) bool) {
	if len(r.m.Timers) == 0 {
		return
	}
	r.m.Timers = slices.DeleteFunc(r.m.Timers, func(t Timer) bool {
		if !which(&t) {
			return false
		}
		r.noteTimer(why, r.after(&t))
		return true
	})
}

// leaveTimers drops the timers of a level that is being left.
func (r *stepRun) leaveTimers(frame int, level *flow.State) {
	if len(r.m.Timers) == 0 {
		return
	}
	r.dropTimers(timersDropped, func(t *Timer) bool { return t.Frame == frame && r.after(t).State == level })
}

// after returns what a timer was started for.
func (r *stepRun) after(t *Timer) *flow.After { return r.m.Frames[t.Frame].Flow.Afters[t.After] }

// fired searches the transition of a timer that is due.
func (r *stepRun) fired() (*flow.Transition, int, error) {
	t := r.timer(r.orig)
	transition, err := r.choose(r.after(t).Transitions, t.Frame)
	return transition, t.Frame, err
}

func (r *stepRun) noteTimer(why string, a *flow.After) {
	if r.tracing {
		r.trace.Timers = append(r.trace.Timers, TracedTimer{State: a.State.Name, After: a.Source, What: why})
	}
}
