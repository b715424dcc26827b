package simulator

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const roomVerb = `<Conference conferenceEventUrl="/c" tag="t">room</Conference>`

// meet lets so many calls join the conference of the document.
func meet(t *testing.T, calls int, document string, change ...func(*Config)) *world {
	t.Helper()
	w := newWorld(t, map[string]string{"/initiate": document, "/rest": `<Pause duration="3"/>`, "/next": `<Hangup/>`}, change...)
	for range calls {
		w.call()
	}
	return w
}

// of lets REST do something with the last conference.
func (w *world) of(do func(id string) error) error {
	w.Helper()
	all := w.Conferences()
	w.mu.Lock()
	err := do(all[len(all)-1].ID)
	w.mu.Unlock()
	w.settle()
	return err
}

func (w *world) completes() {
	w.Helper()
	w.check(w.of(func(id string) error { return w.updateConference(id, conferenceUpdate{Status: "completed"}) }))
}

func (w *world) shows(document string) {
	w.Helper()
	w.check(w.of(func(id string) error { return w.updateConferenceBxml(id, []byte("<Response>"+document+"</Response>")) }))
}

func TestConferenceSequences(t *testing.T) {
	start := "initiate A; conferenceCreated; conferenceMemberJoin A; initiate B; conferenceMemberJoin B"
	tests := []struct {
		name, after string
		acts        []act
		want        string
	}{
		{"the members leave one after the other", "", []act{leaves("B"), leaves("A")},
			"conferenceMemberExit B; disconnect B hangup; conferenceMemberExit A; disconnect A hangup; conferenceCompleted"},
		{"the creator leaves first", "", []act{leaves("A"), leaves("B")},
			"conferenceMemberExit A; disconnect A hangup; conferenceMemberExit B; disconnect B hangup; conferenceCompleted"},
		{"a member is redirected", "", []act{rest("B"), wait(second)}, "conferenceMemberExit B; redirect B"},
		{"a member gets a document", "", []act{pushes("B")}, "conferenceMemberExit B"},
		{"REST ends it and the members go on", `<Redirect redirectUrl="/next"/>`, []act{func(w *world, _ string) { w.completes() }},
			"conferenceMemberExit A; redirect A; redirect B; conferenceMemberExit B; disconnect A hangup; disconnect B hangup; conferenceCompleted"},
		{"it ends after 24 hours", "", []act{wait(25 * time.Hour)},
			"conferenceMemberExit A; disconnect A hangup; disconnect B hangup; conferenceMemberExit B; conferenceCompleted"},
		{"all members leave at the same instant", "", []act{func(w *world, _ string) {
			w.check(w.HangUp(w.nth("A")))
			w.check(w.HangUp(w.nth("B")))
			w.settle()
		}}, "conferenceMemberExit A; disconnect A hangup; disconnect B hangup; conferenceMemberExit B; conferenceCompleted"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := meet(t, 2, roomVerb+tt.after)
			w.tells(start)
			w.got = nil
			for _, do := range tt.acts {
				do(w, "")
			}
			w.tells(tt.want)
		})
	}
}

func TestConferenceEventsAreInOrderWhateverTheSeed(t *testing.T) {
	for seed := range uint64(20) {
		w := meet(t, 2, roomVerb, func(cfg *Config) { cfg.Seed, cfg.Choices.Shuffle = seed, true })
		w.completes()
		var conference []string
		for _, e := range w.got {
			if name := e.TypeName(); strings.HasPrefix(name, "conference") {
				conference = append(conference, name)
			}
		}
		want := []string{"conferenceCreated", "conferenceMemberJoin", "conferenceMemberJoin", "conferenceMemberExit", "conferenceMemberExit", "conferenceCompleted"}
		if d := cmp.Diff(want, conference); d != "" {
			t.Errorf("seed %d:\n%s", seed, d)
		}
	}
}

