package bandwidth

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// CreateCall asks for an outbound call. To, From, ApplicationID and AnswerURL are required.
type CreateCall struct {
	To            string `json:"to"`   // E.164, or a sip: URI
	From          string `json:"from"` // E.164; formerly also Restricted, Anonymous, Private, Unavailable
	ApplicationID string `json:"applicationId"`
	// AnswerURL gets the answer event. At most 2048 characters; https when Username or Password is given.
	AnswerURL            string  `json:"answerUrl"`
	AnswerMethod         string  `json:"answerMethod,omitempty"` // GET or POST; default POST, as of every method here
	Username             string  `json:"username,omitempty"`     // at most 1024 characters, as of every credential here
	Password             string  `json:"password,omitempty"`
	AnswerFallbackURL    string  `json:"answerFallbackUrl,omitempty"` // as AnswerURL
	AnswerFallbackMethod string  `json:"answerFallbackMethod,omitempty"`
	FallbackUsername     string  `json:"fallbackUsername,omitempty"`
	FallbackPassword     string  `json:"fallbackPassword,omitempty"`
	DisconnectURL        string  `json:"disconnectUrl,omitempty"` // the only way to learn of a call that was never answered
	DisconnectMethod     string  `json:"disconnectMethod,omitempty"`
	CallTimeout          float64 `json:"callTimeout,omitempty"`     // s of ringing, 1 to 300; default 30
	CallbackTimeout      float64 `json:"callbackTimeout,omitempty"` // s for an answer to a webhook, 1 to 25; default 15
	Privacy              bool    `json:"privacy,omitempty"`
	// DisplayName has at most 256 characters; with Privacy it is Restricted, Anonymous, Private or Unavailable.
	DisplayName string `json:"displayName,omitempty"`
	// UUI is user-to-user information for SIP URIs, at most 350 characters: "abc;encoding=base64,def;encoding=jwt".
	UUI              string            `json:"uui,omitempty"`
	Priority         int               `json:"priority,omitempty"` // in the queue, 1 (first) to 5; default 5
	Tag              string            `json:"tag,omitempty"`      // at most 4096 characters
	MachineDetection *MachineDetection `json:"machineDetection,omitempty"`
}

// MachineDetection asks who answered, a human or a machine. Times are whole seconds: Bandwidth mishandles others.
type MachineDetection struct {
	Mode                      string  `json:"mode,omitempty"`                      // sync or async; default async
	DetectionTimeout          float64 `json:"detectionTimeout,omitempty"`          // s; default 15
	SilenceTimeout            float64 `json:"silenceTimeout,omitempty"`            // s; default 10
	SpeechThreshold           float64 `json:"speechThreshold,omitempty"`           // s; default 10
	SpeechEndThreshold        float64 `json:"speechEndThreshold,omitempty"`        // s; default 5
	MachineSpeechEndThreshold float64 `json:"machineSpeechEndThreshold,omitempty"` // s; default SpeechEndThreshold
	DelayResult               bool    `json:"delayResult,omitempty"`
	CallbackURL               string  `json:"callbackUrl,omitempty"` // gets the result in async mode
	CallbackMethod            string  `json:"callbackMethod,omitempty"`
	Username                  string  `json:"username,omitempty"`
	Password                  string  `json:"password,omitempty"`
	FallbackURL               string  `json:"fallbackUrl,omitempty"`
	FallbackMethod            string  `json:"fallbackMethod,omitempty"`
	FallbackUsername          string  `json:"fallbackUsername,omitempty"`
	FallbackPassword          string  `json:"fallbackPassword,omitempty"`
}

// CreatedCall is a call that was put into the queue. Credentials of the request, which Bandwidth repeats, are left out.
type CreatedCall struct {
	AccountID            string  `json:"accountId"`
	ApplicationID        string  `json:"applicationId"`
	CallID               string  `json:"callId"`
	CallURL              string  `json:"callUrl"`
	To                   string  `json:"to"`
	From                 string  `json:"from"`
	EnqueuedTime         Time    `json:"enqueuedTime,omitzero"`
	CallTimeout          float64 `json:"callTimeout"`     // s
	CallbackTimeout      float64 `json:"callbackTimeout"` // s
	Tag                  string  `json:"tag"`
	Priority             int     `json:"priority"`
	AnswerURL            string  `json:"answerUrl"`
	AnswerMethod         string  `json:"answerMethod"`
	AnswerFallbackURL    string  `json:"answerFallbackUrl"`
	AnswerFallbackMethod string  `json:"answerFallbackMethod"`
	DisconnectURL        string  `json:"disconnectUrl"`
	DisconnectMethod     string  `json:"disconnectMethod"`
}

