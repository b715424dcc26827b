package flow_test

import "testing"

// secretly is a flow with a sensitive state, the actions of whose gather and the states behind it are to be put in. Its
// handler stands in line 10, the other states follow.
func secretly(actions, others string) string {
	return `flow: t
vars: {pin: ""}
start: {initiate: menu}
states:
  menu: {bxml: [Gather], on: {gather: ask}}
  ask:
    sensitive: true
    bxml: [{Gather: {maxDigits: 4}}]
    on:
      gather: {target: next, actions: [` + actions + `]}
` + others + "  end: {type: final, bxml: [Hangup], entry: [{set: {pin: \"${vars.pin}\"}}]}\n"
}

func TestSensitiveInputStaysWhereItIs(t *testing.T) {
	const next = "  next: {bxml: [Gather], on: {gather: end}}\n"
	testWrong(t, []wrong{
		{"a guard and a look-up may use it", secretly(`{http: {url: "https://a.example", method: POST, lookup: true, json: {pin: "${event.digits}"}}, as: got, guard: len(event.digits) == 4}`, next), nil},
		{"another field may be kept", secretly(`{set: {pin: "${event.from}"}}`, next), nil},
		{"whether it came may be told", secretly(`{log: "${has(event.digits)}"}`, next), nil},
		{"a variable may not", secretly(`{set: {pin: "${event.digits}"}}`, next), []string{`10 <"${event.digits}"> sensitive: event.digits of a sensitive state would be kept in a variable`}},
		{"nor what is computed of it", secretly(`{set: {pin: "${last4(event.digits)}"}}`, next), []string{`10 <"${last4(event.digits)}"> sensitive: event.digits of a sensitive state would be kept in a variable`}},
		{"nor the whole event", secretly(`{set: {pin: "${string(event.raw.digits)}"}}`, next), []string{`10 <"${string(event.raw.digits)}"> sensitive: event.raw of a sensitive state would be kept in a variable`}},
		{"nor a log", secretly(`{log: "${event.digits}"}`, next), []string{`10 <"${event.digits}"> sensitive: event.digits of a sensitive state would be logged`}},
		{"nor a URL", secretly(`{http: {url: "https://a.example/${event.digits}"}}`, next), []string{`10 <"https://a.example/${event.digits}"> sensitive: event.digits of a sensitive state would stand in a URL`}},
		{"nor a query", secretly(`{http: {url: "https://a.example", query: {pin: "${event.digits}"}}}`, next), []string{`10 <"${event.digits}"> sensitive: event.digits of a sensitive state would be kept in a URL`}},
		{"nor an effect, which is stored", secretly(`{http: {url: "https://a.example", method: POST, json: {pin: "${event.digits}"}}}`, next),
			[]string{`10 <{url: "https://a.example", method: POST, json: {pin: "${event.digits}"}}> sensitive: event.digits of a sensitive state would be stored with the effect "http"`}},
		{"nor a loop", secretly(`{log: "${item}", each: "${split(event.digits, '')}"}`, next), []string{`10 <"${split(event.digits, '')}"> sensitive: event.digits of a sensitive state would be the item of a loop`}},
		{"nor the entry of the next state", secretly("", "  next: {entry: [{set: {pin: \"${event.digits}\"}}], bxml: [Gather], on: {gather: end}}\n"),
			[]string{`11 <"${event.digits}"> sensitive: event.digits of a sensitive state would be kept in a variable`}},
		{"nor its document", secretly("", "  next: {bxml: [{SpeakSentence: \"${event.digits}\"}, Gather], on: {gather: end}}\n"),
			[]string{`11 <bxml> sensitive: the document reads event.digits, which was entered in a sensitive state`}},
		{"nor its document by way of the whole event", secretly("", "  next: {bxml: [{SpeakSentence: \"${event.raw.digits}\"}, Gather], on: {gather: end}}\n"),
			[]string{`11 <bxml> sensitive: the document reads event.raw, which was entered in a sensitive state`}},
		{"nor a document behind a decision", secretly("", "  next: {always: third}\n  third: {bxml: [{SpeakSentence: \"${event.digits}\"}, Gather], on: {gather: end}}\n"),
			[]string{`12 <bxml> sensitive: the document reads event.digits, which was entered in a sensitive state`}},
		{"nor the actions of the decision", secretly("", "  next: {always: {target: end, actions: [{log: \"${event.digits}\"}]}}\n"), []string{`11 <"${event.digits}"> sensitive: event.digits of a sensitive state would be logged`}},
	})
}

func TestWhatLeadsIntoASensitiveStateIsFree(t *testing.T) {
	testWrong(t, []wrong{{"the digits of the menu", `flow: t
vars: {choice: ""}
start: {initiate: menu}
states:
  menu: {bxml: [Gather], on: {gather: {target: ask, guard: vars.choice == ""}}}
  ask:
    sensitive: true
    entry: [{set: {choice: "${event.digits}"}}]
    bxml: [{Gather: {maxDigits: 4}}]
    on: {gather: end}
  end: {type: final, bxml: [Hangup]}
`, nil}})
}
