package bxml

import "slices"

func legVerbs() []*Verb {
	return []*Verb{
		{
			Name: "Transfer", Status: GA, Doc: "calls up to eight parties at once and connects the first that answers",
			Blocking: always, Dead: set("transferCompleteUrl"), Transfer: Forbidden, Conference: Forbidden,
			Attributes: slices.Concat([]Attribute{
				{Name: "transferCallerId", Type: TypePhone, OrValues: restrict, Doc: "number that the called party sees; when absent that of the remote party"},
				{Name: "privacy", Type: TypeBool, Status: New, Since: "2026, in no SDK", Doc: "hides the number"},
				{Name: "transferCallerDisplayName", Type: TypeString, MaxLen: 256, Charset: NoControls, Since: "2023-07",
					Doc: "name that the called party sees; with privacy only Restricted, Anonymous, Private or Unavailable"},
				callTimeout(),
			}, hookWithFallback("transferComplete", "transferComplete"), credentials("transferCompleteUrl"),
				fallbackCredentials("transferCompleteFallbackUrl"), tag(), diversion()),
			Children: Children{Allowed: []string{"PhoneNumber", "SipUri"}, Min: 1, Max: 8},
			Webhooks: []Webhook{
				{Event: "transferAnswer", Sync: true, Elsewhere: "transferAnswerUrl of the child that answered", On: OnLeg, Note: "before the legs are connected"},
				{Event: "transferComplete", Sync: true, Attribute: "transferCompleteUrl", On: OnCall, Note: "only while this call is up"},
				{Event: "transferDisconnect", Elsewhere: "transferDisconnectUrl of each child", Note: "once per child, however it ends"},
			},
			Absent: "no transferComplete is sent; the verbs after it run when the called party hangs up or nobody answers",
			Rules: []string{
				"without a transferAnswerUrl the legs are connected on answer",
				"with several targets transferComplete describes the leg that answered, or one of them when none did",
				"a rate limit shows up in transferComplete with cause account-limit",
				"diversionTreatment must not be used on an outbound call",
			},
			Notes: []string{
				"callers such as Anonymous in transferCallerId are of the 2023 page; the newer one wants privacy and transferCallerDisplayName",
				"the Java SDK writes callTimeout 300 when nothing is set",
			},
		},
		{
			Name: "PhoneNumber", Level: Child, Status: GA, Doc: "a number to call",
			Content:    &Content{Name: "number", Type: TypePhone, Required: true, Doc: "the number"},
			Attributes: transferTarget(),
			Webhooks:   targetWebhooks(),
			Absent:     "no such event for this target",
			Notes:      []string{"uui is in the SDKs only; they take 256 or 350 characters"},
		},
		{
			Name: "SipUri", Level: Child, Status: GA, Doc: "a SIP address to call, or to refer the caller to",
			Content:    &Content{Name: "uri", Type: TypeSIPURI, Required: true, Doc: "the address"},
			Attributes: transferTarget(),
			Webhooks:   targetWebhooks(),
			Absent:     "no such event for this target",
			Rules:      []string{"inside Refer it takes no attributes"},
		},
		{
			Name: "Bridge", Status: GA, Doc: "connects this call with another one", Blocking: always, Dead: set("bridgeCompleteUrl"),
			Transfer: Forbidden, Conference: Forbidden,
			Content: &Content{Name: "targetCall", Type: TypeCallID, Required: true, Trim: true, Doc: "the call id of the other call"},
			Attributes: slices.Concat(hookWithFallback("bridgeComplete", "bridgeComplete"),
				misspelt(hookWithFallback("bridgeTargetComplete", "bridgeTargetComplete"), "bridgeTargetCompleteFallback_url", ""),
				credentials("bridgeCompleteUrl", "bridgeTargetCompleteUrl"),
				fallbackCredentials("bridgeCompleteFallbackUrl", "bridgeTargetCompleteFallbackUrl"), tag()),
			Webhooks: []Webhook{
				{Event: "bridgeComplete", Sync: true, Attribute: "bridgeCompleteUrl", On: OnCall, Note: "the target left first, or the bridge failed"},
				{Event: "bridgeTargetComplete", Sync: true, Attribute: "bridgeTargetCompleteUrl", On: OnTarget, Note: "this call left first"},
			},
			Absent: "bridgeCompleteUrl: no event is sent and the next verb runs; bridgeTargetCompleteUrl: no event is sent and the target is hung up",
			Rules: []string{
				"whatever the target was executing is cancelled",
				"exactly one of the two events is sent for a bridge",
				"it fails when the target is outbound and not answered, executes Forward, or is gone: bridgeComplete has a cause then",
			},
			Notes: []string{`"already bridged" is an example of a failure, but the list of failures does not have it`},
		},
		{
			Name: "Forward", Status: GA, Doc: "passes an unanswered inbound call on", Dead: always, Transfer: Forbidden, Conference: Forbidden,
			Attributes: slices.Concat([]Attribute{
				{Name: "to", Type: TypePhone, OrType: TypeSIPURI, Required: true, Doc: "who is called"},
				{Name: "from", Type: TypePhone, OrValues: restrict, Doc: "number that the called party sees; when absent the number that was called"},
				callTimeout(),
			}, diversion(), []Attribute{
				{Name: "uui", Type: TypeUUI, OnlyIf: &When{Attribute: "to", Prefix: "sip:"}, Doc: "user-to-user information for the called party"},
			}),
			Webhooks: []Webhook{{Event: "disconnect", Elsewhere: callDisconnect, Note: "when either leg hangs up"}},
			Rules:    []string{"the application loses control of both legs", "not together with StartGather", "the call cannot be bridged"},
			Notes:    []string{"what happens on an answered or outbound call is not documented"},
		},
		conferenceVerb(),
		{
			Name: "Connect", Status: Beta, Since: "2026-01", Doc: "connects the call with a WebRTC endpoint", Blocking: always,
			Transfer: Unlisted, Conference: Forbidden,
			Attributes: []Attribute{
				{Name: "eventCallbackUrl", Type: TypeURL, Relative: true, Events: []string{"connectStatus"}, Doc: "where the event is sent"},
				{Name: "eventFallbackUrl", Type: TypeURL, Relative: true, Events: []string{"connectStatus"}, FallbackOf: "eventCallbackUrl",
					Since: "2026, Ruby SDK", Doc: "asked when eventCallbackUrl does not answer"},
			},
			Children: Children{Allowed: []string{"Endpoint"}, Min: 1},
			Webhooks: []Webhook{{Event: "connectStatus", Attribute: "eventCallbackUrl", Note: "its shape is that of endpoint events, not of calls"}},
			Absent:   noEvent,
			Rules:    []string{"when the endpoint is gone the next verb runs"},
			Notes:    []string{"how many endpoints it takes is not documented"},
		},
		{
			Name: "Endpoint", Level: Child, Status: Beta, Since: "2026-01", Doc: "a WebRTC endpoint",
			Content: &Content{Name: "endpointId", Type: TypeID, Required: true, Doc: "its id, such as e-15ac29a2-1331029c-2cb0-4a07-b215-b22865662d85"},
		},
		{
			Name: "Refer", Status: New, Since: "2026, Ruby SDK 18.2", Doc: "hands an inbound SIP call to another SIP address", Blocking: always,
			Dead: set("referCompleteUrl"), Transfer: Unlisted, Conference: Forbidden,
			Attributes: slices.Concat(hook("referComplete", "referComplete"), tag()),
			Children:   Children{Allowed: []string{"SipUri"}, Min: 1, Max: 1, Bare: true},
			Webhooks: []Webhook{{Event: "referComplete", Sync: true, Attribute: "referCompleteUrl", On: OnCall,
				Note: "the answer is executed after a failure only; on success the call is gone"}},
			Absent: "no event is sent; success ends the call, after a failure the next verb runs",
			Rules: []string{
				"only for inbound calls from a SIP URI",
				"a final NOTIFY must come within 30 s, else it has failed",
				"on success the verbs after it never run either",
			},
			Notes: []string{"the SDKs' change texts say the answer is always executed; the page says after a failure only"},
		},
	}
}