// CallState is what is known of a call.
type CallState struct {
	CallID          string         `json:"callId"`
	AccountID       string         `json:"accountId"`
	ApplicationID   string         `json:"applicationId"`
	ParentCallID    string         `json:"parentCallId"` // of the leg of a Transfer
	To              string         `json:"to"`
	From            string         `json:"from"`
	Direction       string         `json:"direction"` // inbound, outbound
	State           string         `json:"state"`     // queued, initiated, answered, disconnected; others may come
	EnqueuedTime    Time           `json:"enqueuedTime,omitzero"`
	StartTime       Time           `json:"startTime,omitzero"` // zero while queued
	AnswerTime      Time           `json:"answerTime,omitzero"`
	EndTime         Time           `json:"endTime,omitzero"`
	DisconnectCause string         `json:"disconnectCause"` // hangup, busy, timeout, cancel, rejected, ...; others may come
	ErrorMessage    string         `json:"errorMessage"`
	ErrorID         string         `json:"errorId"`
	LastUpdate      Time           `json:"lastUpdate,omitzero"`
	Identity        string         `json:"identity"`
	StirShaken      map[string]any `json:"stirShaken"`
}

// UpdateCall redirects a call that is answered, or ends any call.
type UpdateCall struct {
	// State is active (default), which needs RedirectURL, or completed, with which RedirectURL, RedirectMethod and Tag are
	// forbidden: it hangs up, cancels what is queued or rings, or rejects what is inbound and not answered.
	State                  string `json:"state,omitempty"`
	RedirectURL            string `json:"redirectUrl,omitempty"` // absolute; gets the redirect event
	RedirectMethod         string `json:"redirectMethod,omitempty"`
	Username               string `json:"username,omitempty"`
	Password               string `json:"password,omitempty"`
	RedirectFallbackURL    string `json:"redirectFallbackUrl,omitempty"`
	RedirectFallbackMethod string `json:"redirectFallbackMethod,omitempty"`
	FallbackUsername       string `json:"fallbackUsername,omitempty"`
	FallbackPassword       string `json:"fallbackPassword,omitempty"`
	Tag                    string `json:"tag,omitempty"` // at most 4096 characters
}

// CreateCall puts an outbound call into the queue. When the error is ambiguous the call may exist, and Calls tells.
func (c *Client) CreateCall(ctx context.Context, call *CreateCall) (*CreatedCall, error) {
	created := &CreatedCall{}
	r := at(c.voice, []string{"calls"}).is("createCall", http.MethodPost).json(call).to(created)
	r.limited = true
	if err := c.send(ctx, r); err != nil {
		return nil, err
	}
	if created.CallID == "" {
		return nil, &Error{Operation: r.operation, Status: http.StatusCreated, ambiguous: true, cause: errors.New("the answer has no callId")}
	}
	return created, nil
}

// Call returns what is known of a call. A new call may be unknown for a moment, and one that ended is for seven days.
func (c *Client) Call(ctx context.Context, callID string) (*CallState, error) {
	return one[CallState](ctx, c, c.get("getCallState", "calls", callID))
}

// Calls returns the calls of the last seven days that pass the filter, the oldest first, page after page. An error is the
// last thing that it yields. A nil filter lets all pass.
func (c *Client) Calls(ctx context.Context, filter *CallFilter) iter.Seq2[*CallState, error] {
	filter = or(filter, &CallFilter{})
	return pages("listCalls", filter.query(), func(query url.Values) ([]*CallState, url.Values, error) {
		return list[CallState](ctx, c, c.get("listCalls", "calls").checks(filter).with(query))
	})
}

// UpdateCall redirects or ends a call.
func (c *Client) UpdateCall(ctx context.Context, callID string, update *UpdateCall) error {
	return c.send(ctx, at(c.voice, []string{"calls", callID}).is("updateCall", http.MethodPost).json(update))
}

// UpdateCallBXML replaces the document of a call, of at most 64 KiB. The verb that runs is interrupted.
func (c *Client) UpdateCallBXML(ctx context.Context, callID string, document []byte) error {
	return c.send(ctx, at(c.voice, []string{"calls", callID, "bxml"}).is("updateCallBxml", http.MethodPut).bxml(document))
}

