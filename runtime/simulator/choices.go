package simulator

import "time"

// Choices settle what Bandwidth's pages leave open. The zero value of every field is our guess at what Bandwidth does; the
// others exist because an application should survive them too.
type Choices struct {
	// Fallback tells which failures of a synchronous webhook lead to its fallback URL. The pages say "fails to respond".
	Fallback FallbackPolicy
	// EmptyBody tells what an empty answer (200 without body, or 204) to a synchronous webhook of a call means.
	EmptyBody EmptyPolicy
	// FollowRedirects lets a webhook go where a 3xx answer points, at most five times. Otherwise 3xx is a failure.
	FollowRedirects bool
	// IgnoreUnknownAttributes runs documents that have attributes no page names. Otherwise they are invalid BXML.
	IgnoreUnknownAttributes bool
	// PlainCredentials accepts user names and passwords for http URLs where the pages ask for https.
	PlainCredentials bool
	// OmitNested leaves nested objects out of webhooks by GET. Otherwise member b of object a is the parameter a.b.
	OmitNested bool
	// KeepBase resolves relative URLs of a document that came by REST against the URL of the document before it. Otherwise
	// such a document is refused.
	KeepBase bool
	// RetryAfter is the time between the two attempts at an asynchronous webhook.
	RetryAfter time.Duration
	// TypeAhead keeps digits that nothing takes for the next Gather. Otherwise they are lost.
	TypeAhead bool
	// JustEnded is how long updateCall answers 409 for a call that ended, before it answers 404.
	JustEnded time.Duration
	// NearRealtime is how long a new call stays unknown to getCallState and listCalls, which Bandwidth calls near-realtime: "it
	// may take a few minutes". Changing the call by REST is possible at once.
	NearRealtime time.Duration
	// RedirectUnanswered lets updateCall redirect an inbound call that is not answered. Otherwise it answers 409.
	RedirectUnanswered bool
	// CompleteFirst sends transferComplete before transferDisconnect.
	CompleteFirst bool
	// DisconnectLegs sends disconnect for the called legs of a Transfer too, to the disconnect URL of the calling leg.
	DisconnectLegs bool
	// NoDisconnectAfterRefer sends no disconnect after a Refer that succeeded.
	NoDisconnectAfterRefer bool
	// RecordingComplete names the event of a finished Record recordingComplete, as the OpenAPI document does, and not
	// recordComplete, as the page does.
	RecordingComplete bool
	// Shuffle orders what happens at the same instant by the seed, and not by what was first. Races are found so.
	Shuffle bool
	// NoQueue leaves enqueuedTime out of events and of REST, as for an account without call queueing.
	NoQueue bool
	// PagesOnly leaves out of webhooks what the OpenAPI document lists and the pages of the events do not: sipCallId, sipHeaders
	// and sipResponseCode, and accountId and applicationId of transferDisconnect.
	PagesOnly bool
	// NoLimits turns the limits of the account off.
	NoLimits bool
	// MaxAtOnce is how many webhooks of one call may be sent at one instant of virtual time, or in real time less than 100 ms
	// after each other, 1000 when 0; then the call ends
	// with cause error, because documents that ask for each other without taking time would never end.
	MaxAtOnce int
}

// FallbackPolicy tells which failures lead to the fallback URL.
type FallbackPolicy uint8

// The fallback policies.
const (
	FallbackAlways      FallbackPolicy = iota // no connection, no answer in time, and every status but 2xx
	FallbackUnreachable                       // no connection and no answer in time; another status ends the call
	FallbackServer                            // the same, and 5xx
)

// EmptyPolicy tells what an empty answer means.
type EmptyPolicy uint8

// The empty policies.
const (
	EmptyInvalid EmptyPolicy = iota // invalid BXML
	EmptyHangup                     // the same as an empty document
)

func (ch Choices) complete() Choices {
	if ch.MaxAtOnce <= 0 {
		ch.MaxAtOnce = 1000
	}
	return ch
}

// again reports whether the fallback URL is asked after this answer.
func (ch *Choices) again(a answer) bool {
	switch {
	case a.status == 0:
		return true
	case ch.Fallback == FallbackUnreachable:
		return false
	case ch.Fallback == FallbackServer:
		return a.status >= 500
	}
	return true
}