func conferenceVerb() *Verb {
	events := []string{"conferenceCreated", "conferenceMemberJoin", "conferenceMemberExit", "conferenceCompleted"}
	return &Verb{
		Name: "Conference", Status: GA, Doc: "puts the call into a conference", Blocking: always, Transfer: Forbidden, Conference: Forbidden,
		Content: &Content{Name: "name", Type: TypeString, Required: true, Max: 100, Charset: NameCharacters, Doc: "name of the conference, made on first use"},
		Attributes: slices.Concat([]Attribute{
			{Name: "mute", Type: TypeBool, Default: "false", Doc: "the member is not heard"},
			{Name: "hold", Type: TypeBool, Default: "false", Doc: "the member neither hears nor is heard"},
			{Name: "callIdsToCoach", Type: TypeCallIDs, Doc: "the calls that hear this member; one coach per conference"},
		}, hookWithFallback("conferenceEvent", events...), credentials("conferenceEventUrl"), fallbackCredentials("conferenceEventFallbackUrl"),
			tag(), []Attribute{
				{Name: "callbackTimeout", Type: TypeSeconds, Min: new(1.0), Max: new(25.0), Misspelt: []string{"calbackTimeout"},
					Doc: "wait for the answer to an event; when absent that of the call"},
			}),
		Webhooks: []Webhook{
			{Event: "conferenceCreated", Sync: true, Attribute: "conferenceEventUrl", On: OnConference},
			{Event: "conferenceMemberJoin", Sync: true, Attribute: "conferenceEventUrl", On: OnConference},
			{Event: "conferenceMemberExit", Sync: true, Attribute: "conferenceEventUrl", On: OnConference},
			{Event: "conferenceCompleted", Attribute: "conferenceEventUrl"},
		},
		Absent: noEvent,
		Rules: []string{
			"URL, method, credentials and tag are those of the call that made the conference; those of later members are ignored",
			"the verbs after it run for each member when the conference is ended by REST",
			"at most 20 calls and 24 h",
			"a member leaves when its call is redirected by REST",
			"in documents for a conference every verb that is not listed for it makes the carrier refuse the whole document",
			"documents for a conference run one after the other; a verb that fails does not stop the next",
		},
		Notes: []string{"the Python SDK writes the name as an attribute, which is wrong", "docs of 2023 misspell callbackTimeout as calbackTimeout"},
	}
}

