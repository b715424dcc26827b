package simulator

import (
	"fmt"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// scenario is what an application answers, by event type and one document per line, and what people and the application do.
type scenario struct {
	name   string
	limits bool // at most one call at a time
	script map[string]string
	acts   []move
}

// plainly makes a move of an act that names its call itself.
func plainly(do act) move { return func(st *stage) { st.Helper(); do(st.world, "") } }

var (
	picksUpB = plainly(picksUp("B"))
	callAnn  = transferTo(phoneNumber(first))
	callBoth = transferTo(phoneNumber(first), phoneNumber(other))
	answers  = phone(Phone{Answers: true})
)

const holds = `<Pause duration="3600"/>`

// scenarios are few and rich: what one of them makes the carrier send is many examples.
func scenarios() []*scenario {
	return []*scenario{
		menu(), detections(), inboundCalls(), refers(), recordings(), spoiledRecordings(), transfers(), limited(), endings(), bridgings(),
		conferences(), streams(), transcriptions(),
	}
}

func menu() *scenario {
	return &scenario{name: "menu", script: map[string]string{
		"answer": `<Gather gatherUrl="/g" maxDigits="2"/>`,
		"gather": `<Gather gatherUrl="/g" terminatingDigits="#"/>
<Gather gatherUrl="/g"/>
<Gather gatherUrl="/g" input="speech"/>
<StartGather dtmfUrl="/d"/><Pause duration="60"/><Redirect redirectUrl="/r" tag="example-tag"/>`,
		"redirect": `<Tag/><Hangup/>`,
	}, acts: []move{
		answers, dials(), by("A", press("25")), by("A", press("123#")), passes(5 * second), by("A", says("I would like to talk to sales")),
		passes(10 * second), by("A", press("2*")), passes(minute),
	}}
}

func detections() *scenario {
	s := &scenario{name: "detections", script: map[string]string{"answer": holds}}
	for _, machine := range []string{"human", "answering-machine", "tone-detected", "silence", "timeout", "error"} {
		s.acts = append(s.acts, phone(Phone{Answers: true, Machine: machine}), dials(detecting("sync"), tagged("example-tag")),
			dials(detecting("async"), tagged("example-tag")), passes(minute))
	}
	return s
}

func inboundCalls() *scenario {
	const server = "sip:user@server.example"
	return &scenario{name: "inbound calls", script: map[string]string{
		"initiate": `<Hangup/>
<Hangup/>
<Hangup/>
<Hangup/>
<Hangup/>
<Hangup/>
<Hangup/>
<Gather input="speech" gatherUrl="/g" partialResultCallback="/p"/>`,
		"gather":         `<Tag>example-tag</Tag>` + holds,
		"redirect":       callAnn,
		"transferAnswer": `<Response/>`, "transferComplete": `<Hangup/>`,
	}, acts: []move{
		func(st *stage) {
			st.check(st.AddNumber(server, Application{ID: appID, URL: "https://app.example/initiate"}))
		},
		places(Inbound{}), places(Inbound{From: "Anonymous"}), places(Inbound{Privacy: true, DisplayName: "Ann"}),
		places(Inbound{UUI: "eyJhbGciOiJIUzI1NiJ9.WyJoaSJd.-znkjYyCkgz4djmHUPSXl9YrJ6Nix_XvmlwKGFh5ERM;encoding=jwt,aGVsbG8gd29ybGQ;encoding=base64"}),
		places(Inbound{Diversion: &event.Diversion{OrigTo: callee, Reason: "unavailable", Privacy: "off", Extra: event.Extra{"unknown": []byte(`"unknownValue"`)}}}),
		places(Inbound{StirShaken: &event.StirShaken{Verstat: "TN-Verification-Passed", AttestationIndicator: "A", OriginatingID: appID}}),
		places(Inbound{From: "sip:caller@customer.example", To: server,
			Headers: map[string]string{"X-Custom-Header": "customer-value", "X-Session-Id": "sess-12345"}}),
		places(Inbound{}), by("H", says("I would like")), passes(10 * second), plainly(rest("H")),
		plainly(picksUp("I")), passes(minute), plainly(leaves("I")), passes(second),
	}}
}

func refers() *scenario {
	const line, agent = "sip:line@carrier.example", "sip:agent@pbx.example"
	becomes := func(p Phone) move { return func(st *stage) { st.SetPhone(agent, p) } }
	return &scenario{name: "refers", script: map[string]string{
		"initiate": `<Refer referCompleteUrl="/c"><SipUri>` + agent + `</SipUri></Refer>`, "referComplete": `<Hangup/>`,
	}, acts: []move{
		func(st *stage) {
			st.check(st.AddNumber(line, Application{ID: appID, URL: "https://app.example/initiate"}))
		},
		places(Inbound{To: line}), passes(second), becomes(Phone{Busy: true}), places(Inbound{To: line}), passes(second),
		becomes(Phone{NoRinging: true}), places(Inbound{To: line}), passes(minute), places(Inbound{}),
	}}
}

// taped is a recording of a call that lasts so many seconds.
func taped(attributes, seconds string) string {
	return fmt.Sprintf(`<StartRecording recordingAvailableUrl="/ra" transcriptionAvailableUrl="/ta" %s/><Pause duration="%s"/><StopRecording/>`, attributes, seconds)
}

func recordings() *scenario {
	return &scenario{name: "recordings", script: map[string]string{
		"answer":         `<Record transcribe="true" recordCompleteUrl="/r" recordingAvailableUrl="/ra" transcriptionAvailableUrl="/ta"/>`,
		"recordComplete": taped(`multiChannel="true"`, "2") + taped(`transcribe="true"`, "0.5") + taped(`transcribe="true"`, "14400"),
	}, acts: []move{answers, dials(), passes(12 * second), by("A", press("#")), passes(5 * time.Hour)}}
}

func spoiledRecordings() *scenario {
	three := taped(`transcribe="true"`, "20") + taped(`transcribe="true"`, "20") + taped(`transcribe="true"`, "20")
	return &scenario{name: "spoiled recordings", script: map[string]string{"answer": three}, acts: []move{
		spoils("recordingAvailable", "partial", "error"), spoils("transcriptionAvailable", "error", "timeout"), answers, dials(),
	}}
}

func transfers() *scenario {
	return &scenario{name: "transfers", script: map[string]string{
		"answer":         callAnn,
		"transferAnswer": "<StartGather dtmfUrl=\"/d\"/><Gather gatherUrl=\"/g\" maxDigits=\"2\"/>\ngarbage\n!500\n<Response/>",
		"gather":         `<Record maxDuration="5" recordCompleteUrl="/r" recordingAvailableUrl="/ra"/>`,
		"recordComplete": `<Redirect redirectUrl="/x"/>`, "redirect": `<Pause duration="10"/>`,
		"transferComplete": callAnn + "\n" + callAnn + "\n" + callAnn + "\n" + callAnn + "\n" + callAnn + "\n" + callBoth + "\n<Hangup/>",
	}, acts: []move{
		answers, dials(), picksUpB, by("B", press("25")), passes(5 * second), by("B", press("2")), passes(minute),
		by("A", says("hello")), by("B", says("good day")), plainly(leaves("B")),
		plainly(isBusy("C")), plainly(refuses("D")), passes(30 * second), plainly(picksUp("F")), plainly(picksUp("G")),
		passes(second), plainly(picksUp("I")), passes(minute), plainly(leaves("I")),
	}}
}

func limited() *scenario {
	return &scenario{name: "limits", limits: true, script: map[string]string{"answer": callAnn, "transferComplete": `<Hangup/>`}, acts: []move{
		answers, func(st *stage) { st.dial(); st.dial(); st.settle() }, passes(minute),
	}}
}

func endings() *scenario {
	return &scenario{name: "endings", script: map[string]string{
		"answer": "!500\ngarbage\n<PlayAudio>x.ogg</PlayAudio>\n" + holds + "\n<Hangup/>",
	}, acts: []move{
		phone(Phone{Busy: true}), dials(), phone(Phone{Refuse: true}), dials(), phone(Phone{}), dials(), passes(minute), dials(), plainly(ends("D")),
		answers, dials(), dials(), dials(), dials(), func(st *stage) { st.Fault(Fault{Kind: Restart}) },
		spoils("disconnect", "unknown", "node-capacity-exceeded"), dials(), phone(Phone{}), dials(), passes(minute),
	}}
}

// bridgesTo puts a Bridge to a call in front of the script.
func bridgesTo(name, letter string) move {
	return func(st *stage) {
		st.next(name, `<Bridge bridgeCompleteUrl="/bc" bridgeTargetCompleteUrl="/btc">`+st.nth(letter)+`</Bridge>`)
	}
}

// bridgings lets B bridge to A, each of them leave once, then B bridge to a call that rings, and the called leg of a transfer,
// whose events name its numbers, bridge to A while B has it.
func bridgings() *scenario {
	return &scenario{name: "bridges", script: map[string]string{
		"answer": holds, "redirect": holds, "bridgeComplete": holds, "bridgeTargetComplete": holds, "transferAnswer": `<Response/>`,
	}, acts: []move{
		answers, dials(), bridgesTo("answer", "A"), dials(), bridgesTo("bridgeComplete", "A"), plainly(rest("A")), passes(second), plainly(rest("B")),
		passes(second), phone(Phone{}), dials(), bridgesTo("redirect", "C"), plainly(rest("B")), passes(second),
		bridgesTo("redirect", "A"), plainly(rest("B")), answers, func(st *stage) { st.next("answer", callAnn) }, dials(),
		plainly(picksUp("E")), bridgesTo("redirect", "A"), plainly(rest("E")), passes(minute),
	}}
}

func conferences() *scenario {
	redirects := func(st *stage) {
		st.check(st.of(func(id string) error {
			return st.updateConference(id, conferenceUpdate{RedirectURL: "https://app.example/cr"})
		}))
	}
	const taping = `<StartRecording recordingAvailableUrl="/ra"/>`
	return &scenario{name: "conferences", script: map[string]string{
		"initiate": `<Conference tag="conferenceTag" conferenceEventUrl="/c">thisConference</Conference>
<Conference conferenceEventUrl="/c">thisConference</Conference>`,
		"conferenceCreated": taping, "conferenceRedirect": `<StopRecording/>` + taping,
	}, acts: []move{
		spoils("conferenceRecordingAvailable", "partial", "complete", "error"), places(Inbound{}), passes(minute), by("A", hangsUp), passes(minute),
		places(Inbound{}), passes(minute), redirects, passes(minute), by("B", hangsUp), passes(minute),
	}}
}

const (
	webSocket = "wss://websocket.myapp.example"
	duplicate = "wss://duplicate.websocket.myapp.example"
)

func stream(name, tracks, destination string) string {
	return fmt.Sprintf(`<StartStream name="%s" tracks="%s" destination="%s" streamEventUrl="/s"/>`, name, tracks, destination)
}

// streams are stopped by the document, lost, and stopped by an error; others are refused because of their name, their tracks, the
// other end, and by an error.
func streams() *scenario {
	const name, closes = "example_stream", `<StopStream name="example_stream" wait="true"/>`
	both, outgoing := stream(name, "both", webSocket), stream(name, "outbound", duplicate)
	loses := func(st *stage) { st.check(st.CloseStream(st.nth("A"), name, true)); st.settle() }
	return &scenario{name: "streams", script: map[string]string{
		"answer": both + outgoing + `<StopStream name="` + name + `"/>` + both + closes + both + closes +
			outgoing + stream("a", "both", "wss://other.example") + stream("b", "both", "wss://other.example") + outgoing + `<Pause/>` + outgoing + holds,
	}, acts: []move{
		answers, dials(), loses, func(st *stage) { st.RefuseStreams(duplicate, true) }, spoils("mediaStreamStopped", "error"), loses,
		spoils("mediaStreamRejected", "error"), passes(minute),
	}}
}

func transcription(name, tracks, destination, stabilized string) string {
	return fmt.Sprintf(`<StartTranscription name="%s" tracks="%s" destination="%s" stabilized="%s" transcriptionEventUrl="/t"/>`, name, tracks, destination, stabilized)
}

func transcriptions() *scenario {
	const name, other = "example_transcription", "example_real-time_transcription"
	stop := func(name string) string { return `<Pause/><StopTranscription name="` + name + `"/>` }
	return &scenario{name: "transcriptions", script: map[string]string{
		"answer": transcription(name, "both", webSocket, "true") + stop(name) + transcription(name, "both", webSocket, "true") + stop(name) +
			transcription(other, "both", webSocket, "false") + transcription(other, "outbound", duplicate, "true") + stop(other) +
			transcription(other, "both", webSocket, "true") + stop(other) + holds,
	}, acts: []move{spoils("realTimeTranscriptionAvailable", "available", "failed"), answers, dials()}}
}
