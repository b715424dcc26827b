package simulator

import (
	"fmt"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// creation is the body of createCall.
type creation struct {
	To                   string            `json:"to"`
	From                 string            `json:"from"`
	ApplicationID        string            `json:"applicationId"`
	AnswerURL            string            `json:"answerUrl"`
	AnswerMethod         string            `json:"answerMethod"`
	Username             string            `json:"username"`
	Password             string            `json:"password"`
	AnswerFallbackURL    string            `json:"answerFallbackUrl"`
	AnswerFallbackMethod string            `json:"answerFallbackMethod"`
	FallbackUsername     string            `json:"fallbackUsername"`
	FallbackPassword     string            `json:"fallbackPassword"`
	DisconnectURL        string            `json:"disconnectUrl"`
	DisconnectMethod     string            `json:"disconnectMethod"`
	CallTimeout          *float64          `json:"callTimeout"`     // seconds, 1 to 300, 30 when nil
	CallbackTimeout      *float64          `json:"callbackTimeout"` // seconds, 1 to 25, 15 when nil
	Privacy              bool              `json:"privacy"`
	DisplayName          string            `json:"displayName"`
	UUI                  string            `json:"uui"`
	Priority             *int              `json:"priority"` // 1 to 5, 5 when nil, 1 first
	Tag                  string            `json:"tag"`
	MachineDetection     *machineDetection `json:"machineDetection"`
}

// machineDetection is the member machineDetection of createCall. Times are in seconds.
type machineDetection struct {
	Mode                      string   `json:"mode"`
	DetectionTimeout          *float64 `json:"detectionTimeout"`
	SilenceTimeout            *float64 `json:"silenceTimeout"`
	SpeechThreshold           *float64 `json:"speechThreshold"`
	SpeechEndThreshold        *float64 `json:"speechEndThreshold"`
	MachineSpeechEndThreshold *float64 `json:"machineSpeechEndThreshold"`
	DelayResult               bool     `json:"delayResult"`
	CallbackURL               string   `json:"callbackUrl"`
	CallbackMethod            string   `json:"callbackMethod"`
	Username                  string   `json:"username"`
	Password                  string   `json:"password"`
	FallbackURL               string   `json:"fallbackUrl"`
	FallbackMethod            string   `json:"fallbackMethod"`
	FallbackUsername          string   `json:"fallbackUsername"`
	FallbackPassword          string   `json:"fallbackPassword"`
}

// refusal is why a REST request is refused: its status and the body's type and description.
type refusal struct {
	status            int
	kind, description string
}

// Error returns status and description.
func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.status, r.description) }

func invalid(format string, args ...any) *refusal {
	return &refusal{400, "validation", fmt.Sprintf(format, args...)}
}

const (
	creationLimit   = "Account call creation rate limit exceeded"
	concurrentLimit = "Account concurrent call limit exceeded"
)

// createCall queues an outbound call. The error is a *refusal.
func (c *Carrier) createCall(x creation) (*leg, error) {
	if err := c.checkCreation(&x); err != nil {
		return nil, err
	}
	if !c.dialer.takes(c) {
		return nil, &refusal{429, "error", creationLimit}
	}
	if !c.dialer.room(c) {
		return nil, &refusal{429, "error", concurrentLimit}
	}
	l := c.newLeg(outbound, x.From, x.To)
	c.dialer.sessions-- // counted when it is dialled
	l.state, l.app, l.creation, l.tag = StateQueued, x.ApplicationID, &x, x.Tag
	l.enqueue()
	l.timeout, l.phone = units(x.CallbackTimeout, defaultTimeout), c.phones[x.To]
	l.disconnect = targets{primary: locate(x.DisconnectURL, x.DisconnectMethod, x.Username, x.Password)}
	l.onAnswer = l.announce
	l.tell(Event{Kind: CallStarted, From: l.from, To: l.to, Direction: outbound})
	c.dialer.add(c, l)
	return l, nil
}

