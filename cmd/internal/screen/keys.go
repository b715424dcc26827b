package screen

import (
	"cmp"
	"context"
	"errors"
	"strconv"
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
	case m.asking != nil:
		return m.answer(k)
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
	m.say(strconv.Quote(name) + " is no key here: ? lists them")
	return nil
}

// commands are those of single keys.
func (m *Model) commands() map[string]func() tea.Cmd {
	does := func(do phone.Do) func() tea.Cmd { return func() tea.Cmd { return m.act(do, "") } }
	shows := func(change func()) func() tea.Cmd { return func() tea.Cmd { change(); return nil } }
	return map[string]func() tea.Cmd{
		"a": does(phone.PickUp), "r": does(phone.Refuse), "b": does(phone.Busy), "h": does(phone.HangUp),
		"t":   func() tea.Cmd { m.talking, m.sentence = true, nil; return nil },
		"c":   m.again,
		"s":   m.next,
		"+":   func() tea.Cmd { return m.ahead(jump) },
		"g":   shows(m.choose),
		"tab": shows(func() { m.cycle(1) }), "shift+tab": shows(func() { m.cycle(-1) }),
		"p": shows(func() { m.turn(1) }), "right": shows(func() { m.turn(1) }), "left": shows(func() { m.turn(-1) }),
		"up": shows(func() { m.scroll++ }), "down": shows(func() { m.scroll = max(m.scroll-1, 0) }),
		"pgup": shows(func() { m.scroll += 10 }), "pgdown": shows(func() { m.scroll = max(m.scroll-10, 0) }),
		"?": shows(func() { m.help = true }),
		"q": m.quit,
	}
}

// again calls once more.
func (m *Model) again() tea.Cmd {
	if m.config.To == "" {
		m.say("nobody said whom to call: begin with --flow or --to")
		return nil
	}
	return m.place()
}

// turn shows the next pane.
func (m *Model) turn(by int) {
	n := m.paneCount()
	m.pane, m.turned = pane((int(m.pane)+by+n)%n), true
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
	default:
		m.edit(k)
	}
	return nil
}

// edit takes the other keys of a text that is typed.
func (m *Model) edit(k tea.KeyPressMsg) {
	switch k.String() {
	case "backspace":
		m.sentence = m.sentence[:max(len(m.sentence)-1, 0)]
	case "ctrl+u":
		m.sentence = nil
	default:
		m.write(k.Text)
	}
}

// longest is how many characters a sentence may have.
const longest = 500

// write appends to the sentence that is being typed.
func (m *Model) write(text string) {
	m.sentence = append(m.sentence, []rune(board.Clean(text))...)
	m.sentence = m.sentence[:min(len(m.sentence), longest)]
}

// How far the clock is moved to something that shows: over so much time, and over so many things that do not show, each of which
// gets a moment.
const (
	skipMost   = 10 * time.Minute
	skipThings = 50
	skipMoment = 15 * time.Millisecond
)

// errNothing says that there is nothing to skip to.
var errNothing = errors.New("nothing happens by itself within 10 minutes")

// next moves the clock until something happens.
func (m *Model) next() tea.Cmd {
	from, begun := m.seen, time.Time{}
	return m.move(func() error {
		for range skipThings {
			now, next, err := m.config.Carrier.Clock(m.ctx)
			if begun.IsZero() {
				begun = now
			}
			switch {
			case err != nil:
				return err
			case next.IsZero() || next.Sub(begun) > skipMost:
				return errNothing
			}
			if err := m.config.Carrier.Skip(m.ctx, max(next.Sub(now), 0)+time.Millisecond); err != nil {
				return err
			}
			wait, cancel := context.WithTimeout(m.ctx, skipMoment)
			_, _, err = m.config.Feed.Next(wait, from)
			cancel()
			if !errors.Is(err, context.DeadlineExceeded) {
				return err
			}
		}
		return errNothing
	})
}

// ahead moves the clock by so much.
func (m *Model) ahead(by time.Duration) tea.Cmd {
	return m.move(func() error { return m.config.Carrier.Skip(m.ctx, by) })
}

// move moves the clock, beside the screen and once at a time, and tells what the time is then.
func (m *Model) move(how func() error) tea.Cmd {
	if m.skipping {
		return nil
	}
	m.skipping = true
	return func() tea.Msg {
		err := how()
		now, _, wrong := m.config.Carrier.Clock(m.ctx)
		return skippedMsg{now, cmp.Or(err, wrong)}
	}
}
