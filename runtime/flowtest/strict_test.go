package flowtest

import (
	"strings"
	"testing"
)

// reception is a flow with a leg that asks for machine detection, a signal, an effect and a second flow on the same line.
const reception = `
flow: reception
params: {number: "+15559990000"}
outbound: {from: "${params.number}", machineDetection: {mode: async}}
signals: {coming: {minutes: int}}
start: {initiate: hello, answer: dialled}
on:
  machineDetectionComplete:
    - {guard: event.machineDetectionResult.value == "answering-machine", target: message}
    - {}
  coming: {actions: [{log: "in ${event.minutes} minutes"}]}
states:
  hello:
    bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Hello.}]}}]
    on:
      gather:
        - {guard: event.digits == "1", target: ringing}
        - {guard: event.digits == "2", target: asked}
        - {guard: event.digits == "3", actions: [{http: {method: POST, url: "https://example.com/log"}}]}
        - target: bye
  asked: {bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Once more.}]}}], on: {gather: bye}}
  ringing:
    entry: [{createCall: {leg: agent, to: "+15550001111", from: "${params.number}", target: greeted}}]
    bxml: [{Ring: {duration: 60}}, Redirect]
    on: {bridged: talking, legEnded: missed, redirect: missed}
  talking: {on: {bridgeTargetComplete: bye, redirect: bye}}
  missed: {bxml: [{Gather: {maxDigits: 1, nested: [{SpeakSentence: Nobody is there.}]}}], on: {gather: ringing, legEnded: {}}}
  greeted: {bxml: [{Bridge: "${call.parent}"}], on: {bridgeComplete: bye}}
  dialled: {bxml: [{Pause: {duration: 10}}, {SpeakSentence: Good day.}, Hangup]}
  message: {type: final, bxml: [{SpeakSentence: Please call back.}, Hangup]}
  bye: {type: final, bxml: [{SpeakSentence: Bye.}, Hangup]}
`

// atReception runs one test of the flow reception and returns why it failed, "" when it passed.
func atReception(t *testing.T, more, steps string) string {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "reception.yaml", reception)
	write(t, "reception_test.yaml", "flow: reception.yaml\n"+more+"tests: [{name: it, steps: ["+steps+"]}]\n")
	result, err := Options{}.Test("reception_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := result.Files[0].Problems.Err(); err != nil {
		t.Fatal(err)
	}
	if failure := result.Files[0].Tests[0].Failure; failure != nil {
		return failure.Message
	}
	return ""
}

