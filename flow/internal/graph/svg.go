package graph

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow/internal/graph/layered"
)

// padding of the picture in pixels.
const (
	padding    = 20.0
	titleSpace = 30.0
	arrow      = 7.0 // length of the head of a line
)

// The limits of a picture. Far larger ones would take minutes, and nobody could read them.
const (
	MaxNodes = 1200
	MaxEdges = 6000
)

// SVG draws g as a picture that needs nothing else: no fonts, no scripts, no network. It is light or dark as its reader is,
// text is text, and what is cut stands in full in titles. States have the attribute data-state, transitions data-from, data-to
// and data-event. The same graph gives the same bytes.
//
// A graph of more than MaxNodes states or MaxEdges transitions is refused.
func SVG(g *Graph) (string, error) {
	if len(g.Nodes) > MaxNodes || len(g.Edges) > MaxEdges {
		return "", fmt.Errorf("draw %q: %d states and %d transitions are more than the %d and %d that a picture can show",
			g.Name, len(g.Nodes), len(g.Edges), MaxNodes, MaxEdges)
	}
	s := draft(g)
	b := &drawer{scene: s}
	w, h := max(s.width, b.legendWidth(), width(printable(g.Name), 16))+2*padding, s.height+titleSpace+2*padding
	if b.legendWidth() > 0 {
		h += legendSpace
	}
	b.f(`<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s" viewBox="0 0 %[1]s %[2]s" role="img" aria-labelledby="title desc">`, px(w), px(h))
	b.f("<title id=\"title\">%s</title>", escape(g.Name))
	b.f("<desc id=\"desc\">%s</desc>", escape(s.summary()))
	b.f("<style>%s</style>", style)
	b.WriteString("<defs>")
	for _, name := range []string{"arrow", "arrow-leg"} {
		b.f(`<marker id="%s" class="%[1]s" viewBox="0 0 10 10" refX="10" refY="5" markerWidth="%s" markerHeight="%[2]s" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L10 5L0 10z"/></marker>`, name, px(arrow+2))
	}
	b.WriteString("</defs>\n<rect class=\"page\" width=\"100%\" height=\"100%\"/>\n")
	b.f(`<text class="title" x="%s" y="%s">%s</text>`, px(padding), px(padding+14), escape(g.Name))
	b.f("<g transform=\"translate(%s %s)\">", px((w-s.width)/2), px(padding+titleSpace))
	b.groups(-1)
	b.lines()
	b.states()
	b.labels()
	b.WriteString("</g>\n")
	b.legend(h - padding)
	b.WriteString("</svg>\n")
	return b.String(), nil
}

// drawer writes a scene.
type drawer struct {
	*scene
	strings.Builder
}

func (b *drawer) f(format string, args ...any) {
	fmt.Fprintf(b, format, args...)
	b.WriteByte('\n')
}

// px writes a length with one decimal.
func px(v float64) string {
	text := strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0")
	if text == "-0" {
		return "0"
	}
	return text
}

func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(printable(text))
}

// summary says in words what the picture shows.
func (s *scene) summary() string {
	states := 0
	for _, n := range s.Nodes {
		if !n.Anywhere {
			states++
		}
	}
	return fmt.Sprintf("Flow %s: %d states and %d transitions.", s.Name, states, len(s.Edges))
}

// groups draws the states with states inside, outer ones first.
func (b *drawer) groups(parent int) {
	for _, i := range b.children(parent) {
		if n := b.Nodes[i]; n.Outer {
			r := b.boxes[i]
			b.f(`<g class="%s" data-state="%s"><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="10"/>`+
				`<text class="name" x="%s" y="%s">%s</text></g>`, b.class(i), escape(n.full()), escape(n.Label),
				px(r.x), px(r.y), px(r.w), px(r.h), px(r.x+groupInset), px(r.y+19), escape(b.name(i)))
			b.groups(i)
		}
	}
}

// class returns the classes of a node, from which its colours come.
func (b *drawer) class(i int) string {
	n := b.Nodes[i]
	list := []string{"state"}
	for _, c := range []struct {
		name string
		is   bool
	}{
		{"group", n.Outer}, {"anywhere", n.Anywhere}, {"leg", n.Machine == Leg}, {"conference", n.Machine == Conference},
		{"initial", n.Begins}, {"final", n.Final}, {"waiting", n.Waiting},
	} {
		if c.is {
			list = append(list, c.name)
		}
	}
	return strings.Join(list, " ")
}

// states draws the states without states inside, and the dots where calls and groups begin.
func (b *drawer) states() {
	for i, n := range b.Nodes {
		if n.Outer {
			continue
		}
		r := b.boxes[i]
		b.f(`<g class="%s" data-state="%s"><title>%s</title><rect x="%s" y="%s" width="%s" height="%s" rx="7"/>`,
			b.class(i), escape(n.full()), escape(n.full()), px(r.x), px(r.y), px(r.w), px(r.h))
		if n.Final {
			b.f(`<rect class="inset" x="%s" y="%s" width="%s" height="%s" rx="4.5"/>`, px(r.x+3), px(r.y+3), px(r.w-6), px(r.h-6))
		}
		b.f(`<text class="name" x="%s" y="%s" text-anchor="middle">%s</text></g>`, px(r.x+r.w/2), px(r.y+r.h/2+4.5), escape(b.name(i)))
	}
	for _, d := range b.dots {
		b.f(`<circle class="start" cx="%s" cy="%s" r="%s"/>`, px(d.x), px(d.y), px(dotRadius))
	}
}