// Validate returns what Bandwidth would refuse of the request, as an *InvalidError; nil when nothing is wrong with it.
func (b *CreateCall) Validate() error {
	var k check
	if b.check(&k); k.first != nil {
		return k.first
	}
	return nil
}

func (b *CreateCall) check(k *check) {
	if k.none(b == nil) {
		return
	}
	k.required("to", b.To, legalTo)
	k.required("from", b.From, legalFrom)
	k.required("applicationId", b.ApplicationID, "the id of a voice application")
	k.required("answerUrl", b.AnswerURL, legalURL)
	k.destination("to", b.To)
	k.source("from", b.From)
	k.url("answerUrl", b.AnswerURL, maxURL)
	k.private("answerUrl", b.AnswerURL, b.Username, b.Password)
	k.method("answerMethod", b.AnswerMethod)
	k.credentials("", b.Username, b.Password)
	k.url("answerFallbackUrl", b.AnswerFallbackURL, maxURL)
	k.private("answerFallbackUrl", b.AnswerFallbackURL, b.FallbackUsername, b.FallbackPassword)
	k.method("answerFallbackMethod", b.AnswerFallbackMethod)
	k.credentials("fallback", b.FallbackUsername, b.FallbackPassword)
	k.url("disconnectUrl", b.DisconnectURL, maxURL)
	k.method("disconnectMethod", b.DisconnectMethod)
	k.within("callTimeout", b.CallTimeout, 1, 300)
	k.within("callbackTimeout", b.CallbackTimeout, 1, 25)
	b.checkName(k)
	k.uui("uui", b.UUI)
	k.within("priority", float64(b.Priority), 1, 5)
	k.length("tag", b.Tag, maxTag)
	if b.MachineDetection != nil {
		k.parent = "machineDetection."
		b.MachineDetection.check(k)
	}
}

func (b *CreateCall) checkName(k *check) {
	k.length("displayName", b.DisplayName, 256)
	if strings.ContainsFunc(b.DisplayName, unicode.IsControl) {
		k.fail("displayName", b.DisplayName, "without control characters")
	}
	if b.Privacy && !slices.Contains(withheld, b.DisplayName) {
		k.one("displayName", b.DisplayName, withheld...)
	}
}

func (b *MachineDetection) check(k *check) {
	k.one("mode", b.Mode, "sync", "async")
	k.time("detectionTimeout", b.DetectionTimeout)
	k.time("silenceTimeout", b.SilenceTimeout)
	k.time("speechThreshold", b.SpeechThreshold)
	k.time("speechEndThreshold", b.SpeechEndThreshold)
	k.time("machineSpeechEndThreshold", b.MachineSpeechEndThreshold)
	k.url("callbackUrl", b.CallbackURL, maxURL)
	k.method("callbackMethod", b.CallbackMethod)
	k.credentials("", b.Username, b.Password)
	k.url("fallbackUrl", b.FallbackURL, maxURL)
	k.method("fallbackMethod", b.FallbackMethod)
	k.credentials("fallback", b.FallbackUsername, b.FallbackPassword)
}

func (b *UpdateCall) check(k *check) {
	if k.none(b == nil) {
		return
	}
	k.redirect("state", b.State, b.RedirectURL, b.RedirectMethod)
	k.credentials("", b.Username, b.Password)
	k.url("redirectFallbackUrl", b.RedirectFallbackURL, 0)
	k.method("redirectFallbackMethod", b.RedirectFallbackMethod)
	k.credentials("fallback", b.FallbackUsername, b.FallbackPassword)
	k.length("tag", b.Tag, maxTag)
	if b.State == completed {
		k.forbidden("tag", b.Tag, "state completed")
	}
}

const completed = "completed"

// redirect checks what changes a call or a conference: its redirectUrl is required with active, and forbidden with completed.
func (k *check) redirect(field, state, to, method string) {
	k.one(field, state, "active", completed)
	if state == completed {
		k.forbidden("redirectUrl", shownURL(to), field+" completed")
		k.forbidden("redirectMethod", method, field+" completed")
		return
	}
	if to == "" {
		k.fail("redirectUrl", "", "an absolute URL, unless "+field+" is completed")
	}
	k.url("redirectUrl", to, 0)
	k.method("redirectMethod", method)
}