func callTimeout() Attribute {
	return Attribute{Name: "callTimeout", Type: TypeSeconds, Min: new(1.0), Max: new(300.0), Default: "30",
		Doc: "wait for an answer, counted from ringing; without ringing the attempt ends after 30 s"}
}

func diversion() []Attribute {
	return []Attribute{
		{Name: "diversionTreatment", Type: TypeEnum, Values: []string{"none", "propagate", "stack"}, Default: "none",
			Doc: "Diversion headers of the new leg: none, those of the inbound call, or those and one for this call"},
		{Name: "diversionReason", Type: TypeEnum, Values: []string{"unknown", "user-busy", "no-answer", "unavailable", "unconditional",
			"time-of-day", "do-not-disturb", "deflection", "follow-me", "out-of-service", "away"}, Default: "unknown",
			OnlyIf: &When{Attribute: "diversionTreatment", Values: []string{"stack"}}, Doc: "reason in the new Diversion header"},
	}
}

func transferTarget() []Attribute {
	return slices.Concat([]Attribute{{Name: "uui", Type: TypeUUI, Doc: "user-to-user information for the called party"}},
		hookWithFallback("transferAnswer", "transferAnswer"), hook("transferDisconnect", "transferDisconnect"),
		credentials("transferAnswerUrl", "transferDisconnectUrl"), fallbackCredentials("transferAnswerFallbackUrl"), tag())
}

func targetWebhooks() []Webhook {
	return []Webhook{
		{Event: "transferAnswer", Sync: true, Attribute: "transferAnswerUrl", On: OnLeg},
		{Event: "transferDisconnect", Attribute: "transferDisconnectUrl"},
	}
}