// enqueue notes when an outbound call was queued, that of a Transfer included, as the examples of its pages have it.
func (l *leg) enqueue() {
	if !l.c.cfg.Choices.NoQueue {
		l.enqueued = l.c.now()
	}
}

// announce sends answer, unless machine detection has to come first.
func (l *leg) announce() {
	if l.creation.MachineDetection != nil && l.detect() {
		return
	}
	l.sendAnswer(nil)
}

// sendAnswer sends answer, whose reply is the call's first document.
func (l *leg) sendAnswer(found *event.MachineDetectionResult) {
	x := l.creation
	l.ask("answer", &event.Answer{MachineDetectionResult: found, SIPCallID: sipCallID(l.id)}, targets{
		primary:  locate(x.AnswerURL, x.AnswerMethod, x.Username, x.Password),
		fallback: locate(x.AnswerFallbackURL, x.AnswerFallbackMethod, x.FallbackUsername, x.FallbackPassword),
	})
}

// dialer keeps the limits of the account and the queue of outbound calls.
type dialer struct {
	starts   []time.Time // of the calls of the last second
	sessions int         // calls that are neither queued nor over
	queue    []*leg
	timer    *timer
}

// takes reports whether the queue takes one more call: it holds as many as are dialled within 5 minutes.
func (d *dialer) takes(c *Carrier) bool {
	return c.cfg.Choices.NoLimits || len(d.queue) < d.capacity(c)
}

func (d *dialer) capacity(c *Carrier) int { return 300 * c.cfg.CallsPerSecond }

// room reports whether there may be one more call. Queued calls do not count.
func (d *dialer) room(c *Carrier) bool {
	return c.cfg.Choices.NoLimits || d.sessions < c.cfg.MaxCalls
}

// count notes the start of a call.
func (d *dialer) count(c *Carrier) {
	now := c.now()
	d.starts = append(slices.DeleteFunc(d.starts, func(t time.Time) bool { return !t.After(now.Add(-time.Second)) }), now)
}

// next returns when the next queued call may start.
func (d *dialer) next(c *Carrier) time.Duration {
	if n := len(d.starts) - c.cfg.CallsPerSecond; n >= 0 && !c.cfg.Choices.NoLimits {
		return max(0, d.starts[n].Add(time.Second).Sub(c.now()))
	}
	return 0
}

func (d *dialer) add(c *Carrier, l *leg) {
	d.queue = append(d.queue, l)
	d.plan(c)
}

// freed is called when a call has ended.
func (d *dialer) freed(c *Carrier) {
	d.queue = slices.DeleteFunc(d.queue, (*leg).ended)
	d.plan(c)
}

// plan makes sure that the next queued call is dialled in time.
func (d *dialer) plan(c *Carrier) {
	if len(d.queue) > 0 && (d.timer == nil || d.timer.index < 0) {
		d.timer = c.after(d.next(c), func() { d.dial(c) })
	}
}

// dial takes the first call of the highest priority out of the queue.
func (d *dialer) dial(c *Carrier) {
	defer d.plan(c)
	if len(d.queue) == 0 || d.next(c) > 0 {
		return
	}
	first := slices.MinFunc(d.queue, func(a, b *leg) int { return a.creation.rank() - b.creation.rank() })
	d.queue = slices.DeleteFunc(d.queue, func(l *leg) bool { return l == first })
	d.count(c)
	if !d.room(c) {
		first.end(causeLimit, concurrentLimit)
		return
	}
	first.ring(units(first.creation.CallTimeout, defaultCallTimeout))
}

// defaultCallTimeout is how long a phone rings.
const defaultCallTimeout = 30 * time.Second

func (x *creation) rank() int {
	if x.Priority == nil {
		return 5
	}
	return *x.Priority
}

// units turns optional seconds into a duration.
func units(seconds *float64, otherwise time.Duration) time.Duration {
	if seconds == nil {
		return otherwise
	}
	return time.Duration(*seconds * float64(time.Second))
}
