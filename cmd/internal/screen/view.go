package screen

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	"charm.land/lipgloss/v2"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
)

// The styles: the sixteen colours that every terminal has, as its user likes them.
var (
	plain    = lipgloss.NewStyle()
	bold     = lipgloss.NewStyle().Bold(true)
	faint    = lipgloss.NewStyle().Foreground(lipgloss.Color("8"))
	good     = lipgloss.NewStyle().Foreground(lipgloss.Color("2"))
	bad      = lipgloss.NewStyle().Foreground(lipgloss.Color("1"))
	waiting  = lipgloss.NewStyle().Foreground(lipgloss.Color("3"))
	hearing  = lipgloss.NewStyle().Foreground(lipgloss.Color("6"))
	reversed = lipgloss.NewStyle().Reverse(true)
)

// narrow is the width below which only one column is shown.
const narrow = 64

// maxLegs is how many legs are listed at a time.
const maxLegs = 5

// View is for tea.Model.
func (m *Model) View() tea.View {
	v := tea.NewView(m.draw())
	v.AltScreen = true
	v.WindowTitle = "bxmlflow " + board.Clean(m.config.Title)
	return v
}

// draw writes the whole screen: exactly so many lines, none of them too wide.
func (m *Model) draw() string {
	switch {
	case m.help:
		return fill(helpText(), m.width, m.height)
	case m.width < leastWidth || m.height < leastHeight:
		return fill(m.compact(), m.width, m.height)
	}
	lines := append([]string{m.header()}, m.legs()...)
	bottom := m.bottom()
	rest := max(m.height-len(lines)-len(bottom), 0)
	lines = append(lines, m.body(rest)...)
	return fill(append(lines, bottom...), m.width, m.height)
}

// The size below which there is no room for panes.
const (
	leastWidth  = 32
	leastHeight = 9
)

// compact writes the selected leg, what is said, and the keys: what is needed to use the phone on a small screen.
func (m *Model) compact() []string {
	top := faint.Render("no calls yet")
	if l := m.leg(); l != nil {
		top = bold.Render(board.Clean(l.Name)) + " " + string(l.State) + " " + board.Clean(l.Verb+l.Cause)
	}
	bottom := m.bottom()
	last := bottom[len(bottom)-1]
	if m.note != "" || m.talking || m.asking != nil {
		last = bottom[0]
	}
	room := max(m.height-2, 0)
	lines := append([]string{top}, tail(m.conversation(m.width), room, 0)...)
	for len(lines) < m.height-1 {
		lines = append(lines, "")
	}
	return append(lines, last)
}

// fill makes lines fit a screen.
func fill(lines []string, width, height int) string {
	out := make([]string, max(height, 0))
	for i := range out {
		if i < len(lines) {
			out[i] = clip(lines[i], width)
		}
	}
	return strings.Join(out, "\n")
}

// clip cuts a line to a width.
func clip(line string, width int) string {
	switch {
	case width <= 0:
		return ""
	case lipgloss.Width(line) <= width:
		return line
	}
	return lipgloss.NewStyle().MaxWidth(width).Inline(true).Render(line)
}

// pad makes a line exactly so wide.
func pad(line string, width int) string {
	line = clip(line, width)
	return line + strings.Repeat(" ", max(width-lipgloss.Width(line), 0))
}

func (m *Model) header() string {
	left := " bxmlflow  " + board.Clean(m.config.Title)
	right := m.stamp(m.now()) + " "
	if n := len(m.board.Problems); n > 0 {
		right = fmt.Sprintf("%d problems  %s", n, right)
		if n == 1 {
			right = "1 problem  " + m.stamp(m.now()) + " "
		}
	}
	return reversed.Render(pad(left, m.width-lipgloss.Width(right)) + right)
}

// stamp writes a time as minutes and seconds since the first event.
func (m *Model) stamp(at time.Time) string {
	stamp, _, _ := strings.Cut(m.board.Stamp(at), ".")
	return stamp
}

// legs lists the calls; of many those around the selected one.
func (m *Model) legs() []string {
	if len(m.board.Legs) == 0 {
		if m.config.To == "" {
			return []string{faint.Render("   waiting for calls")}
		}
		return []string{faint.Render("   no calls yet: c calls " + m.config.To)}
	}
	at := 0
	for i, l := range m.board.Legs {
		if l.ID == m.selected {
			at = i
		}
	}
	first := min(max(at-maxLegs+1, 0), max(len(m.board.Legs)-maxLegs, 0))
	var lines []string
	for _, l := range m.board.Legs[first:min(first+maxLegs, len(m.board.Legs))] {
		lines = append(lines, m.legLine(l))
	}
	return lines
}

