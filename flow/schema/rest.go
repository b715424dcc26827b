package schema

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
)

// restFields are the definitions of the fields of REST operations that have a form of their own.
func restFields() members {
	positive := &node{Type: types{number, text}, ExclusiveMinimum: new(float64), Pattern: or(`^[-+0-9.eE]+$`)}
	return members{
		{defTo, bareAttribute("Forward", "to")},
		{defFrom, bareAttribute("Forward", "from")},
		{defRings, bareAttribute("Transfer", "callTimeout")},
		{defHeaders, &node{Type: types{object}, PatternProperties: members{
			{`^[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]$`, about("credentials, never written out: `Bearer ${secret(\"name\")}`", ref(defTemplate))},
		}}},
		{defNumberText, positive},
		{defDetection, &node{Type: types{object, text}, Pattern: template, Additional: never, Properties: members{
			key("mode", "async: the result comes as machineDetectionComplete; sync: with answer", choice("sync", "async")),
			key("detectionTimeout", "seconds until it gives up", ref(defNumberText)),
			key("silenceTimeout", "seconds of silence that end it", ref(defNumberText)),
			key("speechThreshold", "seconds of speech that tell a machine from a human", ref(defNumberText)),
			key("speechEndThreshold", "seconds of silence that end the speech", ref(defNumberText)),
			key("machineSpeechEndThreshold", "seconds of silence that end the speech of a machine", ref(defNumberText)),
			key("delayResult", "wait for the end of what a machine says", ref(defBoolean)),
		}}},
	}
}

// choice is one of some words, or what gives one.
func choice(words ...string) *node {
	return &node{AnyOf: []*node{oneOf(words...), ref(defTemplate)}}
}

// bareAttribute is the value of an attribute without what is said about it there.
func bareAttribute(verb, name string) *node { return typed(bxml.Lookup(verb).Attribute(name)) }

// operations are the actions that are operations of the REST API.
func operations() members {
	conference := key("conferenceId", "id of the conference; in a state of one its own when left out", ref(defText))
	call := key("callId", "id of the call; the own one when left out", ref(defText))
	recording := key("recordingId", "id of the recording", ref(defText))
	credentials := members{
		key("username", "user name of HTTP Basic authentication", ref(defText)),
		key("password", "password of HTTP Basic authentication", ref(defPassword)),
	}
	update := closed(slices.Concat(members{
		conference,
		key("status", "active, or completed to end it", choice("active", "completed")),
		key("redirectUrl", "where the conference gets its next document; required unless it is completed", ref(defURL)),
		key("redirectMethod", "HTTP method of redirectUrl", ref(defMethod)),
		key("redirectFallbackUrl", "asked when redirectUrl does not answer", ref(defURL)),
		key("redirectFallbackMethod", "HTTP method of redirectFallbackUrl", ref(defMethod)),
		key("fallbackUsername", "user name for redirectFallbackUrl", ref(defText)),
		key("fallbackPassword", "password for redirectFallbackUrl", ref(defPassword)),
	}, credentials))
	completed := &node{Required: []string{"status"}, Properties: members{{"status", &node{Const: "completed"}}}}
	open := &node{Properties: members{{"status", &node{Const: "active"}}}}
	update.AllOf = []*node{
		{If: completed, Then: &node{Properties: members{{"redirectUrl", never}}}},
		{If: open, Then: &node{Required: []string{"redirectUrl"}}},
	}
	return members{
		key("updateConference", "change or end a conference", update),
		key("updateConferenceMember", "change what a member of a conference hears and says", closed(members{
			conference,
			key("memberId", "id of the member's call; the own one when left out", ref(defText)),
			key("mute", "the member is not heard", ref(defBoolean)),
			key("hold", "the member neither hears nor is heard", ref(defBoolean)),
			key("callIdsToCoach", "the calls that hear this member", &node{Type: types{list, text}}),
		})),
		key("updateConferenceBxml", "play a document to a conference; no URL is filled in", closed(members{
			conference,
			key("bxml", "verbs, as in a state of a conference", ref(defConferenceDocument)),
		}, "bxml")),
		key("updateCallRecordingState", "pause a recording, or go on with it", closed(members{
			call, key("state", "paused or recording", choice("paused", "recording")),
		}, "state")),
		key("deleteRecording", "delete a recording", closed(members{call, recording}, "recordingId")),
		key("transcribeRecording", "have a recording transcribed", closed(slices.Concat(members{
			call, recording,
			key("callbackUrl", "where transcriptionAvailable is sent", ref(defURL)),
			key("callbackMethod", "HTTP method of callbackUrl", ref(defMethod)),
			key("tag", "sent with the webhook, up to 4096 characters", ref(defText)),
			key("callbackTimeout", "seconds to wait for the answer, 1 to 25", &node{Type: types{number, text}, Minimum: new(1.0), Maximum: new(25.0), Pattern: or(`^[-+0-9.eE]+$`)}),
			key("detectLanguage", "true: English, French or Spanish is recognised", ref(defBoolean)),
		}, credentials), "recordingId")),
	}
}
