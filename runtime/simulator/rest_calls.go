package simulator

import (
	"net/http"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// createdCall is the answer to createCall.
type createdCall struct {
	ApplicationID        string  `json:"applicationId"`
	AccountID            string  `json:"accountId"`
	CallID               string  `json:"callId"`
	To                   string  `json:"to"`
	From                 string  `json:"from"`
	EnqueuedTime         *string `json:"enqueuedTime"`
	CallURL              string  `json:"callUrl"`
	CallTimeout          float64 `json:"callTimeout"`
	CallbackTimeout      float64 `json:"callbackTimeout"`
	Tag                  *string `json:"tag"`
	AnswerMethod         string  `json:"answerMethod"`
	AnswerURL            string  `json:"answerUrl"`
	AnswerFallbackMethod string  `json:"answerFallbackMethod"`
	AnswerFallbackURL    *string `json:"answerFallbackUrl"`
	DisconnectMethod     string  `json:"disconnectMethod"`
	DisconnectURL        *string `json:"disconnectUrl"`
	Username             *string `json:"username"`
	Password             *string `json:"password"`
	FallbackUsername     *string `json:"fallbackUsername"`
	FallbackPassword     *string `json:"fallbackPassword"`
	Priority             int     `json:"priority"`
}

// callState is a call as getCallState and listCalls show it.
type callState struct {
	ApplicationID   string            `json:"applicationId"`
	AccountID       string            `json:"accountId"`
	CallID          string            `json:"callId"`
	ParentCallID    *string           `json:"parentCallId"`
	To              string            `json:"to"`
	From            string            `json:"from"`
	Direction       string            `json:"direction"`
	State           State             `json:"state"`
	StirShaken      *event.StirShaken `json:"stirShaken"`
	Identity        *string           `json:"identity"`
	EnqueuedTime    *string           `json:"enqueuedTime"`
	StartTime       *string           `json:"startTime"`
	AnswerTime      *string           `json:"answerTime"`
	EndTime         *string           `json:"endTime"`
	DisconnectCause *string           `json:"disconnectCause"`
	ErrorMessage    *string           `json:"errorMessage"`
	ErrorID         *string           `json:"errorId"`
	LastUpdate      string            `json:"lastUpdate"`
}

// optional makes null of an empty text.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// instant makes null of the zero time.
func instant(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := string(event.TimeOf(t))
	return &s
}

// masked hides a password, as the API's examples do.
func masked(s string) *string {
	if s != "" {
		s = "*****"
	}
	return optional(s)
}

func restCreateCall(c *Carrier, q *restRequest) (any, error) {
	var x creation
	if err := decode(q.body, &x); err != nil {
		return nil, err
	}
	l, err := c.createCall(x)
	if err != nil {
		return nil, err
	}
	q.call = l.id
	q.header.Set("Location", c.callURL(l.id))
	return c.created(l), nil
}

func (c *Carrier) created(l *leg) *createdCall {
	x := l.creation
	return &createdCall{
		ApplicationID: l.app, AccountID: c.cfg.Account, CallID: l.id, To: l.to, From: l.from, EnqueuedTime: instant(l.enqueued), CallURL: c.callURL(l.id),
		CallTimeout: units(x.CallTimeout, defaultCallTimeout).Seconds(), CallbackTimeout: l.timeout.Seconds(), Tag: optional(l.tag),
		AnswerMethod: x.AnswerMethod, AnswerURL: x.AnswerURL, AnswerFallbackMethod: x.AnswerFallbackMethod, AnswerFallbackURL: optional(x.AnswerFallbackURL),
		DisconnectMethod: x.DisconnectMethod, DisconnectURL: optional(x.DisconnectURL), Username: optional(x.Username), Password: masked(x.Password),
		FallbackUsername: optional(x.FallbackUsername), FallbackPassword: masked(x.FallbackPassword), Priority: x.rank(),
	}
}

// shown reports whether GET shows a call: not when it ended seven days ago, and not when it is too new, with Choices.NearRealtime.
func (c *Carrier) shown(l *leg) bool {
	since := l.enqueued
	if since.IsZero() {
		since = l.started
	}
	return !(l.ended() && c.now().Sub(l.endedAt) >= keepCalls) && c.now().Sub(since) >= c.cfg.Choices.NearRealtime
}

func callNotFound(id string) *refusal {
	return &refusal{http.StatusNotFound, typeValidation, "Call [" + id + "] not found"}
}

func restGetCall(c *Carrier, q *restRequest) (any, error) {
	l := c.legs[q.id()]
	if l == nil || !c.shown(l) {
		return nil, callNotFound(q.id())
	}
	return c.callState(l), nil
}

func (c *Carrier) callState(l *leg) *callState {
	s := &callState{
		ApplicationID: l.app, AccountID: c.cfg.Account, CallID: l.id, ParentCallID: optional(l.parent), To: l.to, From: l.from,
		Direction: l.direction, State: l.state, EnqueuedTime: instant(l.enqueued), StartTime: instant(l.started),
		AnswerTime: instant(l.answeredAt), EndTime: instant(l.endedAt), DisconnectCause: optional(l.cause),
		ErrorMessage: optional(l.errorMessage), ErrorID: optional(l.errorID), LastUpdate: string(event.TimeOf(l.updated)),
	}
	if l.inbound != nil {
		s.StirShaken, s.Identity = l.inbound.StirShaken, optional(l.inbound.Identity)
	}
	return s
}

// restListCalls lists calls, oldest first. Both bounds of the start time are inclusive; a queued call has none and is not within.
func restListCalls(c *Carrier, q *restRequest) (any, error) {
	started, err := q.span("minStartTime", "maxStartTime")
	if err != nil {
		return nil, err
	}
	var found []*leg
	for _, l := range c.order {
		if c.shown(l) && q.has("to", l.to) && q.has("from", l.from) && q.has("disconnectCause", l.cause) && started.holds(l.started) {
			found = append(found, l)
		}
	}
	found, err = page(c, q, found, maxCallPage)
	if err != nil {
		return nil, err
	}
	states := make([]*callState, len(found))
	for i, l := range found {
		states[i] = c.callState(l)
	}
	return states, nil
}

// maxCallPage is the largest page of calls.
const maxCallPage = 10_000

func restUpdateCall(c *Carrier, q *restRequest) (any, error) {
	var u update
	if err := decode(q.body, &u); err != nil {
		return nil, err
	}
	return nil, c.updateCall(q.id(), u)
}

func restUpdateCallBxml(c *Carrier, q *restRequest) (any, error) {
	return nil, c.updateBxml(q.id(), q.body)
}

// statistics is the answer to getStatistics.
type statistics struct {
	CurrentCallQueueSize int `json:"currentCallQueueSize"`
	MaxCallQueueSize     int `json:"maxCallQueueSize"`
}

func restGetStatistics(c *Carrier, _ *restRequest) (any, error) {
	return &statistics{len(c.dialer.queue), c.dialer.capacity(c)}, nil
}

func (l *leg) listedAs() string { return l.id }
