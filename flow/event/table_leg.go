package event

// legRows are the events of Transfer and Bridge, where two calls are involved.
func legRows() []*Type {
	return append(transferRows(), bridgeRows()...)
}

func transferRows() []*Type {
	const child = "username/password of the PhoneNumber or SipUri"
	to := fields{
		text("transferCallerId", "from of the B-leg").party(),
		text("transferTo", "to of the B-leg").party(),
	}
	return []*Type{
		{
			Name: "transferAnswer", Sync: true, Once: true, Machine: MachineCall, Bearer: ChildLeg, Starts: true,
			SentWhen:    "a target of a Transfer answers",
			Delivered:   "transferAnswerUrl of the PhoneNumber or SipUri that answered",
			Method:      "transferAnswerMethod" + getOrPost,
			Fallback:    "transferAnswerFallbackUrl / transferAnswerFallbackMethod",
			Credentials: child + ", fallbackUsername/fallbackPassword",
			ActsOn:      "the B-leg only; the legs are bridged when that BXML is done",
			Notes:       []string{"events of that BXML carry the callId of the B-leg, parentCallId, transferCallerId and transferTo"},
			Fields: callFields().with(
				text("from", "of the original call").party(),
				text("to", "of the original call").party(),
				direction("outbound"),
				callID("callId", "the new B-leg"),
				callID("parentCallId", "the A call; missing from the OpenAPI document"),
			).with(to...),
		},
		{
			Name: "transferComplete", Sync: true, Once: true, Bearer: OwnCall,
			SentWhen:    "the transfer is over (hung up, busy, no answer, limit, error of the B-leg) and the A call is still up",
			Delivered:   "Transfer.transferCompleteUrl",
			Method:      "transferCompleteMethod" + getOrPost,
			Fallback:    "transferCompleteFallbackUrl / transferCompleteFallbackMethod",
			Credentials: verbBoth, ActsOn: "the A call, which executed Transfer",
			Notes:  []string{"describes the leg that answered, or one of the legs when nobody did"},
			Fields: callFields().with(callID("callId", "the A call")).with(to...).with(causeField()).with(errorFields()...),
		},
		{
			Name: "transferDisconnect", Machine: MachineCall, Key: FieldParentCallID, Bearer: ChildLeg, Late: true,
			SentWhen:    "a target leg of a Transfer ends, answered or not",
			Delivered:   "transferDisconnectUrl of the PhoneNumber or SipUri",
			Method:      "transferDisconnectMethod" + getOrPost,
			Credentials: child,
			Notes:       []string{"sent once for each target leg that has the URL, also when the A call is gone"},
			Fields: callFields().with(
				text("accountId", "only in the OpenAPI document").optional(),
				text("applicationId", "only in the OpenAPI document").optional(),
				direction("outbound"),
				callID("callId", "the B-leg"),
				stamp("answerTime", "absent when the leg did not answer").optional(),
				stamp("endTime", ""),
				callID("parentCallId", "the A call"),
			).with(to...).with(causeField()).with(errorFields()...),
		},
	}
}

func bridgeRows() []*Type {
	return []*Type{
		{
			Name: "bridgeComplete", Sync: true, Once: true, Bearer: OwnCall,
			SentWhen:    "the target call left the bridge, or the bridge could not be made",
			Delivered:   "Bridge.bridgeCompleteUrl",
			Method:      "bridgeCompleteMethod" + getOrPost,
			Fallback:    "bridgeCompleteFallbackUrl / bridgeCompleteFallbackMethod",
			Credentials: verbBoth, ActsOn: "the call that executed Bridge",
			Notes: []string{
				"the page lists the causes busy, rejected and unknown; the OpenAPI document all twelve",
				"either bridgeComplete or bridgeTargetComplete is sent for a bridge, never both",
			},
			Fields: callFields().with(
				causeOf("absent after a successful bridge"),
			).with(errorFields()...).with(
				text("transferCallerId", "only in the page's failed example").optional().party(),
				text("transferTo", "only in the page's failed example").optional().party(),
			),
		},
		{
			Name: "bridgeTargetComplete", Sync: true, Once: true, Machine: MachineCall, Bearer: BridgeTarget,
			SentWhen:    "the call that executed Bridge left first",
			Delivered:   "Bridge.bridgeTargetCompleteUrl",
			Method:      "bridgeTargetCompleteMethod" + getOrPost,
			Fallback:    "bridgeTargetCompleteFallbackUrl / bridgeTargetCompleteFallbackMethod",
			Credentials: verbBoth, ActsOn: "the target call",
			Notes: []string{
				"has no cause and no error fields",
				"reaches the target in any state: being bridged cancelled its BXML",
			},
			Fields: callFields().with(callID("callId", "the target call")),
		},
	}
}

func causeOf(doc string) Field {
	f := causeField().optional()
	f.Doc = doc
	return f
}
