package event

// endpointRows are the events of Connect and of WebRTC endpoints. They are beta, have no callId, and belong to no machine.
func endpointRows() []*Type {
	status := enum("status", "the page's list is not known to be complete", "INITIATED", "COMPLETED", "TIMED_OUT", "DENIED").open()
	connect := &Type{
		Name: "connectStatus", Status: "beta",
		SentWhen:    "a Connect reaches a status",
		Delivered:   "Connect.eventCallbackUrl",
		Method:      "POST presumably",
		Fallback:    "Connect.eventFallbackUrl",
		Credentials: undocumented,
		Notes:       []string{"the payload and the event's name on the wire are not documented"},
		Fields:      fields{status},
	}
	request := endpointRow("outboundConnectionRequest",
		"a WebRTC endpoint asks to be connected; the application answers by creating a call", nil)
	request.Notes = []string{"the field names and the event's name on the wire are not documented"}
	return []*Type{
		connect,
		endpointRow("endpointConnected", "a device connected with the endpoint's token", deviceFields()),
		endpointRow("endpointDisconnected", "the device went away", deviceFields()),
		endpointRow("endpointEligible", "the endpoint may be named by Connect", deviceFields()),
		endpointRow("endpointIneligible", "the endpoint may no longer be named by Connect", deviceFields()),
		request,
		deviceRow(),
	}
}

func endpointRow(name, when string, fs fields) *Type {
	return &Type{
		Name: name, Status: "beta",
		SentWhen:    when,
		Delivered:   endpointURL,
		Method:      "POST",
		Fallback:    "createEndpoint.eventFallbackUrl, used on a non-2xx answer or when unreachable",
		Credentials: undocumented,
		Fields:      fs,
	}
}

func deviceFields() fields {
	return fields{
		text("event", "plays the part of eventType"),
		text("accountId", ""),
		text("endpointId", ""),
		text("deviceId", ""),
		integer("timestamp", "milliseconds since 1970"),
		text("tags", "").optional(),
	}
}

// deviceRow is the shape that the OpenAPI document of July 2026 gives the endpoint events; the pages contradict it.
func deviceRow() *Type {
	t := endpointRow("endpointEvent", "a device connected or went away, as the OpenAPI document has it", fields{
		enum("eventType", "", "DEVICE_CONNECTED", "DEVICE_DISCONNECTED"),
		stamp("eventTime", ""),
		text("endpointId", ""),
		enum("type", "", "WEBRTC"),
		enum("status", "", "CONNECTED", "DISCONNECTED"),
		stamp("creationTimestamp", ""),
		stamp("expirationTimestamp", ""),
		text("tag", "").optional(),
		dict("device", "").optional(),
	})
	t.Aliases = []string{"DEVICE_CONNECTED", "DEVICE_DISCONNECTED"}
	t.Notes = []string{"contradicts the pages of endpointConnected and the others, which have event and timestamp"}
	return t
}
