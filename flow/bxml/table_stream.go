package bxml

import "slices"

func streamVerbs() []*Verb {
	const perCall = "at most 4 tracks per call at a time; both counts as 2"
	transcriptions := []string{"realTimeTranscriptionStarted", "realTimeTranscriptionRejected", "realTimeTranscriptionStopped", "realTimeTranscriptionAvailable"}
	return []*Verb{
		{
			Name: "StartStream", Status: GA, Doc: "sends the audio of the call to a websocket", Transfer: Unlisted, Conference: Forbidden,
			Attributes: slices.Concat([]Attribute{
				{Name: "name", Type: TypeString, Doc: "unique in the call; made up by the carrier when absent"},
				{Name: "mode", Type: TypeEnum, Values: []string{"unidirectional", "bidirectional"}, Default: "unidirectional", Since: "2025-03",
					Doc: "bidirectional plays what the websocket sends"},
				tracks(),
				{Name: "destination", Type: TypeWebSocketURL, Required: true, Doc: "the websocket"},
				{Name: "destinationUsername", Type: TypeString, Since: "2025-08", AppliesTo: []string{"destination"},
					Misspelt: []string{"destination_username"}, Doc: "user name for the websocket"},
				{Name: "destinationPassword", Type: TypeString, Since: "2025-08", AppliesTo: []string{"destination"},
					Misspelt: []string{"destination_password"}, Doc: "password for the websocket"},
			}, hook("streamEvent", "mediaStreamStarted", "mediaStreamRejected", "mediaStreamStopped"), secured(credentials("streamEventUrl"))),
			Children: Children{Allowed: []string{"StreamParam"}, Max: 12},
			Webhooks: []Webhook{
				{Event: "mediaStreamStarted", Attribute: "streamEventUrl"},
				{Event: "mediaStreamRejected", Attribute: "streamEventUrl"},
				{Event: "mediaStreamStopped", Attribute: "streamEventUrl"},
			},
			Absent: noEvent,
			Rules: []string{
				perCall,
				"as last verb it lets the call end, which closes the websocket; StopStream with wait keeps the call up",
				"a name that is in use is refused: mediaStreamRejected with cause duplicate",
				"the inbound track is what the carrier receives from the call",
			},
		},
		{
			Name: "StreamParam", Level: Child, Status: GA, Doc: "a parameter for the websocket's start message", Attributes: param(),
		},
		{
			Name: "StopStream", Status: GA, Doc: "ends a StartStream, or waits for its end", Transfer: Unlisted, Conference: Forbidden,
			Blocking: is("wait", "true"),
			Attributes: []Attribute{
				{Name: "name", Type: TypeString, Required: true, Doc: "name of the stream"},
				{Name: "wait", Type: TypeBool, Default: "false", Since: "2025-09", Doc: "the next verb waits until the websocket is closed by the other side"},
			},
			Webhooks: []Webhook{{Event: "mediaStreamStopped", Elsewhere: "streamEventUrl of the StartStream"}},
			Notes:    []string{"no effect when no stream has that name"},
		},
		{
			Name: "StartTranscription", Status: GA, Since: "2023-06", Doc: "transcribes the call while it goes on", Transfer: Unlisted, Conference: Forbidden,
			Attributes: slices.Concat([]Attribute{
				{Name: "name", Type: TypeString, Doc: "unique in the call; made up by the carrier when absent"},
				tracks(),
			}, hook("transcriptionEvent", transcriptions...), secured(credentials("transcriptionEventUrl")), []Attribute{
				{Name: "destination", Type: TypeWebSocketURL, Doc: "a websocket that gets the words as they come"},
				{Name: "stabilized", Type: TypeBool, Default: "true", OnlyIf: &When{Attribute: "destination"}, Doc: "fewer corrections of words already sent"},
			}),
			Children: Children{Allowed: []string{"CustomParam"}, Max: 12},
			Webhooks: []Webhook{
				{Event: "realTimeTranscriptionStarted", Attribute: "transcriptionEventUrl", Note: "with destination only"},
				{Event: "realTimeTranscriptionRejected", Attribute: "transcriptionEventUrl", Note: "with destination only"},
				{Event: "realTimeTranscriptionStopped", Attribute: "transcriptionEventUrl", Note: "with destination only"},
				{Event: "realTimeTranscriptionAvailable", Attribute: "transcriptionEventUrl"},
			},
			Absent: noEvent,
			Rules:  []string{perCall, "it goes on until StopTranscription or the end of the call"},
		},
		{
			Name: "CustomParam", Level: Child, Status: GA, Doc: "a parameter for the websocket's start message", Attributes: param(),
		},
		{
			Name: "StopTranscription", Status: GA, Doc: "ends a StartTranscription", Transfer: Unlisted, Conference: Forbidden,
			Attributes: []Attribute{{Name: "name", Type: TypeString, Doc: "name of the transcription; when absent all are ended"}},
			Webhooks: []Webhook{
				{Event: "realTimeTranscriptionStopped", Elsewhere: "transcriptionEventUrl of the StartTranscription"},
				{Event: "realTimeTranscriptionAvailable", Elsewhere: "transcriptionEventUrl of the StartTranscription"},
			},
			Notes: []string{"no effect when no transcription has that name", "the Node SDK requires name, the page does not"},
		},
	}
}

func tracks() Attribute {
	return Attribute{Name: "tracks", Type: TypeEnum, Values: []string{"inbound", "outbound", "both"}, Default: "inbound", Doc: "which side"}
}

func param() []Attribute {
	return []Attribute{
		{Name: "name", Type: TypeString, Required: true, MaxLen: 256, Doc: "its name"},
		{Name: "value", Type: TypeString, Required: true, MaxLen: 2048, Doc: "its value"},
	}
}
