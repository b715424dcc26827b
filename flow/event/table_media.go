package event

// mediaRows are the events of StartStream and StartTranscription. Only the documentation pages know them.
func mediaRows() []*Type { return append(streamRows(), transcriptRows()...) }

func streamRows() []*Type {
	started := streamRow("mediaStreamStarted", "the stream started")

	rejected := streamRow("mediaStreamRejected", "the stream could not be started",
		enum("cause", "", "connection-error", "duplicate", "error", "track-limit"),
		text("errorMessage", ""))
	original := streamFields("originalMediaStream")
	original[0].Doc, original[0].Optional = "the stream that already holds the name", true
	rejected.Fields = append(rejected.Fields, original...)
	rejected.Notes = append(rejected.Notes, "the field table says eventType mediaStreamStarted, the example mediaStreamRejected")

	stopped := streamRow("mediaStreamStopped", "the stream ended: StopStream, end of the call, or the websocket was closed",
		span("mediaStream.duration", ""),
		enum("cause", "", "closed", "connection-error", "error"),
		text("errorMessage", "when cause is not closed").optional())
	stopped.Late = true
	return []*Type{started, rejected, stopped}
}

func streamRow(name, when string, more ...Field) *Type {
	return &Type{
		Name: name, Bearer: OwnCall,
		SentWhen:    when,
		Delivered:   streamURL,
		Method:      "streamEventMethod" + getOrPost,
		Credentials: verbHTTPS,
		Notes:       []string{unmodelled},
		Fields:      callFields().with(streamFields("mediaStream")...).with(more...),
	}
}

func transcriptRows() []*Type {
	started := transcriptRow("realTimeTranscriptionStarted", "a transcription with destination started")
	started.Fields = callFields().with(transcriptFields("realTimeTranscription")...)

	rejected := transcriptRow("realTimeTranscriptionRejected", "a transcription with destination could not start")
	rejected.Fields = twoNames().with(
		enum("cause", "", "connection-error", "duplicate", "error", "track-limit"),
		text("errorMessage", ""),
	).with(originalTranscript()...)

	stopped := transcriptRow("realTimeTranscriptionStopped", "a transcription with destination ended")
	stopped.Late = true
	stopped.Fields = twoNames().with(
		span("realTimeTranscription.duration", "").optional(),
		span("transcription.duration", "").optional(),
		enum("cause", "", "closed", "connection-error", "error"),
		text("errorMessage", "").optional(),
	)

	available := transcriptRow("realTimeTranscriptionAvailable", "the transcript of a StartTranscription can be fetched, or failed")
	available.Late = true
	available.Fields = callFields().with(transcriptFields("realTimeTranscription")...).with(
		enum("realTimeTranscription.status", "", "available", "failed"),
		link("realTimeTranscription.url", ""),
		stamp("realTimeTranscription.completedTime", ""),
	)
	return []*Type{started, rejected, stopped, available}
}

func transcriptRow(name, when string) *Type {
	return &Type{
		Name: name, Bearer: OwnCall,
		SentWhen:    when,
		Delivered:   transcriptURL,
		Method:      "transcriptionEventMethod" + getOrPost,
		Credentials: verbHTTPS,
		Notes:       []string{unmodelled, "the object may be called transcription; its fields are found under realTimeTranscription all the same"},
	}
}

// twoNames are the fields of events whose table and examples name the object differently.
func twoNames() fields {
	return callFields().
		with(either(transcriptFields("realTimeTranscription"))...).
		with(either(transcriptFields("transcription"))...)
}

func originalTranscript() fields {
	fs := transcriptFields("originalTranscription")
	fs[0].Doc, fs[0].Optional = "the transcription that already holds the name", true
	return fs
}
