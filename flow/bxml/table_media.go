package bxml

import "slices"

func mediaVerbs() []*Verb {
	return []*Verb{
		{
			Name: "SpeakSentence", Level: Both, Status: GA, Doc: "speaks text",
			Content: &Content{Kind: SSML, Name: "text", Type: TypeString, Required: true, Doc: "words, with SSML elements where wanted"},
			Attributes: []Attribute{
				{Name: "voice", Type: TypeEnum, Values: voiceNames(), Doc: "who speaks; gender and locale are ignored then"},
				{Name: "gender", Type: TypeEnum, Values: []string{"male", "female"}, Default: "female",
					Doc: "picks a voice together with locale; the other gender when the locale has none of this one"},
				{Name: "locale", Type: TypeEnum, Values: locales(), Default: "en_US", Doc: "picks a voice together with gender"},
			},
			Blocking: always,
			Notes: []string{
				"which voice speaks when none is given is susan in one guide and a female en_US one on the voice page",
				"an unknown voice can make the carrier refuse the document",
			},
		},
		{
			Name: "PlayAudio", Level: Both, Status: GA, Doc: "plays a .wav or .mp3 file",
			Content: &Content{Name: "audioUri", Type: TypeURL, Relative: true, Required: true, Doc: "URL of the file"},
			Attributes: []Attribute{
				{Name: "username", Type: TypeString, Doc: "user name of HTTP Basic authentication at the URL"},
				{Name: "password", Type: TypeString, Doc: "password of HTTP Basic authentication at the URL"},
			},
			Blocking: always,
			Rules: []string{
				"the format follows from the Content-Type (audio/wav, audio/x-wav, audio/mpeg, audio/mpeg3, audio/mp3), else from the file name, else it is taken for wav",
				"another format ends the call with cause application-error",
				"at most 1 hour or 250 MB is recommended; channels are mixed down to one",
				"nothing is cached without Cache-Control or Expires",
			},
			Notes: []string{"the mediaUrl of a recording can be played back"},
		},
		{
			Name: "Pause", Status: GA, Doc: "keeps silent for a while", Blocking: always, Conference: Forbidden,
			Attributes: []Attribute{{Name: "duration", Type: TypeSeconds, Min: new(0.1), Max: new(86400.0), Default: "1", Doc: "how long"}},
			Notes:      []string{"the Java SDK writes 2 when nothing is set"},
		},
		{
			Name: "Ring", Status: GA, Doc: "plays a ringing tone", Blocking: always, Conference: Forbidden,
			Attributes: []Attribute{
				{Name: "duration", Type: TypeSeconds, Min: new(0.1), Max: new(86400.0), Default: "5", Doc: "how long"},
				{Name: "answerCall", Type: TypeBool, Default: "true", Since: since2021,
					Doc: "false leaves an inbound call that has not been answered ringing, unanswered"},
			},
			Notes: []string{"the Java SDK writes duration 2 when nothing is set"},
		},
		{
			Name: "SendDtmf", Status: GA, Doc: "plays the tones of keys", Blocking: always, Conference: Forbidden,
			Content: &Content{Name: "digits", Type: TypeString, Required: true, Max: 50, Charset: DialCharacters,
				Doc: `the keys; "," and "w" pause 0.5 s, "W" pauses 1 s, instead of toneInterval`},
			Attributes: []Attribute{
				{Name: "toneDuration", Type: TypeMilliseconds, Min: new(50.0), Max: new(5000.0), Default: "200", Doc: "length of a tone"},
				{Name: "toneInterval", Type: TypeMilliseconds, Min: new(50.0), Max: new(5000.0), Default: "400", Doc: "silence between tones"},
			},
		},
		{
			Name: "Hangup", Status: GA, Doc: "ends the call; one that has not been answered is rejected", Dead: always, Conference: Forbidden,
			Webhooks: []Webhook{{Event: "disconnect", Elsewhere: callDisconnect}},
			Rules:    []string{"an empty document does the same"},
			Notes:    []string{"the verb's page calls the event CallComplete; it is disconnect"},
		},
		{
			Name: "Redirect", Status: GA, Doc: "asks a URL for the next document", Dead: always, Conference: Forbidden,
			Attributes: slices.Concat(required(hookWithFallback("redirect", "redirect")), credentials("redirectUrl"),
				fallbackCredentials("redirectFallbackUrl"), tag()),
			Webhooks: []Webhook{{Event: "redirect", Sync: true, Attribute: "redirectUrl", On: OnCall}},
			Absent:   "not possible: redirectUrl is required",
		},
		{
			Name: "Tag", Status: GA, Doc: "sets the tag that later webhooks of the call carry", Conference: Forbidden,
			Content: &Content{Name: "tag", Type: TypeString, Max: 256, RejectLen: maxTag, Trim: true, Doc: "the tag; empty clears it"},
		},
		{
			Name: "Gather", Status: GA, Doc: "collects digits or speech, while nested audio plays", Blocking: always,
			Dead: set("gatherUrl"), Conference: Forbidden,
			Attributes: slices.Concat(hookWithFallback("gather", "gather"), credentials("gatherUrl"),
				fallbackCredentials("gatherFallbackUrl"), tag(), gatherAttributes()),
			Children: Children{Allowed: []string{"SpeakSentence", "PlayAudio"}, Max: 20, Product: 20, Times: "repeatCount"},
			Webhooks: []Webhook{
				{Event: "gather", Sync: true, Attribute: "gatherUrl", On: OnCall},
				{Event: "partialGather", Attribute: "partialResultCallback", Note: "any number of times before the gather event"},
			},
			Absent: "the digits are lost and the next verb runs",
			Rules: []string{
				"it ends with a terminating digit, interDigitTimeout after a digit, firstDigitTimeout after the audio without a digit, or maxDigits digits, whichever comes first",
				"a timeout without digits sends the event too, with empty digits",
				"a StartGather pauses meanwhile",
				"no event when the caller hangs up",
			},
			Notes: []string{"the C# SDK says repeatCount is 1 to 30; the page bounds only the product with the nested verbs"},
		},
		{
			Name: "StartGather", Status: GA, Doc: "reports every digit from here on", Conference: Forbidden,
			Attributes: slices.Concat(required(hook("dtmf", "dtmf")), credentials("dtmfUrl"), tag()),
			Webhooks:   []Webhook{{Event: "dtmf", Attribute: "dtmfUrl", Note: "one per digit"}},
			Absent:     "not possible: every SDK requires dtmfUrl",
			Rules:      []string{"it goes on through later documents, Conference, Transfer and Bridge, until StopGather or the end of the call", "not together with Forward"},
		},
		simple("StopGather", "ends StartGather", Forbidden),
	}
}

