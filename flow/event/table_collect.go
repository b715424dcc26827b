package event

// collectRows are the events of Gather, StartGather, Record and StartRecording.
func collectRows() []*Type {
	leg := callFields().with(legFields()...)
	return []*Type{
		{
			Name: "gather", Sync: true, Once: true, Bearer: OwnCall,
			SentWhen:    "a Gather with gatherUrl ends",
			Delivered:   "Gather.gatherUrl",
			Method:      "gatherMethod" + getOrPost,
			Fallback:    "gatherFallbackUrl / gatherFallbackMethod",
			Credentials: verbBoth, ActsOn: "this call",
			Fields: leg.with(
				text("digits", "empty when nothing was pressed; without the terminating digit").optional().entered(),
				text("terminatingDigit", "empty when none").optional().entered(),
				text("text", "recognized speech; only with input speech or dtmf_speech").optional().entered(),
			),
		},
		{
			Name: "partialGather", Aliases: []string{"partialgather"}, Bearer: OwnCall, Status: "new",
			SentWhen:    "speech is heard during a Gather with partialResultCallback; any number of times before gather",
			Delivered:   "Gather.partialResultCallback",
			Method:      "partialResultCallbackMethod" + getOrPost,
			Fallback:    "none documented",
			Credentials: undocumented,
			Notes:       []string{"the page spells the eventType partialgather, all lower case"},
			Fields: callFields().without("enqueuedTime").with(
				link("callUrl", "").presumed(),
				stamp("startTime", "").presumed(),
				stamp("answerTime", "").presumed(),
				text("tag", "").presumed(),
				text("text", "what was recognized so far").presumed().entered(),
			),
		},
		{
			Name: "dtmf", Bearer: OwnCall,
			SentWhen:    "a digit is pressed while a StartGather is in force, but not during a Gather",
			Delivered:   "StartGather.dtmfUrl",
			Method:      "dtmfMethod" + getOrPost,
			Credentials: verbOne,
			Fields:      leg.with(text("digit", "one character").entered()),
		},
		{
			Name: "recordComplete", Aliases: []string{"recordingComplete"}, Sync: true, Once: true, Bearer: OwnCall,
			SentWhen:    "a Record ends while the call is still up",
			Delivered:   "Record.recordCompleteUrl",
			Method:      "recordCompleteMethod" + getOrPost,
			Fallback:    "recordCompleteFallbackUrl / recordCompleteFallbackMethod",
			Credentials: verbBoth + " (https required)", ActsOn: "this call",
			Notes: []string{
				"the page says recordComplete, the OpenAPI document recordingComplete",
				"not sent when the recording ended because the call hung up",
			},
			Fields: leg.with(recordingFields()...).with(integer("channels", "").of("1")),
		},
		{
			Name: "recordingAvailable", Bearer: OwnCall, Late: true,
			SentWhen:    "a recording made by Record or StartRecording is ready or failed",
			Delivered:   "Record.recordingAvailableUrl or StartRecording.recordingAvailableUrl",
			Method:      "recordingAvailableMethod" + getOrPost,
			Credentials: verbHTTPS,
			Notes:       []string{"the examples have an eventTime without zone", "has no answerTime"},
			Fields: leg.without("answerTime").with(recordingFields()...).with(
				link("mediaUrl", "in the OpenAPI document only when it can be downloaded"),
				enum("status", "", "complete", "partial", "error").open(),
			),
		},
		{
			Name: "transcriptionAvailable", Bearer: OwnCall, Late: true,
			SentWhen:    "the transcription of a call recording ended; never for conferences",
			Delivered:   "transcriptionAvailableUrl of Record or StartRecording, or callbackUrl of a transcription request",
			Method:      "transcriptionAvailableMethod, callbackMethod" + getOrPost,
			Credentials: verbOne,
			Notes: []string{"the OpenAPI document gives transcription the shape of a transcript (text, confidence, speaker); " +
				"the page and its examples do not"},
			Fields: leg.without("answerTime").with(recordingFields()...).without("channels").with(
				dict("transcription", "").as("Transcription").entered(),
				text("transcription.id", ""),
				link("transcription.url", ""),
				enum("transcription.status", "", "available", "error", "timeout", "file-size-too-big", "file-size-too-small").open(),
				stamp("transcription.completedTime", ""),
				text("transcription.text", "only in the OpenAPI document; the transcript itself is at transcription.url").presumed().entered(),
			),
		},
	}
}