func TestWhatStepsMaySayAndWhatTheyMayNot(t *testing.T) {
	const failing = "mocks: {http: [{url: \"https://example.com/log\", status: 400}]}\n"
	tests := map[string]struct{ more, steps, want string }{
		"a refused request says what the test says": {
			"", `call, {press: "1", fail: {createCall: {status: 400, description: no way}}}, {expect: {state: missed, legs: {agent: ended}}}`, ""},
		"the leg of a refused request has ended": {
			"", `initiate, {gather: {digits: "1"}, fail: {createCall: 400}}, {expect: {state: missed, legs: {agent: ended}}}, {expect: {ended: true}, leg: agent}`, ""},
		"the leg of a request that is repeated is dialing": {
			"", `initiate, {gather: {digits: "1"}, fail: {createCall: 503}}, {expect: {legs: {agent: dialing}}}, {wait: 5s}, {expect: {legs: {agent: dialing}}}, {answer: {}, leg: agent}, {expect: {legs: {agent: answered}}}`, ""},
		"a name that is used again means the later leg, also without a call": {
			"", `call, {press: "1"}, {busy: {}, leg: agent}, {expect: {legs: {agent: ended}}}, {press: "1", fail: {createCall: {status: 429, retryAfter: 9s}}}, {expect: {legs: {agent: dialing}}}, {wait: 10s}, {pickUp: {}, leg: agent}, {expect: {legs: {agent: answered}}}`, ""},
		"a leg that was refused has no phone": {
			"", `call, {press: "1", fail: {createCall: 400}}, {pickUp: {}, leg: agent}`, `"agent" has no phone: it was never dialled`},

		"a fault of one leg spares the others": {
			"", `initiate, {initiate: {}, leg: bob}, {drop: gather, leg: bob}, {gather: {digits: "2"}}, {expect: {state: asked}}, {gather: {digits: "2"}, leg: bob}, {expect: {state: hello}, leg: bob}`, ""},
		"a fault of a leg that there is not": {
			"", `initiate, {drop: gather, leg: bob}, {gather: {}}`, `there is no leg "bob"`},
		"a second disconnect that is meant": {
			"", `initiate, {disconnect: {}}, {disconnect: {cause: error}, unexpected: true}, {expect: {ended: true}}`, ""},

		"people may do what is impossible when it is to be expected": {
			"", `call, {press: "1"}, {hangUp: {}, leg: agent, unexpected: true}, {busy: {}, leg: agent}, {pickUp: {}, leg: agent, unexpected: true}, {refuse: {}, leg: agent, unexpected: true}, {busy: {}, leg: agent, unexpected: true}, hangUp, {hangUp: {}, unexpected: true}, {press: "1", unexpected: true}, {say: hello, unexpected: true}, {expect: {ended: true}}`, ""},
		"a person that there is not is a mistake all the same": {
			"", `call, {pickUp: {}, leg: nobody, unexpected: true}`, `there is no leg "nobody"`},

		"machine detection finds a machine": {
			"", `{start: {to: "+15550002222"}}, {pickUp: {machine: answering-machine}}, {wait: 3s}, {expect: {state: message}}`, ""},
		"machine detection finds a person, when nobody says": {
			"", `{start: {to: "+15550002222"}}, pickUp, {wait: 3s}, {expect: {state: dialled}}`, ""},

		"an effect that is given up": {
			failing, `initiate, {gather: {digits: "3"}}`, "http: answered with status 400\nthe flow does not handle this error: what was to be done is given up"},
		"an effect that is given up, in a test of people": {
			failing, `call, {press: "3"}`, "the flow does not handle this error: what was to be done is given up"},
		"an effect that is given up, which is meant": {
			failing, `initiate, {gather: {digits: "3"}, apology: true}, {expect: {state: hello}}`, ""},
		"an effect that is not given up, which is meant": {
			"", `initiate, {gather: {digits: "3"}, apology: true}`, "the built-in apology is expected, but nothing went wrong"},

		"what people say is heard over a bridge": {
			"", `call, {press: "1"}, {pickUp: {}, leg: agent}, {wait: 1s}, {say: hello agent}, {expect: {hears: hello agent}, leg: agent}, {say: hello caller, leg: agent}, {expect: {hears: hello caller}}`, ""},
		"what people say is not what they hear": {
			"", `call, {press: "1"}, {pickUp: {}, leg: agent}, {wait: 1s}, {say: hello agent}, {expect: {hears: ""}}`, ""},
		"letters are compared as they are": {
			"", `call, {expect: {hears: hello}}`, `got:      "Hello."`},

		"a signal with a value of another type": {
			"", `initiate, {signal: {name: coming, with: {minutes: "x"}}}`, `signal "coming" of flow "reception": field "minutes" is declared int, "x" is none`},
		"a signal with a field that is not declared": {
			"", `initiate, {signal: {name: coming, with: {minuts: 5}}, unexpected: true}`, `signal "coming" of flow "reception" has no field "minuts", did you mean "minutes"?`},
		"a call with a variable that is not declared": {
			"", `{start: {to: "+15550002222", params: {nubmer: "+15551110000"}}}`, `flow "reception" has no param "nubmer", did you mean "number"?`},
		"a call to no number": {
			"", `{start: {to: "5550002222"}}`, `invalid to "5550002222"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := atReception(t, tt.more, tt.steps); !strings.Contains(got, tt.want) || (got == "") != (tt.want == "") {
				t.Errorf("it fails with\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestAMoveThatIsNotMadeIsNotCovered(t *testing.T) {
	const flow = `
flow: late
start: {initiate: a}
on: {recordingAvailable: {target: b}}
states:
  a: {bxml: [StartRecording, Gather], on: {gather: a}}
  b: {type: final, bxml: [Hangup]}
`
	tests := map[string]struct {
		steps string
		taken int
	}{
		"while the call is up":     {`initiate, recordingAvailable, {expect: {state: b}}`, 2},
		"after the call has ended": {`initiate, disconnect, recordingAvailable, {expect: {state: a}}`, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			write(t, "late.yaml", flow)
			write(t, "late_test.yaml", "flow: late.yaml\ntests: [{name: it, steps: ["+tt.steps+"]}]\n")
			result, err := Options{}.Test("late_test.yaml")
			if err != nil {
				t.Fatal(err)
			}
			if err := result.Files[0].Problems.Err(); err != nil || result.Failed > 0 {
				t.Fatal(err, result.Files[0].Tests)
			}
			if got := result.Coverage[0].Taken; got != tt.taken {
				t.Errorf("%d transitions are covered, want %d", got, tt.taken)
			}
		})
	}
}
