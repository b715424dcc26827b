package event

const creatorTag = "the tag is that of the call that created the conference"

// conferenceRows are the events of conferences. All but the member events carry no callId.
func conferenceRows() []*Type {
	created := conferenceRow("conferenceCreated", "a Conference with conferenceEventUrl creates the conference", conferenceFields())
	created.Starts = true
	joined := conferenceRow("conferenceMemberJoin", "a call joins", memberFields())
	left := conferenceRow("conferenceMemberExit", "a call leaves", memberFields())

	completed := conferenceRow("conferenceCompleted", "the last member left", conferenceFields())
	completed.Sync, completed.Ends, completed.ActsOn, completed.Reply = false, true, "", replyAny

	return []*Type{created, joined, left, {
		Name: "conferenceRedirect", Sync: true, Machine: MachineConference, Bearer: Conference,
		SentWhen:    "POST /conferences/{conferenceId} with redirectUrl",
		Delivered:   "updateConference.redirectUrl",
		Method:      "redirectMethod" + getOrPost,
		Fallback:    "redirectFallbackUrl / redirectFallbackMethod",
		Credentials: "username/password, fallbackUsername/fallbackPassword of the request",
		ActsOn:      "the conference",
		Reply:       replyConference,
		Fields:      conferenceFields(),
	}, completed, {
		Name: "conferenceRecordingAvailable", Machine: MachineConference, Bearer: Conference, Late: true,
		SentWhen:    "a recording of the conference is ready or failed",
		Delivered:   "recordingAvailableUrl of the StartRecording run in the conference",
		Method:      "recordingAvailableMethod" + getOrPost,
		Credentials: verbHTTPS,
		Fields: conferenceFields().with(text("accountId", "")).with(recordingFields()...).with(
			link("mediaUrl", ""),
			integer("channels", "").of("1"),
			enum("status", "", "complete", "partial", "error").open(),
		),
	}}
}

// conferenceRow is the row of an event delivered to the URL of the Conference verb that created the conference.
func conferenceRow(name, when string, fs fields) *Type {
	return &Type{
		Name: name, Sync: true, Machine: MachineConference, Bearer: Conference,
		SentWhen:    when,
		Delivered:   conferenceURL,
		Method:      "conferenceEventMethod" + getOrPost,
		Fallback:    "conferenceEventFallbackUrl / conferenceEventFallbackMethod",
		Credentials: verbBoth + " that created the conference",
		ActsOn:      "the conference",
		Reply:       replyConference,
		Notes:       []string{creatorTag},
		Fields:      fs,
	}
}
