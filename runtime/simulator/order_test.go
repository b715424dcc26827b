package simulator

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const (
	menuVerb  = `<Gather gatherUrl="/g" maxDigits="1"/>`
	mailVerb  = `<Record recordCompleteUrl="/r" recordingAvailableUrl="/ra" transcribe="true" transcriptionAvailableUrl="/ta"/>`
	meetVerb  = `<Conference conferenceEventUrl="/c">room</Conference>`
	referVerb = `<Refer referCompleteUrl="/c"><SipUri>sip:agent@pbx.example</SipUri></Refer>`
	meets     = "initiate A; conferenceCreated; conferenceMemberJoin A; initiate B; conferenceMemberJoin B"
)

// sipCall is a call that can be referred.
func sipCall(st *stage) {
	st.check(st.AddNumber("sip:line@carrier.example", Application{ID: appID, URL: "https://app.example/initiate", StatusURL: "https://app.example/d"}))
	places(Inbound{To: "sip:line@carrier.example"})(st)
}

// bridgedCalls lets B bridge to A.
func bridgedCalls(more ...move) []move {
	return append([]move{answers, dials(), bridgesTo("answer", "A"), dials(), passes(minute)}, more...)
}

func calls(more ...move) []move { return append([]move{places(Inbound{})}, more...) }

// sequence is one of the documented sequences: its synchronous events in their order, and its asynchronous ones in any order.
type sequence struct {
	scenario
	sync, async string
	change      func(*Config)
}

func (s sequence) play(t *testing.T, change func(*Config)) *stage {
	t.Helper()
	return perform(t, &s.scenario, plain, func(cfg *Config) {
		if s.change != nil {
			s.change(cfg)
		}
		if change != nil {
			change(cfg)
		}
	})
}