// required marks the first attribute, the URL of a hook.
func required(attributes []Attribute) []Attribute {
	attributes[0].Required = true
	return attributes
}

func gatherAttributes() []Attribute {
	const since = "2026, in no SDK release yet"
	speech := is("input", "speech", "dtmf_speech")
	callback := method("partialResultCallbackMethod", "partialResultCallback")
	callback.Status, callback.Since, callback.OnlyIf = New, since, &speech
	return []Attribute{
		{Name: "terminatingDigits", Type: TypeDigits, Clears: true, Doc: "any of these ends the gather and is reported apart from the digits; none when empty"},
		{Name: "maxDigits", Type: TypeInt, Min: new(1.0), Max: new(50.0), Default: "50", Doc: "the gather ends after so many digits"},
		{Name: "interDigitTimeout", Type: TypeSeconds, Min: new(1.0), Max: new(60.0), Default: "5", Doc: "wait for the next digit"},
		{Name: "firstDigitTimeout", Type: TypeSeconds, Min: new(0.0), Max: new(60.0), Default: "5", Doc: "wait for the first digit after the nested audio, also between its repetitions"},
		{Name: "repeatCount", Type: TypeInt, Min: new(1.0), Default: "1", Doc: "times the nested audio plays while no digit comes"},
		{Name: "input", Type: TypeEnum, Values: []string{"dtmf", "speech", "dtmf_speech"}, Default: "dtmf", Status: New, Since: since, Doc: "what is collected"},
		{Name: "hints", Type: TypeString, OnlyIf: &speech, Status: New, Since: since, Doc: "words that are likely"},
		{Name: "language", Type: TypeString, OnlyIf: &speech, Status: New, Since: since, Doc: "language that is spoken, such as en-US"},
		{Name: "partialResultCallback", Type: TypeURL, Relative: true, Events: []string{"partialGather"}, OnlyIf: &speech, Status: New, Since: since, Doc: "where the event is sent"},
		callback,
		{Name: "profanityFilter", Type: TypeBool, Default: "true", OnlyIf: &speech, Status: New, Since: since, Doc: "masks swear words"},
		{Name: "speechModel", Type: TypeString, OnlyIf: &speech, Status: New, Since: since, Doc: "recognition model; the carrier documents no values"},
		{Name: "speechTimeout", Type: TypeSeconds, Default: "5", OnlyIf: &speech, Status: New, Since: since, Doc: "silence that ends the speech"},
	}
}

