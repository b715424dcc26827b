package event

// What Bandwidth expects as an answer. The pages of asynchronous events say 204; the overview says 201 or 200.
const (
	replyBXML       = "HTTP 200, application/xml, BXML"
	replyAny        = "HTTP 2xx; a body is ignored"
	replyConference = "HTTP 200 with BXML (conference verbs only) or HTTP 204 without a body"
)

// Phrases that several rows share.
const (
	getOrPost     = " (GET or POST, default POST)"
	none          = "none"
	undocumented  = "undocumented"
	verbBoth      = "username/password, fallbackUsername/fallbackPassword of the verb"
	verbOne       = "username/password of the verb"
	verbHTTPS     = "username/password of the verb (https required)"
	unmodelled    = "in no SDK model"
	streamURL     = "StartStream.streamEventUrl"
	transcriptURL = "StartTranscription.transcriptionEventUrl"
	conferenceURL = "Conference.conferenceEventUrl"
	endpointURL   = "createEndpoint.eventCallbackUrl"
)

// rows returns the table in the order of the documentation: calls, legs, conferences, media, endpoints.
func rows() []*Type {
	var all []*Type
	for _, part := range [][]*Type{callRows(), collectRows(), legRows(), conferenceRows(), mediaRows(), endpointRows()} {
		for _, t := range part {
			all = append(all, complete(t))
		}
	}
	return all
}

// complete fills in what follows from other columns.
func complete(t *Type) *Type {
	if t.Machine == MachineNone && t.Bearer == OwnCall {
		t.Machine = MachineCall
	}
	if t.Status == "" {
		t.Status = "ga"
	}
	if t.Fallback == "" {
		t.Fallback = none
	}
	if t.Key == 0 {
		t.Key = keyOf(t.Machine)
	}
	if t.Reply == "" {
		t.Reply = replyAny
		if t.Sync {
			t.Reply = replyBXML
		}
	}
	return t
}

func keyOf(m Machine) FieldID {
	switch m {
	case MachineCall:
		return FieldCallID
	case MachineConference:
		return FieldConferenceID
	}
	return 0
}

// unknownRow stands for event types that are not in the table.
func unknownRow() *Type {
	shared := callFields().with(
		callID("parentCallId", ""),
		text("transferCallerId", "").party(),
		text("transferTo", "").party(),
		text("conferenceId", ""),
		text("errorMessage", ""),
		text("errorId", ""),
	)
	for i := range shared {
		shared[i].Optional = true
		shared[i].Open = true
	}
	return &Type{
		Machine: MachineCall, Key: FieldCallID, Bearer: OwnCall,
		Reply:  "undocumented; HTTP 2xx is safe",
		Notes:  []string{"Bandwidth asks applications to tolerate event types, fields and causes that are not documented yet"},
		Fields: shared,
	}
}
