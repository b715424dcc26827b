package simulator

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

const (
	first = "+15550004441"
	other = "+15550004442"
)

// told returns the webhooks so far as type, the letter of the call (A is the first one) and the cause.
func (w *world) told() string {
	letters := map[string]string{}
	for i, c := range w.Calls() {
		letters[c.ID] = " " + string(rune('A'+i))
	}
	var out []string
	for _, e := range w.got {
		s := e.TypeName() + letters[e.CallID()]
		if cause := e.Str(event.FieldCause); cause != "" {
			s += " " + cause
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func (w *world) tells(want string) {
	w.Helper()
	if got := w.told(); got != want {
		w.Errorf("webhooks:\n got %s\nwant %s", got, want)
	}
}

// nth returns the id of a call: A is the first one.
func (w *world) nth(letter string) string {
	w.Helper()
	calls, i := w.Calls(), int(letter[0]-'A')
	if i >= len(calls) {
		w.Fatalf("there is no call %s", letter)
	}
	return calls[i].ID
}

func (w *world) shot(letter string) Call {
	w.Helper()
	c, _ := w.Call(w.nth(letter))
	return c
}

// does lets the party of a call do something, and settles.
func does(what string, do func(w *world, id string) error) func(letter string) act {
	return func(letter string) act {
		return func(w *world, _ string) {
			w.Helper()
			if err := do(w, w.nth(letter)); err != nil {
				w.Fatalf("%s: %v", what, err)
			}
			w.settle()
		}
	}
}

var (
	picksUp = does("picks up", func(w *world, id string) error { return w.PickUp(id) })
	refuses = does("refuses", func(w *world, id string) error { return w.Refuse(id) })
	isBusy  = does("is busy", func(w *world, id string) error { return w.Busy(id) })
	leaves  = does("leaves", func(w *world, id string) error { return w.HangUp(id) })
	rest    = does("redirects", func(w *world, id string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.updateCall(id, update{RedirectURL: "https://app.example/rest"})
	})
	ends = does("ends", func(w *world, id string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.updateCall(id, update{State: "completed"})
	})
	pushes = does("pushes", func(w *world, id string) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.updateBxml(id, []byte(`<Response><Pause duration="60"/></Response>`))
	})
)

// target is a PhoneNumber with both URLs.
func phoneNumber(number string) string {
	return fmt.Sprintf(`<PhoneNumber transferAnswerUrl="/answered" transferDisconnectUrl="/gone">%s</PhoneNumber>`, number)
}

func transferTo(targets ...string) string {
	return `<Transfer transferCompleteUrl="/over">` + strings.Join(targets, "") + `</Transfer>`
}

func TestTransferSequences(t *testing.T) {
	one, two := transferTo(phoneNumber(first)), transferTo(phoneNumber(first), phoneNumber(other))
	bare := `<Transfer><PhoneNumber>` + first + `</PhoneNumber></Transfer><Redirect redirectUrl="/next"/>`
	slow := `<SpeakSentence>one two three four five</SpeakSentence>`
	tests := []struct {
		name, initiate, answered string
		acts                     []act
		want                     string
	}{
		{"the called party ends", one, "<Response/>", []act{picksUp("B"), wait(minute), leaves("B")},
			"initiate A; transferAnswer B; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup"},
		{"the caller ends", one, "<Response/>", []act{picksUp("B"), wait(minute), leaves("A")},
			"initiate A; transferAnswer B; transferDisconnect B hangup; disconnect A hangup"},
		{"the called party is busy", one, "", []act{isBusy("B")},
			"initiate A; transferDisconnect B busy; transferComplete A busy; disconnect A hangup"},
		{"the called party refuses", one, "", []act{refuses("B")},
			"initiate A; transferDisconnect B rejected; transferComplete A rejected; disconnect A hangup"},
		{"nobody answers", one, "", []act{wait(30 * second)},
			"initiate A; transferDisconnect B timeout; transferComplete A timeout; disconnect A hangup"},
		{"the second of two answers", two, "<Response/>", []act{picksUp("C"), wait(second), leaves("C")},
			"initiate A; transferAnswer C; transferDisconnect B cancel; transferDisconnect C hangup; transferComplete A hangup; disconnect A hangup"},
		{"one of two refuses and the other one is busy", two, "", []act{refuses("C"), isBusy("B")},
			"initiate A; transferDisconnect C rejected; transferDisconnect B busy; transferComplete A busy; disconnect A hangup"},
		{"the caller gives up while it rings", two, "", []act{leaves("A")},
			"initiate A; transferDisconnect B cancel; transferDisconnect C cancel; disconnect A hangup"},
		{"the caller gives up while the called party listens to its document", one, slow, []act{picksUp("B"), wait(second), leaves("A")},
			"initiate A; transferAnswer B; transferDisconnect B hangup; disconnect A hangup"},
		{"the called party leaves during its document", one, slow, []act{picksUp("B"), wait(second), leaves("B")},
			"initiate A; transferAnswer B; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup"},
		{"the document of the called party hangs up", one, "<Hangup/>", []act{picksUp("B")},
			"initiate A; transferAnswer B; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup"},
		{"transferAnswer fails", one, "!500", []act{picksUp("B")},
			"initiate A; transferAnswer B; transferDisconnect B callback-error; transferComplete A callback-error; disconnect A hangup"},
		{"the document of the called party has a verb that is forbidden there", one, "<Conference>x</Conference>", []act{picksUp("B")},
			"initiate A; transferAnswer B; transferDisconnect B invalid-bxml; transferComplete A invalid-bxml; disconnect A hangup"},
		{"a later document of the called party has a forbidden verb too", one, `<Redirect redirectUrl="/forbidden"/>`, []act{picksUp("B")},
			"initiate A; transferAnswer B; redirect B; transferDisconnect B invalid-bxml; transferComplete A invalid-bxml; disconnect A hangup"},
		{"without URLs the next verb runs", bare, "", []act{picksUp("B"), wait(second), leaves("B")}, "initiate A; redirect A; disconnect A hangup"},
		{"without URLs a failure runs the next verb", bare, "", []act{isBusy("B")}, "initiate A; redirect A; disconnect A hangup"},
		{"the caller is redirected while it rings", one, "", []act{rest("A"), wait(minute)},
			"initiate A; transferDisconnect B cancel; redirect A; disconnect A hangup"},
		{"the caller is redirected while bridged", one, "<Response/>", []act{picksUp("B"), rest("A"), wait(minute)},
			"initiate A; transferAnswer B; transferDisconnect B hangup; redirect A; disconnect A hangup"},
		{"the called party is redirected while bridged", one, "<Response/>", []act{picksUp("B"), rest("B"), wait(minute)},
			"initiate A; transferAnswer B; redirect B; transferComplete A hangup; disconnect A hangup; transferDisconnect B hangup"},
		{"the called party is redirected before it is bridged", one, slow, []act{picksUp("B"), rest("B"), wait(minute), leaves("B")},
			"initiate A; transferAnswer B; redirect B; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup"},
		{"the called party is ended by REST", one, "<Response/>", []act{picksUp("B"), ends("B")},
			"initiate A; transferAnswer B; transferDisconnect B hangup; transferComplete A hangup; disconnect A hangup"},
		{"the caller gets a document by REST", one, "<Response/>", []act{picksUp("B"), pushes("A"), wait(minute)},
			"initiate A; transferAnswer B; transferDisconnect B hangup; disconnect A hangup"},
		{"both end at once", one, "<Response/>", []act{picksUp("B"), func(w *world, id string) {
			w.check(w.HangUp(w.nth("B")))
			w.check(w.HangUp(id))
			w.settle()
		}}, "initiate A; transferAnswer B; transferDisconnect B hangup; disconnect A hangup"},
		{"both end at once, the caller first", one, "<Response/>", []act{picksUp("B"), func(w *world, id string) {
			b := w.nth("B")
			w.check(w.HangUp(id))
			if err := w.HangUp(b); err == nil {
				w.Error("the called party is still there")
			}
			w.settle()
		}}, "initiate A; transferAnswer B; transferDisconnect B hangup; disconnect A hangup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, map[string]string{"/initiate": tt.initiate, "/answered": tt.answered, "/rest": `<Pause duration="3"/>`,
				"/forbidden": `<Transfer><PhoneNumber>` + other + `</PhoneNumber></Transfer>`})
			w.answers["/over"], w.answers["/next"] = "<Hangup/>", "<Hangup/>"
			id := w.call()
			for _, do := range tt.acts {
				do(w, id)
			}
			w.tells(tt.want)
		})
	}
}