func recordingVerbs() []*Verb {
	urls := []string{"recordCompleteUrl", "recordingAvailableUrl", "transcriptionAvailableUrl"}
	return []*Verb{
		{
			Name: "Record", Status: GA, Doc: "records the caller", Blocking: always, Dead: set("recordCompleteUrl"), Conference: Forbidden,
			Attributes: slices.Concat(misspelt(hookWithFallback("recordComplete", "recordComplete"), "recordCompleteFallback_url", "recordCompleteFallback_method"),
				hook("recordingAvailable", "recordingAvailable"), transcription(), secured(credentials(urls...)),
				secured(fallbackCredentials("recordCompleteFallbackUrl")), tag(), []Attribute{
					{Name: "terminatingDigits", Type: TypeDigits, Default: "#", Clears: true, Doc: "any of these ends the recording; none when empty"},
					{Name: "maxDuration", Type: TypeSeconds, Max: new(10800.0), Default: "60", Doc: "greatest length"},
					{Name: "silenceTimeout", Type: TypeSeconds, Min: new(0.0), Max: new(10800.0), Default: "0", Doc: "silence that ends the recording; 0 for never"},
					fileFormat(),
				}),
			Webhooks: []Webhook{
				{Event: "recordComplete", Sync: true, Attribute: "recordCompleteUrl", On: OnCall, Note: "not when the call ended meanwhile"},
				{Event: "recordingAvailable", Attribute: "recordingAvailableUrl"},
				{Event: "transcriptionAvailable", Attribute: "transcriptionAvailableUrl", Note: "with transcribe only"},
			},
			Absent: "no event is sent and the next verb runs; the recording is kept either way",
			Rules: []string{
				"one channel is recorded; recordings and transcriptions are kept 30 days",
				"only recordings longer than 500 ms and shorter than 4 h are transcribed",
			},
			Notes: []string{"the event is recordingComplete in the OpenAPI files and recordComplete on the page"},
		},
		{
			Name: "StartRecording", Status: GA, Doc: "records the call or the conference from here on",
			Attributes: slices.Concat(hook("recordingAvailable", "recordingAvailable", "conferenceRecordingAvailable"),
				ignoredByConference(transcription()), secured(credentials(urls[1:]...)), ignoredByConference(tag()), []Attribute{
					fileFormat(),
					{Name: "multiChannel", Type: TypeBool, Default: "false", ConferenceIgnores: true,
						Doc: "two channels: the caller on the left, what is played or the other leg on the right"},
				}),
			Webhooks: []Webhook{
				{Event: "recordingAvailable", Attribute: "recordingAvailableUrl", Note: "on a call"},
				{Event: "conferenceRecordingAvailable", Attribute: "recordingAvailableUrl", Note: "on a conference"},
				{Event: "transcriptionAvailable", Attribute: "transcriptionAvailableUrl", Note: "on a call, with transcribe only"},
			},
			Absent: "no event is sent; the recording is available by REST",
			Rules: []string{
				"a second one without StopRecording between is ignored",
				"it goes on until StopRecording or the end of the call or conference",
			},
		},
		simple("PauseRecording", "pauses StartRecording; the gap is left out", Allowed, "no effect when nothing is being recorded"),
		simple("ResumeRecording", "goes on after PauseRecording", Allowed, "no effect when nothing is paused"),
		{
			Name: "StopRecording", Status: GA, Doc: "ends StartRecording, paused or not",
			Webhooks: []Webhook{
				{Event: "recordingAvailable", Elsewhere: "recordingAvailableUrl of the StartRecording"},
				{Event: "conferenceRecordingAvailable", Elsewhere: "recordingAvailableUrl of the StartRecording"},
			},
			Notes: []string{"no effect when nothing is being recorded"},
		},
	}
}

func transcription() []Attribute {
	transcribed := is("transcribe", "true")
	return append([]Attribute{
		{Name: "transcribe", Type: TypeBool, Default: "false", Doc: "makes a text of the recording"},
		{Name: "detectLanguage", Type: TypeBool, Default: "false", OnlyIf: &transcribed, Since: "2023-03",
			Doc: "English, French or Spanish is recognised; missing from all SDKs but C#"},
	}, hook("transcriptionAvailable", "transcriptionAvailable")...)
}

func ignoredByConference(attributes []Attribute) []Attribute {
	for i := range attributes {
		attributes[i].ConferenceIgnores = true
	}
	return attributes
}

// misspelt notes names that an SDK writes for the fallback URL and its method.
func misspelt(attributes []Attribute, url, method string) []Attribute {
	attributes[2].Misspelt = append(attributes[2].Misspelt, url)
	if method != "" {
		attributes[3].Misspelt = append(attributes[3].Misspelt, method)
	}
	return attributes
}

func fileFormat() Attribute {
	return Attribute{Name: "fileFormat", Type: TypeEnum, Values: []string{"mp3", "wav"}, Default: "wav", Doc: "of the recording"}
}
