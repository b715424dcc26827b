package screen

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
)

// jump is how far + moves the clock.
const jump = 10 * time.Second

// key does what a key says.
func (m *Model) key(k tea.KeyPressMsg) tea.Cmd {
	name := k.String()
	switch {
	case name == "ctrl+c":
		return m.quit()
	case m.talking:
		return m.speak(k)
	case m.help:
		m.help = false
		if name != "q" {
			return nil
		}
	}
	if len(name) == 1 && (name[0] >= '0' && name[0] <= '9' || name == "*" || name == "#") {
		return m.act(phone.Press, name)
	}
	if c, ok := m.commands()[name]; ok {
		return c()
	}
	return nil
}

// commands are those of single keys.
func (m *Model) commands() map[string]func() tea.Cmd {
	does := func(do phone.Do) func() tea.Cmd { return func() tea.Cmd { return m.act(do, "") } }
	shows := func(change func()) func() tea.Cmd { return func() tea.Cmd { change(); return nil } }
	return map[string]func() tea.Cmd{
		"a": does(phone.PickUp), "r": does(phone.Refuse), "b": does(phone.Busy), "h": does(phone.HangUp),
		"t":   func() tea.Cmd { m.talking, m.sentence = true, nil; return nil },
		"c":   func() tea.Cmd { return m.place() },
		"s":   m.next,
		"+":   func() tea.Cmd { return m.do(func() error { return m.config.Carrier.Skip(m.ctx, jump) }) },
		"tab": shows(func() { m.cycle(1) }), "shift+tab": shows(func() { m.cycle(-1) }),
		"p": shows(func() { m.turn(1) }), "right": shows(func() { m.turn(1) }), "left": shows(func() { m.turn(-1) }),
		"up": shows(func() { m.scroll++ }), "down": shows(func() { m.scroll = max(m.scroll-1, 0) }),
		"pgup": shows(func() { m.scroll += 10 }), "pgdown": shows(func() { m.scroll = max(m.scroll-10, 0) }),
		"?": shows(func() { m.help = true }),
		"q": m.quit,
	}
}

// turn shows the next pane.
func (m *Model) turn(by int) {
	n := m.paneCount()
	m.pane = pane((int(m.pane) + by + n) % n)
	m.scroll = 0
}

// speak takes the keys of a sentence.
func (m *Model) speak(k tea.KeyPressMsg) tea.Cmd {
	switch k.String() {
	case "esc":
		m.talking = false
	case "enter":
		m.talking = false
		if text := strings.TrimSpace(string(m.sentence)); text != "" {
			return m.act(phone.Say, text)
		}
	case "backspace":
		m.sentence = m.sentence[:max(len(m.sentence)-1, 0)]
	case "ctrl+u":
		m.sentence = nil
	default:
		m.write(k.Text)
	}
	return nil
}

// longest is how many characters a sentence may have.
const longest = 500

// write appends to the sentence that is being typed.
func (m *Model) write(text string) {
	m.sentence = append(m.sentence, []rune(board.Clean(text))...)
	m.sentence = m.sentence[:min(len(m.sentence), longest)]
}

// How the clock is moved to the next event: in steps, each of which gives what is due a moment to show.
const (
	skipStep   = 500 * time.Millisecond
	skipMoment = 15 * time.Millisecond
	skipMost   = 5 * time.Minute
)

// next moves the clock until something happens.
func (m *Model) next() tea.Cmd {
	from := m.seen
	return m.do(func() error {
		for skipped := time.Duration(0); skipped < skipMost; skipped += skipStep {
			if err := m.config.Carrier.Skip(m.ctx, skipStep); err != nil {
				return err
			}
			wait, cancel := context.WithTimeout(m.ctx, skipMoment)
			_, _, err := m.config.Feed.Next(wait, from)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				return err
			}
		}
		return errors.New("nothing happens within 5 minutes")
	})
}