// lines draws the ways between states.
func (b *drawer) lines() {
	for _, w := range b.ways {
		if w.from == w.to {
			continue
		}
		b.line(&w, b.curve(w.points))
	}
	for i, list := range b.loops {
		for k, way := range list {
			b.line(&b.ways[way], b.loop(b.boxes[i], float64(k)-float64(len(list)-1)/2))
		}
	}
}

// loop leads from a box back to it: at its right, or below it when lines lead across. Of several loops number k is apart from
// the middle.
func (b *drawer) loop(r box, k float64) string {
	if b.across {
		return fmt.Sprintf("M%s %sc14 %s -14 %[3]s -7 0", px(r.x+r.w/2+12*k+3.5), px(r.y+r.h), px(loopReach))
	}
	return fmt.Sprintf("M%s %sc%s -14 %[3]s 14 0 7", px(r.x+r.w), px(r.y+r.h/2+12*k-3.5), px(loopReach))
}

func (b *drawer) line(w *way, path string) {
	class, head := "way", "arrow"
	if w.leg {
		class, head = "way leg", "arrow-leg"
	}
	b.f(`<path class="%s" d="%s" marker-end="url(#%s)"/>`, class, path, head)
}

// curve leads through points: straight along the ranks, else as a curve that begins and ends so.
func (b *drawer) curve(points []layered.Point) string {
	var d strings.Builder
	for i, p := range points {
		x, y := px(p.X), px(p.Y)
		if i == 0 {
			d.WriteString("M" + x + " " + y)
			continue
		}
		before := points[i-1]
		switch {
		case x == px(before.X):
			d.WriteString("V" + y)
		case y == px(before.Y):
			d.WriteString("H" + x)
		case b.across:
			middle := px((before.X + p.X) / 2)
			fmt.Fprintf(&d, "C%s %s %[1]s %[3]s %[4]s %[3]s", middle, px(before.Y), y, x)
		default:
			middle := px((before.Y + p.Y) / 2)
			fmt.Fprintf(&d, "C%s %s %s %[2]s %[3]s %[4]s", px(before.X), middle, x, y)
		}
	}
	return d.String()
}

// labels writes what stands at the ways, above everything else.
func (b *drawer) labels() {
	for i := range b.ways {
		if w := &b.ways[i]; w.from != w.to && len(w.label.transitions) > 0 {
			b.label(w, "middle")
		}
	}
	for i, list := range b.loops {
		b.loopLabels(i, list)
	}
}

// loopLabels writes the labels of the loops of a node, one below the other.
func (b *drawer) loopLabels(node int, list []int) {
	r := b.boxes[node]
	height := 0.0
	for _, k := range list {
		height += b.ways[k].label.h
	}
	x, y, anchor := r.x+r.w+loopReach+loopGap, r.y+r.h/2-height/2, "start"
	if b.across {
		x, y, anchor = r.x+r.w/2, r.y+r.h+loopReach, "middle"
	}
	for _, k := range list {
		l := &b.ways[k].label
		l.inside = b.Nodes[node].Parent >= 0
		l.x, l.y = x, y+l.h/2
		if anchor == "start" {
			l.x += l.w / 2
		}
		y += l.h
		b.label(&b.ways[k], anchor)
	}
}

// label writes the transitions of a way.
func (b *drawer) label(w *way, anchor string) {
	l := &w.label
	x, y := l.x, l.y-l.h/2
	paper := "paper"
	if l.inside {
		paper = "paper inside"
	}
	b.f(`<rect class="%s" x="%s" y="%s" width="%s" height="%s" rx="3"/>`, paper, px(l.x-l.w/2), px(y), px(l.w), px(l.h))
	if anchor == "start" {
		x -= l.w/2 - labelInset
	}
	y -= 1
	for _, t := range l.transitions {
		e := b.Edges[t.edge]
		from := ""
		if e.From >= 0 {
			from = b.Nodes[e.From].full()
		}
		class := "transition"
		if e.Leg {
			class += " leg"
		}
		b.f(`<g class="%s" data-from="%s" data-to="%s" data-event="%s"><title>%s</title>`, class, escape(from), escape(b.Nodes[e.To].full()), escape(e.Event), escape(t.title))
		y += lineStep
		b.f(`<text x="%s" y="%s" text-anchor="%s"><tspan class="event">%s</tspan>%s</text>`, px(x), px(y), anchor, escape(t.event), guard(" ", t.guard))
		for _, line := range t.more {
			y += lineStep
			b.f(`<text x="%s" y="%s" text-anchor="%s">%s</text>`, px(x), px(y), anchor, guard("", line))
		}
		b.WriteString("</g>\n")
	}
}

func guard(before, text string) string {
	if text == "" {
		return ""
	}
	return before + `<tspan class="guard">` + escape(text) + `</tspan>`
}
