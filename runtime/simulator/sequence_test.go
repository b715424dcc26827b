package simulator

import (
	"strings"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// act is something that a person does, or time that passes.
type act func(w *world, id string)

func press(keys string) act {
	return func(w *world, id string) { w.check(w.Press(id, keys)); w.settle() }
}
func says(text string) act { return func(w *world, id string) { w.check(w.Say(id, text)); w.settle() } }
func wait(d time.Duration) act {
	return func(w *world, _ string) { w.advance(d) }
}
func hangsUp(w *world, id string) { w.check(w.HangUp(id)); w.settle() }

const (
	second = time.Second
	minute = time.Minute
)

func TestSequencesOfAnInboundCall(t *testing.T) {
	tests := []struct {
		name    string
		answers map[string]string
		acts    []act
		want    string
	}{
		{"a menu takes a digit, and the end of the document hangs up", map[string]string{
			"/initiate": `<Gather gatherUrl="/g" maxDigits="1"/>`, "/g": `<SpeakSentence>sales</SpeakSentence>`,
		}, []act{press("1"), wait(second)}, "initiate; gather 1; disconnect hangup"},
		{"a menu without input reports empty digits", map[string]string{
			"/initiate": `<Gather gatherUrl="/g"/>`, "/g": `<Hangup/>`,
		}, []act{wait(5 * second)}, "initiate; gather; disconnect hangup"},
		{"a hang-up in a gather sends no gather", map[string]string{"/initiate": `<Gather gatherUrl="/g"/>`},
			[]act{hangsUp, wait(minute)}, "initiate; disconnect hangup"},
		{"prompts are repeated until something is pressed", map[string]string{
			"/initiate": `<Gather gatherUrl="/g" repeatCount="3" firstDigitTimeout="2"><PlayAudio>a.wav</PlayAudio></Gather>`, "/g": `<Hangup/>`,
		}, []act{wait(35 * second), wait(second)}, "initiate; gather; disconnect hangup"},
		{"the terminating digit is reported apart", map[string]string{
			"/initiate": `<Gather gatherUrl="/g" terminatingDigits="#*"/>`, "/g": `<Hangup/>`,
		}, []act{press("12#34")}, "initiate; gather 12 #; disconnect hangup"},
		{"a pause after a digit ends the gather", map[string]string{
			"/initiate": `<Gather gatherUrl="/g" interDigitTimeout="3"/>`, "/g": `<Hangup/>`,
		}, []act{press("1"), wait(2 * second), press("2"), wait(3 * second)}, "initiate; gather 12; disconnect hangup"},
		{"without gatherUrl the digits are lost and the next verb runs", map[string]string{
			"/initiate": `<Gather maxDigits="2"/><Gather gatherUrl="/g" maxDigits="1"/>`, "/g": `<Hangup/>`,
		}, []act{press("12"), press("3")}, "initiate; gather 3; disconnect hangup"},
		{"speech is reported in parts and whole", map[string]string{
			"/initiate": `<Gather gatherUrl="/g" input="speech" partialResultCallback="/p" speechTimeout="1"/>`, "/g": `<Hangup/>`,
		}, []act{says("sales"), press("1"), wait(700 * time.Millisecond), says("please"), wait(2 * second)},
			"initiate; partialgather sales; partialgather sales please; gather sales please; disconnect hangup"},
		{"digits reach a gather for both", map[string]string{
			"/initiate": `<Gather gatherUrl="/g" input="dtmf_speech" maxDigits="1"/>`, "/g": `<Hangup/>`,
		}, []act{press("4")}, "initiate; gather 4; disconnect hangup"},
		{"StartGather reports keys, but not those of a gather", map[string]string{
			"/initiate": `<StartGather dtmfUrl="/d"/><Pause/><Gather maxDigits="1"/><Pause/><StopGather/><Pause/>`,
		}, []act{press("12"), wait(second), press("3"), press("4"), wait(second), press("5"), wait(second)},
			"initiate; dtmf 1; dtmf 2; dtmf 4; disconnect hangup"},
		{"redirect drops the rest of the document", map[string]string{
			"/initiate": `<Redirect redirectUrl="/r"/><SpeakSentence>never</SpeakSentence>`, "/r": `<Hangup/>`,
		}, nil, "initiate; redirect; disconnect hangup"},
		{"an empty document hangs up", map[string]string{"/initiate": `<Response/>`}, nil, "initiate; disconnect hangup"},
		{"tags hold until they are replaced or cleared", map[string]string{
			"/initiate": `<Tag> one </Tag><Redirect redirectUrl="/r"/>`, "/r": `<Redirect redirectUrl="/s" tag="two"/>`,
			"/s": `<Redirect redirectUrl="/t"/>`, "/t": `<Redirect redirectUrl="/u" tag=""/>`, "/u": `<Tag>last</Tag>`,
		}, nil, "initiate; redirect one; redirect two; redirect two; redirect; disconnect hangup last"},
		{"a record ends with a terminating digit", map[string]string{
			"/initiate": `<Record recordCompleteUrl="/r"/>`, "/r": `<Hangup/>`,
		}, []act{wait(12 * second), press("5#")}, "initiate; recordComplete PT12S; disconnect hangup"},
		{"a record ends after maxDuration", map[string]string{
			"/initiate": `<Record recordCompleteUrl="/r" maxDuration="7.5"/>`, "/r": `<Hangup/>`,
		}, []act{wait(8 * second)}, "initiate; recordComplete PT7.5S; disconnect hangup"},
		{"a record ends with silence after what is said", map[string]string{
			"/initiate": `<Record recordCompleteUrl="/r" silenceTimeout="3"/>`, "/r": `<Hangup/>`,
		}, []act{wait(second), says("one two three four five"), wait(10 * second)}, "initiate; recordComplete PT6S; disconnect hangup"},
		{"a record without URL leads to the next verb", map[string]string{"/initiate": `<Record maxDuration="2"/><Redirect redirectUrl="/r"/>`, "/r": `<Hangup/>`},
			[]act{wait(2 * second)}, "initiate; redirect; disconnect hangup"},
		{"a hang-up in a record sends no recordComplete", map[string]string{"/initiate": `<Record recordCompleteUrl="/r"/>`},
			[]act{wait(second), hangsUp, wait(minute)}, "initiate; disconnect hangup"},
		{"the end of an endpoint leads to the next verb", map[string]string{
			"/initiate": `<Connect><Endpoint>e-15ac29a2-1331029c-2cb0-4a07-b215-b22865662d85</Endpoint></Connect><Hangup/>`,
		}, []act{wait(24 * time.Hour)}, "initiate; disconnect hangup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, tt.answers)
			id := w.call()
			for _, a := range tt.acts {
				a(w, id)
			}
			w.want(tt.want)
		})
	}
}