func (m *Model) legLine(l *board.Leg) string {
	mark, name := "   ", plain
	if l.ID == m.selected {
		mark, name = " ▸ ", bold
	}
	state := map[board.State]lipgloss.Style{board.Answered: good, board.Ringing: waiting, board.Dialing: waiting, board.Ended: faint}[l.State]
	until, doing := m.now(), l.Verb
	switch {
	case l.State == board.Ended:
		until, doing = l.Until, l.Cause
	case l.Waiting != "":
		doing = "waits for the answer to " + l.Waiting
	}
	if l.With != "" {
		doing += " with " + l.With
	}
	number := l.To
	if l.Inbound {
		number = l.From
	}
	age := max(until.Sub(l.Began), 0)
	return fmt.Sprintf("%s%s %s %02d:%02d  %s  %s", mark, name.Render(pad(l.Name, 12)), state.Render(pad(string(l.State), 8)),
		int(age.Minutes()), int(age.Seconds())%60, faint.Render(pad(board.Clean(number), 14)), board.Clean(doing))
}

// body writes the conversation and a pane, beside each other where there is room.
func (m *Model) body(height int) []string {
	if height < 2 {
		return make([]string, height)
	}
	if m.width < narrow {
		lines := m.paneLines(m.width)
		lines = append([]string{m.tabs(m.width)}, m.window(lines, height-1)...)
		return append(lines, make([]string, height-len(lines))...)
	}
	if m.pane == talk { // it stands on the left already
		m.pane = webhooks
	}
	left := m.width / 2
	right := m.width - left - 3
	talk := tail(m.conversation(left-1), height-1, 0)
	side := m.window(m.paneLines(right), height-1)
	lines := []string{pad(faint.Render(" conversation"), left) + faint.Render(" │ ") + m.tabs(right)}
	for i := range height - 1 {
		lines = append(lines, pad(at(talk, i), left)+faint.Render(" │ ")+at(side, i))
	}
	return lines
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return ""
}

// window cuts the lines of a pane to a height, as far as they are scrolled.
func (m *Model) window(lines []string, height int) []string {
	m.scroll = min(m.scroll, max(len(lines)-height, 0))
	return tail(lines, height, m.scroll)
}

// tail returns the last lines, above those that are scrolled away.
func tail(lines []string, height, scroll int) []string {
	end := len(lines) - scroll
	return lines[max(end-height, 0):max(end, 0)]
}

// bottom writes what could not be done, or the sentence that is typed, and the keys.
func (m *Model) bottom() []string {
	keys, note := m.keys(), ""
	switch {
	case m.note != "" && !m.talking && m.asking == nil:
		var lines []string
		for _, part := range wrap(m.note, max(m.width-2, 8)) {
			lines = append(lines, " "+bad.Render(part))
		}
		return append(lines[:min(len(lines), maxNote)], faint.Render(keys))
	case m.skipping:
		note = faint.Render(" skipping …")
	case m.talking:
		note = " say: " + end(string(m.sentence), m.width-8) + "▏"
		keys = " enter says it   esc does not"
	case m.asking != nil:
		note, keys = m.asking.question(m), m.asking.keys()
	}
	return []string{note, faint.Render(keys)}
}

// keys are those that do something now.
func (m *Model) keys() string {
	l := m.leg()
	switch {
	case m.over:
		return " the carrier has ended   p pane  ? help  q quit"
	case l == nil || l.State == board.Ended:
		call := "c call  "
		if l != nil {
			call = "c call again  "
		}
		if m.config.To == "" {
			call = ""
		}
		return " ? help  " + call + m.ringKeys() + "tab leg  s skip  p pane  q quit"
	}
	more := m.ringKeys()
	if more == "" && len(m.config.Signals) > 0 { // there is room for one
		more = "g signal  "
	}
	return " ? help  0-9*#  t talk  h hang up  " + more + "tab leg  s skip  p pane  q quit"
}

// maxNote is how many lines it may take to say what could not be done.
const maxNote = 3

// end returns the end of a text that is too wide.
func end(text string, width int) string {
	runes := []rune(text)
	for len(runes) > 0 && lipgloss.Width(string(runes)) > width {
		runes = runes[1:]
	}
	return string(runes)
}

func (m *Model) ringKeys() string {
	if m.rings(m.leg()) == nil {
		return ""
	}
	return "a answer  "
}

func helpText() []string {
	return []string{
		"", bold.Render(" keys of the phone"), "",
		"  0-9 * #         press a key of the phone",
		"  t               talk: type a sentence, enter says it",
		"  h               hang up",
		"  a  r  b         answer, refuse, or be busy: the phone that rings",
		"  tab shift+tab   go to the phone of another leg",
		"  c               call once more",
		"  g               send a signal of the flow to the call",
		"", bold.Render(" time"), "",
		"  s               skip to the next thing that happens",
		"  +               skip 10 seconds",
		"", bold.Render(" panes"), "",
		"  p  → ←          webhooks, document, flow, problems",
		"  ↑ ↓ pgup pgdn   scroll the pane",
		"", "  q  ctrl+c       hang up and quit", "",
		faint.Render("  any key goes back"),
	}
}
