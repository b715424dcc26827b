package event

// callRows are the events that begin, steer and end a call.
func callRows() []*Type {
	return []*Type{
		{
			Name: "initiate", Sync: true, Bearer: OwnCall, Starts: true,
			SentWhen:    "an inbound call arrives; the call is not answered yet",
			Delivered:   "the application's CallInitiatedCallbackUrl",
			Method:      "CallInitiatedMethod" + getOrPost,
			Fallback:    "CallInitiatedFallbackUrl / CallInitiatedFallbackMethod",
			Credentials: "the application's CallbackCreds and CallInitiatedFallbackCreds",
			ActsOn:      "this call",
			Notes: []string{
				"has no answerTime, no enqueuedTime and no tag",
				"privacy and callerDisplayName were seen on the wire and are in no documentation",
			},
			Fields: callFields().without("enqueuedTime", "answerTime", "tag").with(initiateFields()...),
		},
		{
			Name: "answer", Sync: true, Once: true, Bearer: OwnCall, Starts: true,
			SentWhen:    "a call made with createCall is answered; with synchronous machine detection only when the detection ended",
			Delivered:   "createCall.answerUrl",
			Method:      "createCall.answerMethod" + getOrPost,
			Fallback:    "createCall.answerFallbackUrl / answerFallbackMethod",
			Credentials: "createCall.username/password, fallbackUsername/fallbackPassword",
			ActsOn:      "this call",
			Notes:       []string{"never sent for inbound calls: their BXML answers them"},
			Fields:      callFields().with(answerFields()...),
		},
		{
			Name: "disconnect", Bearer: OwnCall, Ends: true,
			SentWhen:    "a call ends, for any reason; also a forwarded call when either leg hangs up",
			Delivered:   "createCall.disconnectUrl; of inbound calls the application's CallStatusCallbackUrl; both optional",
			Method:      "createCall.disconnectMethod, the application's CallStatusMethod" + getOrPost,
			Credentials: "createCall.username/password; of inbound calls the application's CallbackCreds",
			Notes: []string{
				"the only event that reports invalid BXML, limits and webhooks that could not be reached",
				"B-legs of a Transfer report through transferDisconnect; whether they also send disconnect is not documented",
				"the tag is the last one set on the call",
			},
			Fields: callFields().with(
				stamp("endTime", ""),
				stamp("answerTime", "absent when never answered").optional(),
				causeField(),
			).with(errorFields()...).with(
				text("sipCallId", "since July 2026").optional(),
				integer("sipResponseCode", "SIP status of a rejected outbound INVITE, such as 486; since July 2026").optional(),
			),
		},
		{
			Name: "redirect", Sync: true, Once: true, Bearer: OwnCall,
			SentWhen:    "a Redirect verb runs, or POST /calls/{callId} asks for it",
			Delivered:   "Redirect.redirectUrl or updateCall.redirectUrl",
			Method:      "redirectMethod" + getOrPost,
			Fallback:    "redirectFallbackUrl / redirectFallbackMethod",
			Credentials: "username/password, fallbackUsername/fallbackPassword of the verb or request",
			ActsOn:      "this call",
			Fields: callFields().with(legFields()...).
				with(stamp("answerTime", "absent while unanswered").optional()),
		},
		{
			Name: "machineDetectionComplete", Bearer: OwnCall,
			SentWhen:    "asynchronous machine detection ended",
			Delivered:   "createCall.machineDetection.callbackUrl",
			Method:      "machineDetection.callbackMethod" + getOrPost,
			Fallback:    "machineDetection.fallbackUrl / fallbackMethod",
			Credentials: "machineDetection.username/password, fallbackUsername/fallbackPassword",
			Notes: []string{
				"not sent in synchronous mode, where answer carries the result",
				"to act on it the application calls updateCall",
			},
			Fields: callFields().with(detectionFields()...),
		},
		{
			Name: "referComplete", Sync: true, Once: true, Bearer: OwnCall, Status: "new",
			SentWhen:    "a Refer ended: the REFER was rejected, the final NOTIFY came, or 30 s passed without one",
			Delivered:   "Refer.referCompleteUrl",
			Method:      "referCompleteMethod" + getOrPost,
			Credentials: "none documented",
			ActsOn:      "this call, only when referCallStatus is failure",
			Reply:       replyBXML + "; ignored after success",
			Notes: []string{
				"has no cause, errorMessage or errorId",
				"whether a disconnect follows a successful REFER is not documented",
			},
			Fields: callFields().without("enqueuedTime").with(
				enum("referCallStatus", "", "success", "failure"),
				integer("referSipResponseCode", "answer to the REFER, such as 202, 405 or 603").optional(),
				integer("notifySipResponseCode", "of the final NOTIFY, such as 200 or 404; absent on timeout or rejection").optional(),
			),
		},
	}
}

func initiateFields() fields {
	return fields{
		direction("inbound"),
		text("uui", "User-To-User of the INVITE: base64, jwt or hex, at most 256 characters").optional().party(),
		dict("diversion", "why the call was diverted; unknown keys and values must be tolerated").optional().as("Diversion").party(),
		text("diversion.origTo", "the number dialled first").party(),
		text("diversion.reason", "").optional().of("unknown", "user-busy", "no-answer", "unavailable", "unconditional", "time-of-day",
			"do-not-disturb", "deflection", "follow-me", "out-of-service", "away").open(),
		text("diversion.screen", "").optional().of("yes", "no").open(),
		text("diversion.privacy", "").optional().of("off", "full").open(),
		dict("stirShaken", "what the carrier knows of the caller id; free-form").optional().as("StirShaken").party(),
		enum("stirShaken.verstat", "the pages say Verification, the OpenAPI document says Validation", "TN-Verification-Passed",
			"TN-Verification-Failed", "TN-Validation-Passed", "TN-Validation-Failed").optional().open().party(),
		enum("stirShaken.attestationIndicator", "", "A", "B", "C").optional().open().party(),
		text("stirShaken.originatingId", "").optional().party(),
		text("identity", "raw Identity header when the account forwards it").optional().party(),
		text("sipCallId", "since July 2026").optional(),
		dict("sipHeaders", "X- headers of an inbound SIP URI call, names in lower case; since July 2026").optional().party(),
		truth("privacy", "").presumed(),
		text("callerDisplayName", "may be empty").presumed().party(),
	}
}

func answerFields() fields {
	detection := detectionFields()
	detection[0] = dict("machineDetectionResult", "only with synchronous machine detection").optional().as("MachineDetectionResult")
	return append(detection, text("sipCallId", "since July 2026").optional())
}