func TestDurations(t *testing.T) {
	tests := []struct {
		name, document string
		want           time.Duration
	}{
		{"five words", `<SpeakSentence>one two three four five</SpeakSentence>`, 2 * second},
		{"digits are spoken apart", `<SpeakSentence>4711, x</SpeakSentence>`, 2 * second},
		{"the shortest text", `<SpeakSentence>.</SpeakSentence>`, 300 * time.Millisecond},
		{"a file", `<PlayAudio>music</PlayAudio>`, 10 * second},
		{"a file of known length", `<PlayAudio>short.mp3</PlayAudio>`, 3 * second},
		{"a pause", `<Pause duration="4.5"/>`, 4500 * time.Millisecond},
		{"a pause by default", `<Pause/>`, second},
		{"ringing", `<Ring/>`, 5 * second},
		{"tones", `<SendDtmf>12</SendDtmf>`, 800 * time.Millisecond},
		{"tones with pauses", `<SendDtmf toneDuration="100">1,2W</SendDtmf>`, 1700 * time.Millisecond},
		{"a gather with two rounds", `<Gather repeatCount="2" firstDigitTimeout="1"><SpeakSentence>one two three four five</SpeakSentence></Gather>`, 6 * second},
		{"a gather of speech", `<Gather input="speech" speechTimeout="1" firstDigitTimeout="0"/>`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.document}, func(cfg *Config) {
				cfg.Speech.Lengths = map[string]time.Duration{"https://app.example/short.mp3": 3 * second}
			})
			id := w.call()
			w.advance(time.Hour)
			call, _ := w.Call(id)
			if got := call.EndedAt.Sub(call.Answered); got != tt.want {
				t.Errorf("the document took %s, not %s", got, tt.want)
			}
		})
	}
}

func TestAnswering(t *testing.T) {
	tests := []struct {
		name, document string
		answered       bool
	}{
		{"speech answers", `<SpeakSentence>x</SpeakSentence>`, true},
		{"ringing answers", `<Ring duration="1"/>`, true},
		{"ringing need not answer", `<Ring duration="1" answerCall="False"/>`, false},
		{"tags and hanging up do not answer", `<Tag/><Hangup/>`, false},
		{"a redirect does not answer", `<Redirect redirectUrl="/r"/>`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.document, "/r": `<Hangup/>`})
			id := w.call()
			w.advance(minute)
			e := w.last("disconnect")
			if call, _ := w.Call(id); call.Answered.IsZero() == tt.answered || e.Has(event.FieldAnswerTime) != tt.answered {
				t.Errorf("answered at %v", call.Answered)
			}
			if e.Str(event.FieldCause) != "hangup" {
				t.Errorf("cause %s", e.Str(event.FieldCause))
			}
		})
	}
}

