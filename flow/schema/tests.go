package schema

import (
	"slices"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// Definitions of test files.
const (
	defMocks    = "mocks"
	defTest     = "test"
	defStep     = "step"
	defEvent    = "event"
	defFields   = "fields."
	defWebhooks = "webhooks"
	defWebhook  = "webhook"
	defNothing  = "nothing"
	defWait     = "wait"
	defName     = "name"
)

// testFile is the schema of a test file.
func testFile() *node {
	root := closed(members{
		key("flow", "path of the flow file, relative to this one", &node{Type: types{text}, MinLength: 1, Examples: []any{"front-desk.yaml"}}),
		key("params", "params of the flow, over its defaults", ref(defValues)),
		key("mocks", "what answers look-ups", ref(defMocks)),
		key("tests", "the tests", &node{Type: types{list}, Items: ref(defTest), MinItems: 1}),
	}, "flow", "tests")
	root.Schema, root.ID = dialect, testsID
	root.Title = "bxmlflow tests"
	root.Description = "Tests of a call flow: what happens on a call, and what is expected of the flow."
	root.Examples = []any{map[string]any{"flow": "hello.yaml", "tests": []any{map[string]any{
		"name": "the caller is greeted", "steps": []any{map[string]any{"initiate": map[string]any{}}, map[string]any{"expect": map[string]any{"state": "greeting"}}},
	}}}}
	root.Defs = slices.Concat(testValues(), members{{defMocks, mocks()}, {defTest, oneTest()}, {defStep, step()}, {defEvent, oneOf(eventTypes()...)}},
		expectations(), eventFields())
	return root
}

// testValues are the definitions of plain values that tests need.
func testValues() members {
	event := ref(defEvent)
	webhook := &node{Type: types{text, object, null}, Additional: never}
	webhook.Properties = members{
		key("event", "type of the webhook; the next one, whichever it is, when left out", event),
		key("count", "how many webhooks", wholeNumber(0)),
	}
	late := *webhook
	late.Properties = append(slices.Clone(webhook.Properties), key("by", "how late it comes", ref(defWait)))
	return members{
		{defText, &node{Type: types{text, number, boolean}}},
		{defExact, &node{Type: types{boolean}}},
		{defValues, &node{Type: types{object, null}}},
		{defWait, &node{Type: types{text}, Pattern: `^\+?((` + goDuration + `)+|0)$`, Examples: []any{"20s", "1m30s"}}},
		{defNothing, &node{Type: types{null, object}, MaxProperties: 0, Additional: never}},
		{defWebhook, webhook},
		{defWebhooks, &late},
		{defName, &node{Type: types{text}, MinLength: 1}},
	}
}

func mocks() *node {
	mock := closed(members{
		key("method", "HTTP method in any case; any method when left out", &node{Type: types{text}, Examples: []any{"POST"}}),
		key("url", "compared without its query", &node{Type: types{text}, MinLength: 1}),
		key("status", "200 when left out", &node{Type: types{integer}}),
		key("body", "what the answer holds", &node{}),
		key("headers", "header lines of the answer", ref(defValues)),
		key("fail", "there is no answer, for this reason", ref(defText)),
	}, "url")
	mock.Not = &node{Required: []string{"status", "fail"}}
	return closed(members{
		key("http", "answers of HTTP requests; the first that fits answers", listOf(mock)),
		key("actions", "results of actions of your own by name; {fail: reason} for one that fails", ref(defValues)),
		key("functions", "results of functions of your own by name", ref(defValues)),
	})
}

func oneTest() *node {
	n := closed(members{
		key("name", "what happens, in words", ref(defText)),
		key("params", "params of the flow, over those of the file", ref(defValues)),
		key("mocks", "laid over those of the file", ref(defMocks)),
		key("steps", "what happens, and what is expected", listOf(ref(defStep))),
		key("never", "expectations of which none may hold at any time", listOf(ref(defNever))),
		key("replay", "path of a recording, relative to this file", ref(defText)),
	}, "name")
	n.OneOf = has("steps", "replay")
	n.Not = &node{Required: []string{"never", "replay"}}
	return n
}

// findings are what machine detection may find.
func findings() []string {
	return event.Lookup("machineDetectionComplete").Field("machineDetectionResult.value").Values
}

// people are the steps of what people do, and of what comes from outside.
func people() members {
	return members{
		key("call", "a person dials the flow", &node{Type: types{object, null}, Additional: never, Properties: members{
			key("from", "number of the caller", ref(defText)), key("to", "number that is dialled", ref(defText)),
		}}),
		key("start", "a call is started from outside", closed(members{
			key("to", "who is called", ref(defText)),
			key("from", "number that the called party sees", ref(defText)),
			key("vars", "first values of variables", ref(defValues)),
			key("params", "params of the flow", ref(defValues)),
			key("tag", "tag of the call", ref(defText)),
			key("callTimeout", "seconds that it may ring", &node{Type: types{integer}}),
			key("machineDetection", "what createCall takes under this name", ref(defValues)),
		}, "to")),
		key("pickUp", "the party of a leg that rings answers", &node{Type: types{object, null}, Additional: never, Properties: members{
			key("machine", "what machine detection finds; a person when left out", &node{Enum: anys(findings())}),
		}}),
		key("hangUp", "a person hangs up", ref(defNothing)),
		key("refuse", "the party of a leg that rings refuses the call", ref(defNothing)),
		key("busy", "the party of a leg is busy", ref(defNothing)),
		key("press", "keys: 0 to 9, *, # and A to D", &node{Type: types{text, integer}, Pattern: `^[0-9A-D*#]*$`, Examples: []any{"1"}}),
		key("say", "words, which take as long as it takes to say them", ref(defText)),
		key("silence", "nobody does anything for so long", ref(defWait)),
		key("wait", "the clock moves", ref(defWait)),
		key("signal", "a signal from outside: its name, or {name, with}", &node{
			Type: types{text, object}, Additional: never, Required: []string{"name"}, Properties: members{
				key("name", "name of the signal", ref(defText)), key("with", "what it carries", ref(defValues)),
			}}),
	}
}

// faults go wrong with the webhooks of the step behind them.
func faults() members {
	return members{
		key("duplicate", "the webhook comes twice", ref(defWebhooks)),
		key("drop", "the webhook is lost", ref(defWebhook)),
		key("delay", "the webhook comes late, by 2s when nothing else is said", ref(defWebhooks)),
		key("reorder", "the webhook comes behind the next one", ref(defWebhook)),
		key("restart", "a new engine begins on the same store", &node{AnyOf: []*node{oneOf("engine", "carrier", "both"), {Type: types{null}}}}),
	}
}

// besides may stand beside a step.
func besides() members {
	failing := &node{Type: types{integer, object}, Minimum: new(400.0), Maximum: new(599.0), Additional: never, Properties: members{
		key("status", "status of the answer; 500 when left out", bounds(&node{Type: types{integer}}, new(400.0), new(599.0))),
		key("description", "description of the error", ref(defText)),
		key("retryAfter", "what Retry-After says", ref(defWait)),
		key("count", "how many requests fail", wholeNumber(0)),
	}}
	fail := &node{Type: types{object, null}, Additional: never}
	for _, name := range []string{
		"createCall", "deleteRecording", "getCallState", "listCalls", "transcribeCallRecording", "updateCall", "updateCallBxml",
		"updateCallRecordingState", "updateConference", "updateConferenceBxml", "updateConferenceMember",
	} {
		fail.Properties = append(fail.Properties, member{name, failing})
	}
	return members{
		key("leg", "whose step it is: what `as` says, the name that createCall gave, or a number", ref(defText)),
		key("as", "what the caller is called from now on", ref(defText)),
		key("fail", "the next request of an operation of the REST API fails, with this status", fail),
		key("unexpected", "true: what cannot come does not fail the step", ref(defExact)),
		key("apology", "true: the step raises an error that the flow does not handle", ref(defExact)),
	}
}

// steps are all steps by name.
func steps() members {
	list := append(members{key("expect", "how things are to be", ref(defExpect))}, people()...)
	for _, t := range event.Types() {
		if t.Machine == event.MachineNone {
			continue
		}
		for _, name := range append([]string{t.Name}, t.Aliases...) {
			list = append(list, member{name, &node{Description: eventDoc(t), Markdown: markedEvent(t), Ref: ref(defFields + t.Name).Ref}})
		}
	}
	return append(list, faults()...)
}

// step is one step: a word, or a map with the step and what stands beside it.
func step() *node {
	all := steps()
	n := &node{Type: types{object, text}, Properties: slices.Concat(all, besides()), Additional: never}
	caller := &node{AnyOf: has("call", "start")}
	quiet := &node{Type: types{object}, AnyOf: has(append([]string{"expect"}, faults().names()...)...)}
	words := slices.DeleteFunc(all.names(), func(name string) bool {
		return slices.Contains([]string{"expect", "start", "press", "say", "silence", "wait", "signal"}, name)
	})
	n.AllOf = []*node{
		{If: &node{Type: types{text}}, Then: oneOf(words...)},
		exactlyOne(all.names(), besides().names()),
		{If: &node{Type: types{object}, AnyOf: caller.AnyOf}, Then: &node{Properties: members{{"leg", never}}}},
		{If: &node{Type: types{object}, Required: []string{"as"}}, Then: caller},
		{If: quiet, Then: &node{Properties: members{{"fail", never}, {"unexpected", never}, {"apology", never}}}},
	}
	return n
}