func TestTheCreatorsURLAndTagHoldForTheConference(t *testing.T) {
	w := meet(t, 1, roomVerb)
	w.answers["/initiate"] = `<Tag>mine</Tag><Conference conferenceEventUrl="/other" tag="other">room</Conference>`
	w.call()
	e := w.last("conferenceMemberJoin")
	conference := w.Conferences()[0]
	got := []string{e.CallID(), e.Str(event.FieldFrom), e.Str(event.FieldTo), e.Str(event.FieldTag), e.Str(event.FieldName), e.Str(event.FieldConferenceID), w.requests[len(w.requests)-1].URL.Path}
	if want := []string{w.nth("B"), caller, desk, "t", "room", conference.ID, "/c"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if !strings.HasPrefix(conference.ID, "conf-") || len(conference.Members) != 2 {
		t.Errorf("got %+v", conference)
	}
}

func TestAConferenceWithoutURLSendsNothing(t *testing.T) {
	w := meet(t, 2, `<Conference>room</Conference>`)
	leaves("A")(w, "")
	leaves("B")(w, "")
	w.tells("initiate A; initiate B; disconnect A hangup; disconnect B hangup")
}

func TestALaterConferenceOfTheSameNameIsAnotherOne(t *testing.T) {
	w := meet(t, 1, roomVerb)
	leaves("A")(w, "")
	w.call()
	all := w.Conferences()
	if len(all) != 2 || all[0].ID == all[1].ID || all[0].Completed.IsZero() || !all[1].Completed.IsZero() {
		t.Errorf("got %+v", all)
	}
}

func TestTwentyMembersAreTheMost(t *testing.T) {
	w := meet(t, 21, roomVerb)
	if n := len(w.Conferences()[0].Members); n != 20 {
		t.Errorf("%d members", n)
	}
	if c := w.shot("U"); c.Cause != causeError || !strings.Contains(c.ErrorMessage, "20 members") {
		t.Errorf("the 21st: %+v", c)
	}
}

func TestConferenceDocumentsQueueUp(t *testing.T) {
	w := meet(t, 1, roomVerb)
	w.shows(`<SpeakSentence>one two three four five</SpeakSentence><PlayAudio>https://app.example/b.ogg</PlayAudio><SpeakSentence>six</SpeakSentence>`)
	w.shows(`<PlayAudio>https://app.example/a.wav</PlayAudio>`)
	heard := func() string { return strings.Join(w.shot("A").Heard, "; ") }
	for _, step := range []struct {
		after time.Duration
		want  string
	}{
		{0, "one two three four five"}, {1900 * time.Millisecond, "one two three four five"},
		{200 * time.Millisecond, "one two three four five; six"}, {second, "one two three four five; six; https://app.example/a.wav"},
	} {
		w.advance(step.after)
		if got := heard(); got != step.want {
			t.Errorf("after %s more: %q", step.after, got)
		}
	}
}

func TestAnswersToConferenceEventsRunInTheConference(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": roomVerb, "/c": `<SpeakSentence>somebody came</SpeakSentence>`})
	w.call()
	w.advance(second)
	if got := w.shot("A").Heard; len(got) != 2 {
		t.Errorf("heard %q", got)
	}
}

func TestADocumentWithAForbiddenVerbIsRejectedAsAWhole(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": roomVerb, "/c": `<SpeakSentence>hello</SpeakSentence><Hangup/>`})
	w.call()
	if c := w.shot("A"); len(c.Heard) != 0 || c.State != StateAnswered || !strings.Contains(w.log(), "invalid BXML") {
		t.Errorf("got %+v", c)
	}
	for name, body := range map[string]string{"forbidden": "<Response><Hangup/></Response>", "relative": "<Response><PlayAudio>a.wav</PlayAudio></Response>"} {
		if err := w.of(func(id string) error { return w.updateConferenceBxml(id, []byte(body)) }); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestAFailedConferenceEventLeavesTheConferenceAlone(t *testing.T) {
	w := newWorld(t, map[string]string{"/initiate": roomVerb, "/c": "!500"})
	w.call()
	w.tells("initiate A; conferenceCreated; conferenceMemberJoin A")
	if !strings.Contains(w.log(), "status 500") {
		t.Errorf("feed:\n%s", w.log())
	}
	if c := w.shot("A"); c.State != StateAnswered || c.With != "room" {
		t.Errorf("got %+v", c)
	}
}

func TestAnEmptyAnswerToAConferenceEventIsFine(t *testing.T) {
	for _, answer := range []string{"", "!204"} {
		w := newWorld(t, map[string]string{"/initiate": roomVerb, "/c": answer})
		w.call()
		if strings.Contains(w.log(), "problem") {
			t.Errorf("%q: %s", answer, w.log())
		}
	}
}

func TestAMemberIsTakenBeforeItGoesOn(t *testing.T) {
	w := meet(t, 1, roomVerb)
	w.answers["/initiate"] = roomVerb + `<Pause duration="60"/>`
	w.call()
	w.answers["/initiate"] = roomVerb + `<Bridge>` + w.nth("B") + `</Bridge>`
	w.call()
	w.mu.Lock()
	seats := w.rooms["room"].seats
	seats[0], seats[2] = seats[2], seats[0]
	w.mu.Unlock()
	w.got = nil
	w.completes()
	if n := strings.Count(w.told(), "conferenceMemberExit B"); n != 1 || w.shot("B").With != w.nth("C") {
		t.Errorf("got %s, B is with %q", w.told(), w.shot("B").With)
	}
}

func TestAConferenceIsRedirectedByREST(t *testing.T) {
	w := meet(t, 1, roomVerb)
	w.answers["/rest"] = `<SpeakSentence>attention</SpeakSentence>`
	w.check(w.of(func(id string) error {
		return w.updateConference(id, conferenceUpdate{RedirectURL: "https://app.example/rest"})
	}))
	w.tells("initiate A; conferenceCreated; conferenceMemberJoin A; conferenceRedirect")
	if e := w.last("conferenceRedirect"); e.Str(event.FieldTag) != "t" || !slices.Equal(w.shot("A").Heard, []string{"attention"}) {
		t.Errorf("got %s, heard %q", e.AppendJSON(nil), w.shot("A").Heard)
	}
}

func TestRefusedUpdatesOfAConference(t *testing.T) {
	on := true
	w := meet(t, 1, roomVerb)
	for name, do := range map[string]func(id string) error{
		"400 no url":  func(id string) error { return w.updateConference(id, conferenceUpdate{}) },
		"400 bad url": func(id string) error { return w.updateConference(id, conferenceUpdate{RedirectURL: "x"}) },
		"400 status":  func(id string) error { return w.updateConference(id, conferenceUpdate{Status: "gone"}) },
		"400 url, completed": func(id string) error {
			return w.updateConference(id, conferenceUpdate{Status: "completed", RedirectURL: "x"})
		},
		"404 conference": func(string) error { return w.updateConference("conf-x", conferenceUpdate{Status: "completed"}) },
		"404 bxml":       func(string) error { return w.updateConferenceBxml("conf-x", nil) },
		"404 member":     func(id string) error { return w.updateMember(id, "c-x", memberUpdate{Mute: &on}) },
	} {
		if err := w.of(do); err == nil || !strings.HasPrefix(err.Error(), name[:3]) {
			t.Errorf("%s: %v", name, err)
		}
	}
	w.completes()
	if err := w.of(func(id string) error { return w.updateMember(id, w.order[0].id, memberUpdate{}) }); err == nil {
		t.Error("a conference that is over can be changed")
	}
}