func TestInvalidDocuments(t *testing.T) {
	tests := []struct{ name, document, cause, message string }{
		{"no XML", `garbage`, "invalid-bxml", "outside the root"},
		{"nothing", ``, "invalid-bxml", "empty"},
		{"an unknown verb", `<Dance/>`, "invalid-bxml", "Dance"},
		{"an illegal value", `<Pause duration="-1"/>`, "invalid-bxml", "Pause[0]@duration"},
		{"an unknown attribute", `<Pause speed="1"/>`, "invalid-bxml", "speed"},
		{"credentials over http", `<Record recordCompleteUrl="http://app.example/" username="a" password="b"/>`, "invalid-bxml", "https"},
		{"a document that is too large", `<SpeakSentence>` + strings.Repeat("a", 65536) + `</SpeakSentence>`, "invalid-bxml", "65536"},
		{"an unsupported file", `<PlayAudio>x.ogg</PlayAudio>`, "application-error", ".ogg"},
		{"a second call to forward after the answer", `<Pause/><Forward to="+15550003333"/>`, "application-error", "Forward"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.document})
			w.call()
			w.advance(minute)
			w.want("initiate; disconnect " + tt.cause)
			e := w.last("disconnect")
			if !strings.Contains(e.Str(event.FieldErrorMessage), tt.message) || e.Str(event.FieldErrorID) == "" {
				t.Errorf("errorMessage %q, errorId %q", e.Str(event.FieldErrorMessage), e.Str(event.FieldErrorID))
			}
			if log := w.log(); !strings.Contains(log, " problem ") {
				t.Errorf("no problem in the feed:\n%s", log)
			}
		})
	}
}

func TestChoicesOfDocuments(t *testing.T) {
	tests := []struct {
		name, document string
		change         Choices
	}{
		{"an empty answer hangs up", ``, Choices{EmptyBody: EmptyHangup}},
		{"unknown attributes are ignored", `<Pause speed="1"/>`, Choices{IgnoreUnknownAttributes: true}},
		{"credentials go over http", `<Record recordingAvailableUrl="http://app.example/" username="a" password="b"/>`, Choices{PlainCredentials: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.document}, func(cfg *Config) { cfg.Choices = tt.change })
			id := w.call()
			w.advance(2 * minute)
			if call, _ := w.Call(id); call.Cause != "hangup" {
				t.Errorf("cause %s: %s", call.Cause, call.ErrorMessage)
			}
		})
	}
}

func TestTypeAhead(t *testing.T) {
	for _, ahead := range []bool{true, false} {
		w := newWorld(t, map[string]string{"/initiate": `<Pause/><Gather gatherUrl="/g" terminatingDigits="#"/>`, "/g": `<Hangup/>`},
			func(cfg *Config) { cfg.Choices.TypeAhead = ahead })
		id := w.call()
		w.check(w.Press(id, "12#3"))
		w.advance(second)
		want := "initiate"
		if ahead {
			want = "initiate; gather 12 #; disconnect hangup"
		}
		w.want(want)
	}
}

func TestEndlessDocumentsEnd(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": `<Redirect redirectUrl="/initiate"/>`})
	id := w.call()
	if call, _ := w.Call(id); call.Cause != "error" || len(w.got) > 1002 {
		t.Errorf("cause %q after %d webhooks", call.Cause, len(w.got))
	}
}

func TestForward(t *testing.T) {
	tests := []struct {
		name  string
		phone Phone
		acts  []act
		want  string
	}{
		{"the called party hangs up", Phone{Answers: true, HangUpAfter: 10 * second}, []act{wait(11 * second)}, "initiate; disconnect hangup"},
		{"the caller hangs up", Phone{Answers: true}, []act{wait(second), hangsUp}, "initiate; disconnect hangup"},
		{"nobody answers", Phone{}, []act{wait(30 * second)}, "initiate; disconnect timeout"},
		{"the called party is busy", Phone{Busy: true}, []act{wait(0)}, "initiate; disconnect busy"},
		{"the caller gives up", Phone{}, []act{hangsUp}, "initiate; disconnect cancel"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": `<Forward to="+15550003333"/>`})
			w.SetPhone(callee, tt.phone)
			id := w.call()
			for _, a := range tt.acts {
				a(w, id)
			}
			w.want(tt.want)
			if all := w.Calls(); len(all) != 2 || all[1].State != StateDisconnected || all[1].Parent != id {
				t.Errorf("calls %+v", all)
			}
		})
	}
}

func TestRefer(t *testing.T) {
	const sip = "sip:agent@pbx.example"
	tests := []struct {
		name, to string
		phone    Phone
		want     string
	}{
		{"it succeeds and the answer is ignored", "sip:line@carrier.example", Phone{}, "initiate; referComplete success; disconnect hangup"},
		{"it fails and the answer runs", "sip:line@carrier.example", Phone{Busy: true}, "initiate; referComplete failure; redirect; disconnect hangup"},
		{"it times out", "sip:line@carrier.example", Phone{NoRinging: true}, "initiate; referComplete failure; redirect; disconnect hangup"},
		{"a telephone call cannot be referred", desk, Phone{}, "initiate; referComplete failure; redirect; disconnect hangup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": `<Refer referCompleteUrl="/c"><SipUri>` + sip + `</SipUri></Refer>`,
				"/c": `<Redirect redirectUrl="/r"/>`, "/r": `<Hangup/>`})
			w.check(w.AddNumber("sip:line@carrier.example", Application{ID: appID, URL: "https://app.example/initiate", StatusURL: "https://app.example/disconnect"}))
			w.SetPhone(sip, tt.phone)
			_, err := w.Place(Inbound{From: caller, To: tt.to})
			w.check(err)
			w.advance(minute)
			w.want(tt.want)
		})
	}
}
