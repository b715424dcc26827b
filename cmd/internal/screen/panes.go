package screen

import (
	"fmt"
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
)

// pane is one of the views beside the conversation.
type pane int

const (
	webhooks pane = iota
	document
	flow
	problems
	talk // shown as a pane where there is one column only
	panes
)

// paneCount is how many panes there are: the conversation is one where there is one column only.
func (m *Model) paneCount() int {
	if m.width < narrow {
		return int(panes)
	}
	return int(talk)
}

// tabs names the panes.
func (m *Model) tabs(width int) string {
	names := []string{"webhooks", "bxml", "flow", "problems", "talk"}[:m.paneCount()]
	var parts []string
	for i, name := range names {
		style := faint
		switch {
		case pane(i) == m.pane:
			style = bold
		case pane(i) == problems && len(m.board.Problems) > 0:
			style = bad
		}
		parts = append(parts, style.Render(name))
	}
	return clip(strings.Join(parts, faint.Render(" │ ")), width)
}

func (m *Model) paneLines(width int) []string {
	switch m.pane {
	case document:
		return m.document(width)
	case flow:
		return m.flow(width)
	case problems:
		return m.problems(width)
	case talk:
		return m.conversation(width)
	}
	return m.webhooks(width)
}

// conversation writes what the party of the selected leg hears, on the left, and does, on the right.
func (m *Model) conversation(width int) []string {
	l := m.leg()
	if l == nil {
		return []string{faint.Render(" nobody is on the phone")}
	}
	const stampWidth = 7
	room := max(width-stampWidth-2, 8)
	var lines []string
	for _, s := range l.Talk {
		stamp := faint.Render(" " + m.stamp(s.Time) + " ")
		switch s.Who {
		case board.Hears:
			for i, part := range wrap(s.Text, room) {
				lines = append(lines, lead(stamp, i)+hearing.Render("▏"+part))
			}
		case board.Does:
			for i, part := range wrap(s.Text, room) {
				lines = append(lines, lead(stamp, i)+strings.Repeat(" ", max(room-lipgloss.Width(part), 0))+good.Render(part+"▕"))
			}
		default:
			for i, part := range wrap(s.Text, room) {
				lines = append(lines, lead(stamp, i)+faint.Render("· "+part))
			}
		}
	}
	return lines
}

// lead is the stamp before the first of several lines.
func lead(stamp string, i int) string {
	if i == 0 {
		return stamp
	}
	return strings.Repeat(" ", lipgloss.Width(stamp))
}

// wrap breaks a text into lines of a width.
func wrap(text string, width int) []string {
	return strings.Split(lipgloss.Wrap(text, max(width, 1), " "), "\n")
}

func (m *Model) webhooks(width int) []string {
	if len(m.board.Hooks) == 0 {
		return []string{faint.Render("nothing was sent yet")}
	}
	var lines []string
	names, most := 0, 8
	if width < roomy {
		most = 6
	}
	for _, h := range m.board.Hooks {
		names = min(max(names, lipgloss.Width(h.Leg)), most)
	}
	for _, h := range m.board.Hooks {
		style, status := plain, "…"
		switch {
		case h.Err != "":
			style, status = bad, fmt.Sprint(h.Status)
		case h.Status > 0:
			status = fmt.Sprint(h.Status)
		}
		name := h.Type
		if h.REST {
			name = "api " + name
		}
		if h.Fallback {
			name += " (fallback)"
		}
		line := fmt.Sprintf("%s %s %s", faint.Render(m.stamp(h.Time)), faint.Render(pad(h.Leg, names)), style.Render(pad(status, 3)+" "+board.Clean(name)))
		if h.Took > 0 && width >= roomy {
			line += faint.Render(" " + took(h.Took))
		}
		lines = append(lines, clip(line, width))
		if h.Err != "" {
			for _, part := range wrap(board.Clean(h.Err), max(width-6, 8)) {
				lines = append(lines, "      "+bad.Render(part))
			}
		}
	}
	return lines
}

// roomy is the width from which on webhooks are shown with how long they took.
const roomy = 44

// took writes how long an answer took.
func took(d time.Duration) string {
	if d < time.Millisecond {
		return "<1 ms"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}

func (m *Model) document(width int) []string {
	l := m.leg()
	if l == nil || l.Document == "" {
		return []string{faint.Render("there is no document")}
	}
	var lines []string
	for line := range strings.SplitSeq(board.Indent(l.Document), "\n") {
		lines = append(lines, wrap(board.Clean(line), width)...)
	}
	return lines
}

func (m *Model) flow(width int) []string {
	l := m.leg()
	if l == nil || len(l.Path) == 0 {
		return []string{faint.Render("no flow is known: what runs is elsewhere")}
	}
	var lines []string
	for _, part := range wrap(l.ID, width) {
		lines = append(lines, faint.Render(part))
	}
	for i, state := range l.Path {
		text := "  " + board.Clean(state)
		if i < len(l.Via) && l.Via[i] != "" {
			text += " (" + board.Clean(l.Via[i]) + ")"
		}
		style := faint
		if i == len(l.Path)-1 {
			style, text = bold, "▸"+text[1:]
		}
		lines = append(lines, style.Render(clip(text, width)))
	}
	if l.Values == "" {
		return lines
	}
	lines = append(lines, "")
	for line := range strings.SplitSeq(l.Values, "\n") {
		lines = append(lines, wrap(board.Clean(line), width)...)
	}
	return lines
}

func (m *Model) problems(width int) []string {
	if len(m.board.Problems) == 0 {
		return []string{faint.Render("there are none")}
	}
	var lines []string
	for _, p := range m.board.Problems {
		text := p.Text
		if p.Leg != "" {
			text = p.Leg + ": " + text
		}
		for i, part := range wrap(text, max(width-6, 8)) {
			lines = append(lines, lead(faint.Render(m.stamp(p.Time)+" "), i)+bad.Render(part))
		}
	}
	return lines
}