func sequences() []sequence {
	script := func(pairs ...string) map[string]string {
		m := map[string]string{"redirect": `<Pause duration="3"/>`}
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	transfer := script("initiate", callAnn, "transferAnswer", "<Response/>", "transferComplete", "<Hangup/>")
	two := script("initiate", callBoth, "transferAnswer", "<Response/>", "transferComplete", "<Hangup/>")
	bridge := script("answer", holds, "bridgeComplete", "<Hangup/>", "bridgeTargetComplete", "<Hangup/>")
	room := script("initiate", meetVerb)
	leavesA, leavesB := plainly(leaves("A")), plainly(leaves("B"))
	backup := func(cfg *Config) {
		a := cfg.Numbers[desk]
		a.FallbackURL = "https://app.example/backup"
		cfg.Numbers[desk] = a
	}
	named := func(name string, script map[string]string, acts []move) scenario {
		return scenario{name: name, script: script, acts: acts}
	}
	return []sequence{
		{named("a menu", script("initiate", menuVerb, "gather", `<SpeakSentence>sales</SpeakSentence>`), calls(by("A", press("1")))),
			"initiate A; gather A", "disconnect A hangup", nil},
		{named("a menu without input", script("initiate", menuVerb, "gather", "<Hangup/>"), calls()), "initiate A; gather A", "disconnect A hangup", nil},
		{named("a hang-up in a menu", script("initiate", menuVerb), calls(by("A", hangsUp))), "initiate A", "disconnect A hangup", nil},
		{named("a hang-up before the answer to initiate", script("initiate", menuVerb), calls(by("A", hangsUp))), "initiate A", "disconnect A cancel",
			func(cfg *Config) { cfg.Latency = 2 * second }},
		{named("an outbound call", script("answer", "<Pause/>"), []move{answers, dials()}), "answer A", "disconnect A hangup", nil},
		{named("a busy outbound call", script(), []move{phone(Phone{Busy: true}), dials()}), "", "disconnect A busy", nil},
		{named("a transfer that the called party ends", transfer, calls(plainly(picksUp("B")), leavesB)),
			"initiate A; transferAnswer B; transferComplete A hangup", "transferDisconnect B hangup; disconnect A hangup", nil},
		{named("a transfer that the caller ends", transfer, calls(plainly(picksUp("B")), leavesA)),
			"initiate A; transferAnswer B", "transferDisconnect B hangup; disconnect A hangup", nil},
		{named("a transfer to a busy party", transfer, calls(plainly(isBusy("B")))),
			"initiate A; transferComplete A busy", "transferDisconnect B busy; disconnect A hangup", nil},
		{named("a transfer that nobody answers", transfer, calls()),
			"initiate A; transferComplete A timeout", "transferDisconnect B timeout; disconnect A hangup", nil},
		{named("a transfer that is refused", transfer, calls(plainly(refuses("B")))),
			"initiate A; transferComplete A rejected", "transferDisconnect B rejected; disconnect A hangup", nil},
		{named("a transfer to two parties", two, calls(plainly(picksUp("C")), plainly(leaves("C")))), "initiate A; transferAnswer C; transferComplete A hangup",
			"transferDisconnect B cancel; transferDisconnect C hangup; disconnect A hangup", nil},
		{named("transferAnswer is not answered", script("initiate", callAnn, "transferAnswer", "!500", "transferComplete", "<Hangup/>"), calls(plainly(picksUp("B")))),
			"initiate A; transferAnswer B; transferComplete A callback-error", "transferDisconnect B callback-error; disconnect A hangup", nil},
		{named("a bridge whose target hangs up", bridge, bridgedCalls(leavesA)), "answer A; answer B; bridgeComplete B", "disconnect A hangup; disconnect B hangup", nil},
		{named("a bridge whose maker hangs up", bridge, bridgedCalls(leavesB)), "answer A; answer B; bridgeTargetComplete A", "disconnect A hangup; disconnect B hangup", nil},
		{named("a bridge whose maker is redirected", bridge, bridgedCalls(plainly(rest("B")))),
			"answer A; answer B; redirect B; bridgeTargetComplete A", "disconnect A hangup; disconnect B hangup", nil},
		{named("a bridge whose target is redirected", bridge, bridgedCalls(plainly(rest("A")))),
			"answer A; answer B; redirect A; bridgeComplete B", "disconnect A hangup; disconnect B hangup", nil},
		{named("a bridge to a call that is gone", bridge, []move{answers, dials(), bridgesTo("answer", "A"), leavesA, dials()}),
			"answer A; answer B; bridgeComplete B rejected", "disconnect A hangup; disconnect B hangup", nil},
		{named("voicemail", script("initiate", mailVerb, "recordComplete", "<Hangup/>"), calls(passes(10*second), by("A", press("#")))),
			"initiate A; recordComplete A", "disconnect A hangup; recordingAvailable A; transcriptionAvailable A", nil},
		{named("voicemail that ends with the call", script("initiate", mailVerb), calls(passes(10*second), leavesA)),
			"initiate A", "disconnect A hangup; recordingAvailable A; transcriptionAvailable A", nil},
		{named("a conference", room, calls(places(Inbound{}), leavesB, leavesA)), meets + "; conferenceMemberExit B; conferenceMemberExit A",
			"conferenceCompleted; disconnect A hangup; disconnect B hangup", nil},
		{named("a conference that REST ends", script("initiate", meetVerb+`<Redirect redirectUrl="/x"/>`), calls(places(Inbound{}), func(st *stage) { st.completes() })),
			meets + "; conferenceMemberExit A; redirect A; redirect B; conferenceMemberExit B", "conferenceCompleted; disconnect A hangup; disconnect B hangup", nil},
		{named("asynchronous machine detection", script("answer", holds), []move{answers, dials(detecting("async")), passes(10 * second), plainly(rest("A"))}),
			"answer A; redirect A", "machineDetectionComplete A; disconnect A hangup", nil},
		{named("synchronous machine detection", script("answer", "<Pause/>"), []move{answers, dials(detecting("sync"))}), "answer A", "disconnect A hangup", nil},
		{named("REST interrupts", script("initiate", menuVerb), calls(plainly(rest("A")))), "initiate A; redirect A", "disconnect A hangup", nil},
		{named("keys in a conference", script("initiate", `<StartGather dtmfUrl="/d"/>`+meetVerb), calls(by("A", press("12")), leavesA)),
			"initiate A; conferenceCreated; conferenceMemberJoin A; conferenceMemberExit A", "conferenceCompleted; disconnect A hangup; dtmf A; dtmf A", nil},
		{named("a call that is referred", script("initiate", referVerb, "referComplete", holds), []move{sipCall}),
			"initiate A; referComplete A", "disconnect A hangup", nil},
		{named("a call that cannot be referred", script("initiate", referVerb, "referComplete", `<Redirect redirectUrl="/x"/>`), calls()),
			"initiate A; referComplete A; redirect A", "disconnect A hangup", nil},
		{named("invalid BXML", script("initiate", "garbage"), calls()), "initiate A", "disconnect A invalid-bxml", nil},
		{named("no URL answers", script("initiate", "!503"), calls()), "initiate A; initiate A", "disconnect A callback-error", backup},
	}
}

// synchronous tells the synchronous webhooks from the others, both in the order in which they came.
func (st *stage) synchronous() (sync, async []string) {
	for i, what := range strings.Split(st.told(), "; ") {
		if event.Lookup(st.got[i].TypeName()).Sync {
			sync = append(sync, what)
		} else {
			async = append(async, what)
		}
	}
	return sync, async
}

func TestDocumentedSequences(t *testing.T) {
	for _, s := range sequences() {
		t.Run(s.name, func(t *testing.T) {
			sync, async := s.play(t, nil).synchronous()
			if got := strings.Join(sync, "; "); got != s.sync {
				t.Errorf("synchronous:\n got %s\nwant %s", got, s.sync)
			}
			if diff := cmp.Diff(slices.Sorted(strings.SplitSeq(s.async, "; ")), slices.Sorted(slices.Values(async))); diff != "" {
				t.Errorf("asynchronous (-want +got):\n%s", diff)
			}
		})
	}
}

// What happens at one instant may happen in any order; every call still gets the same events, the synchronous ones in the same order.
func TestDocumentedSequencesOfACallDoNotDependOnTheSeed(t *testing.T) {
	for _, s := range sequences() {
		t.Run(s.name, func(t *testing.T) {
			for seed := range uint64(8) {
				sync, async := s.play(t, func(cfg *Config) { cfg.Seed, cfg.Choices.Shuffle = seed, true }).synchronous()
				if diff := cmp.Diff(byCall(strings.Split(s.sync, "; ")), byCall(sync)); diff != "" {
					t.Errorf("seed %d, synchronous (-want +got):\n%s", seed, diff)
				}
				if diff := cmp.Diff(slices.Sorted(strings.SplitSeq(s.async, "; ")), slices.Sorted(slices.Values(async))); diff != "" {
					t.Errorf("seed %d, asynchronous (-want +got):\n%s", seed, diff)
				}
			}
		})
	}
}

// byCall sorts synchronous webhooks by call; those of a conference, which name its members, are under "".
func byCall(told []string) map[string][]string {
	out := map[string][]string{}
	for _, what := range told {
		name, call, _ := strings.Cut(what, " ")
		if strings.HasPrefix(name, "conference") {
			out[""] = append(out[""], name)
		} else if what != "" {
			call, _, _ = strings.Cut(call, " ")
			out[call] = append(out[call], what)
		}
	}
	return out
}

func TestRulesThatHoldForEveryScenario(t *testing.T) {
	for _, s := range scenarios() {
		for _, dialect := range []string{plain, queued, spec} {
			t.Run(s.name+" "+dialect, func(t *testing.T) {
				for _, broken := range brokenRules(perform(t, s, dialect).got) {
					t.Error(broken)
				}
			})
		}
	}
}

func TestRulesAreBrokenByTheReverseOrder(t *testing.T) {
	for _, name := range []string{"transfers", "recordings", "conferences", "streams"} {
		got := slices.Clone(perform(t, scenarioNamed(t, name), plain).got)
		slices.Reverse(got)
		if len(brokenRules(got)) == 0 {
			t.Errorf("%s: no rule is broken", name)
		}
	}
}

// brokenRules judges webhooks by the rules of their pages on what comes before what, and what excludes what.
func brokenRules(got []*event.Event) (broken []string) {
	seen := map[string]bool{}
	for _, e := range got {
		name := e.TypeName()
		call, conference, recording := e.CallID(), e.Str(event.FieldConferenceID), e.Str(event.FieldRecordingID)
		stream := e.Str(event.FieldMediaStreamID)
		rules := []struct {
			holds bool
			what  string
		}{
			{call == "" || !event.Lookup(name).Sync || strings.HasPrefix(name, "conference") || !seen["disconnect "+call] && !seen["transferDisconnect "+call],
				"a synchronous event after the end"},
			{!e.Has(event.FieldMachineDetectionResultValue) || !seen["result "+call], "a second result of machine detection"},
			{name != "disconnect" && name != "transferDisconnect" || !seen[name+" "+call], "a second end"},
			{name != "conferenceMemberJoin" || seen["conferenceCreated "+conference], "a member before conferenceCreated"},
			{!strings.HasPrefix(name, "conferenceMember") || !seen["conferenceCompleted "+conference], "a member after conferenceCompleted"},
			{name != "recordComplete" || !seen["recordingAvailable "+recording], "recordComplete after recordingAvailable"},
			{name != "recordingAvailable" || !seen["transcriptionAvailable "+recording], "recordingAvailable after transcriptionAvailable"},
			{name != "mediaStreamStopped" || seen["mediaStreamStarted "+stream], "mediaStreamStopped without mediaStreamStarted"},
			{name != "mediaStreamRejected" || !seen["mediaStreamStarted "+stream], "mediaStreamRejected after mediaStreamStarted"},
			{name != "initiate" || e.Str(event.FieldDirection) == inbound, "initiate of an outbound call"},
			{name != "answer" || e.Str(event.FieldDirection) == outbound, "answer of an inbound call"},
		}
		for _, rule := range rules {
			if !rule.holds {
				broken = append(broken, rule.what+": "+string(e.AppendJSON(nil)))
			}
		}
		seen["result "+call] = seen["result "+call] || e.Has(event.FieldMachineDetectionResultValue)
		for _, id := range []string{call, conference, recording, stream} {
			seen[name+" "+id] = true
		}
	}
	return broken
}
