package event

import "slices"

// Cause is a value of the field cause of disconnect, transferComplete, transferDisconnect and bridgeComplete.
type Cause struct {
	Name    string
	Meaning string
}

// causes are the twelve of the disconnect page. The pages declare the list open.
var causes = []Cause{
	{"hangup", "normal end: a party hung up, Hangup ran, or no BXML was left"},
	{"busy", "the callee was busy"},
	{"timeout", "not answered within callTimeout"},
	{"cancel", "the originator cancelled while it rang"},
	{"rejected", "the callee rejected the call"},
	{"callback-error", "a webhook that needs BXML could not be delivered: unreachable, timeout, 4xx or 5xx"},
	{"invalid-bxml", "a webhook was answered with invalid BXML"},
	{"application-error", "an unsupported action, such as playing an .ogg file"},
	{"account-limit", "a rate or concurrency limit of the account"},
	{"node-capacity-exceeded", "the platform is at capacity"},
	{"error", "another known error"},
	{"unknown", "an unknown error"},
}

// Causes returns the twelve documented causes with their meanings. Others must be expected. The causes of media streams and
// real-time transcriptions are other ones; they are the Values of the field cause of those events.
func Causes() []Cause { return slices.Clone(causes) }
