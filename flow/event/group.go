package event

import "slices"

// The helpers of this file keep a row of the table short. A row is a group of common fields, changed where the event
// differs, and followed by its own fields.

type fields []Field

func (fs fields) with(more ...Field) fields {
	out := slices.Clone(fs)
	for _, f := range more {
		if i := slices.IndexFunc(out, func(o Field) bool { return o.Name == f.Name }); i >= 0 {
			out[i] = f
			continue
		}
		out = append(out, f)
	}
	return out
}

func (fs fields) without(names ...string) fields {
	return slices.DeleteFunc(slices.Clone(fs), func(f Field) bool { return slices.Contains(names, f.Name) })
}

func text(name, doc string) Field      { return Field{Name: name, Doc: doc} }
func stamp(name, doc string) Field     { return Field{Name: name, Kind: Timestamp, Doc: doc} }
func link(name, doc string) Field      { return Field{Name: name, Kind: URL, Doc: doc} }
func callID(name, doc string) Field    { return Field{Name: name, Kind: CallID, Doc: doc} }
func truth(name, doc string) Field     { return Field{Name: name, Kind: Bool, Doc: doc} }
func integer(name, doc string) Field   { return Field{Name: name, Kind: Int, Doc: doc} }
func span(name, doc string) Field      { return Field{Name: name, Kind: Duration, Doc: doc} }
func dict(name, doc string) Field      { return Field{Name: name, Kind: Map, Doc: doc} }
func list(name string) Field           { return Field{Name: name, Kind: List} }
func (f Field) of(v ...string) Field   { f.Values = v; return f }
func (f Field) optional() Field        { f.Optional = true; return f }
func (f Field) presumed() Field        { f.Optional, f.Presumed = true, true; return f }
func (f Field) open() Field            { f.Open = true; return f }
func (f Field) entered() Field         { f.Sensitive = true; return f }
func (f Field) party() Field           { f.Sensitive, f.Personal = true, true; return f }
func (f Field) as(record string) Field { f.Record = record; return f }

func enum(name, doc string, values ...string) Field {
	return Field{Name: name, Kind: Enum, Doc: doc, Values: values}
}

func head() fields {
	return fields{
		text("eventType", ""),
		stamp("eventTime", "when the event was generated, UTC, approximate"),
	}
}

func tag() Field {
	return text("tag", "the tag in force; absent when none was set or it was cleared").optional()
}

func direction(values ...string) Field {
	return enum("direction", "never changes during a call", values...)
}

// callFields are the fields that the events of an answered call share.
func callFields() fields {
	return head().with(
		text("accountId", ""),
		text("applicationId", ""),
		text("from", "E.164, a SIP URI, or one of Private, Restricted, Unavailable, Anonymous").party(),
		text("to", "E.164, a SIP URI for SIP calls").party(),
		direction("inbound", "outbound"),
		callID("callId", ""),
		link("callUrl", ""),
		stamp("enqueuedTime", "outbound calls when queueing is on").optional(),
		stamp("startTime", "start of the call"),
		stamp("answerTime", ""),
		tag(),
	)
}

// legFields are sent in addition when the call is the B-leg of a Transfer.
func legFields() fields {
	return fields{
		callID("parentCallId", "only on the B-leg of a Transfer: the call that executed Transfer").optional(),
		text("transferCallerId", "only on the B-leg: its from number").optional().party(),
		text("transferTo", "only on the B-leg: its to number").optional().party(),
	}
}

func errorFields() fields {
	return fields{text("errorMessage", "").optional(), text("errorId", "").optional()}
}

func causeField() Field {
	var names []string
	for _, c := range causes {
		names = append(names, c.Name)
	}
	return enum("cause", "why it ended", names...).open()
}

func recordingFields() fields {
	return fields{
		text("recordingId", ""),
		link("mediaUrl", "can be fetched only after recordingAvailable"),
		stamp("startTime", "start of the recording, not of the call"),
		stamp("endTime", "end of the recording"),
		span("duration", ""),
		integer("channels", "").of("1", "2"),
		enum("fileFormat", "", "wav", "mp3"),
	}
}

func detectionFields() fields {
	return fields{
		dict("machineDetectionResult", "").as("MachineDetectionResult"),
		enum("machineDetectionResult.value", "tone-detected needs a feature of the account; some pages omit it or write tone-detection",
			"human", "answering-machine", "tone-detected", "silence", "timeout", "error"),
		span("machineDetectionResult.duration", ""),
	}
}

func tracks(name string) Field { return list(name).of("inbound", "outbound") }

// streamFields describe a media stream under the given name.
func streamFields(name string) fields {
	return fields{
		dict(name, "").as("MediaStream"),
		text(name+".id", ""),
		text(name+".name", "the name given, else the id"),
		link(name+".destination", ""),
		tracks(name + ".tracks"),
		enum(name+".type", "", "WebSocket"),
		stamp(name+".startTime", ""),
	}
}

// transcriptFields describe a real-time transcription under the given name.
func transcriptFields(name string) fields {
	return fields{
		dict(name, "").as("RealTimeTranscription"),
		text(name+".id", ""),
		text(name+".name", ""),
		stamp(name+".startTime", ""),
		tracks(name + ".tracks"),
		link(name+".destination", "").optional(),
		truth(name+".stabilized", `a string "true" or "false" in the examples`).optional(),
	}
}

// either makes all of fs optional: exactly one of two objects is sent.
func either(fs fields) fields {
	out := slices.Clone(fs)
	for i := range out {
		out[i].Optional = true
	}
	out[0].Doc = "the field table says realTimeTranscription, the examples transcription: one of them is sent"
	return out
}

func conferenceFields() fields {
	return head().with(
		tag(),
		text("conferenceId", ""),
		text("name", "text of the Conference verb"),
	)
}

func memberFields() fields {
	return conferenceFields().with(
		callID("callId", "the member"), text("from", "").party(), text("to", "").party(),
	)
}
