package screen

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
)

// asking is a signal that is being put together: first its name, then its fields.
type asking struct {
	call   *board.Leg
	signal *phone.Signal // nil until it was chosen
	at     int           // in the list, then in the fields
	with   map[string]any
}

// choose begins a signal to the call of the selected leg.
func (m *Model) choose() {
	switch l := m.leg(); {
	case m.config.Signal == nil:
		m.say("no flow runs here: there are no signals")
	case len(m.config.Signals) == 0:
		m.say("the flow declares no signals")
	case l == nil:
		m.say("there is no call for that")
	default:
		m.note, m.asking, m.sentence = "", &asking{call: l, with: map[string]any{}}, nil
	}
}

// answer takes the keys while a signal is put together.
func (m *Model) answer(k tea.KeyPressMsg) tea.Cmd {
	a, n := m.asking, len(m.config.Signals)
	switch name := k.String(); {
	case name == "esc":
		m.asking = nil
	case a.signal != nil && name != "enter":
		m.edit(k)
	case a.signal != nil:
		return m.field()
	case name == "enter":
		a.signal, a.at = &m.config.Signals[a.at], 0
		return m.complete()
	case name == "g" || name == "tab" || name == "down" || name == "right":
		a.at = (a.at + 1) % n
	case name == "up" || name == "left" || name == "shift+tab":
		a.at = (a.at + n - 1) % n
	}
	return nil
}

// field takes what was typed as the value of a field; nothing leaves it out.
func (m *Model) field() tea.Cmd {
	a := m.asking
	f := a.signal.Fields[a.at]
	if text := strings.TrimSpace(string(m.sentence)); text != "" {
		a.with[f.Name] = phone.Given(text)
		if f.Type == "string" {
			a.with[f.Name] = text
		}
	}
	a.at, m.sentence = a.at+1, nil
	return m.complete()
}

// complete sends the signal when it has all of its fields.
func (m *Model) complete() tea.Cmd {
	a := m.asking
	if a.at < len(a.signal.Fields) {
		return nil
	}
	m.asking = nil
	return m.do(func() error {
		handled, err := m.config.Signal(context.WithoutCancel(m.ctx), a.call.ID, a.signal.Name, a.with)
		if err != nil {
			return phone.SignalError(err)
		}
		if !handled {
			return fmt.Errorf("nobody handles the signal %q now", a.signal.Name)
		}
		return nil
	})
}

// question is what is asked, for the line above the keys.
func (a *asking) question(m *Model) string {
	if a.signal == nil {
		s := m.config.Signals[a.at]
		return fmt.Sprintf(" signal to %s, %d of %d: %s", a.call.Name, a.at+1, len(m.config.Signals), board.Clean(s.String()))
	}
	f := a.signal.Fields[a.at]
	label := fmt.Sprintf(" %s: %s (%s) = ", a.signal.Name, f.Name, f.Type)
	return label + end(string(m.sentence), max(m.width-len(label)-1, 1)) + "▏"
}

// keys is what the keys do meanwhile.
func (a *asking) keys() string {
	if a.signal == nil {
		return " ↑ ↓ another   enter chooses it   esc does not send"
	}
	return " enter takes it, empty leaves it out   esc does not send"
}
