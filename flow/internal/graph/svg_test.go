package graph

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxmlflow/bxmlflow/flow/internal/graph/layered"
)

// pictures returns graphs of many shapes.
func pictures() []*Graph {
	hostile := "<&\"'>\x00\xff]]>\u2028" + strings.Repeat("w", 300)
	list := []*Graph{
		{Name: "nothing"},
		{Name: "one", Nodes: []Node{{Label: "only", Parent: -1, Final: true}}, Edges: []Edge{{From: -1, Event: "initiate"}, {Event: "gather"}, {Event: "again", Leg: true}}},
		{Name: hostile, Nodes: []Node{{Label: hostile, Parent: -1}, {Label: "", Parent: -1}}, Edges: []Edge{{From: 0, To: 1, Event: hostile, Guard: hostile}, {From: 1, To: 0, Event: "", Guard: "\n"}}},
		{Name: "group to itself", Nodes: []Node{{Label: "outer", Parent: -1, Outer: true, Initial: 1}, {Label: "inner", Parent: 0}},
			Edges: []Edge{{From: 0, To: 0, Event: "self"}, {From: 0, To: 1, Event: "in"}, {From: 1, To: 0, Event: "out"}, {From: 1, To: 1, Event: "loop"}}},
		ivr(),
	}
	for seed := range uint64(30) {
		list = append(list, random(seed, 3+int(seed)*3, seed%2 == 0))
	}
	return list
}

// element is what of an SVG the tests look at.
type element struct {
	name  string
	attrs map[string]string
	text  string
}

// elements reads an SVG as strictly as a browser does.
func elements(t *testing.T, svg string) []element {
	t.Helper()
	var list []element
	var open []int
	for d := xml.NewDecoder(strings.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := element{name: token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			open = append(open, len(list))
			list = append(list, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, i := range open {
				list[i].text += string(token)
			}
		}
	}
}

func draw(t testing.TB, g *Graph) string {
	t.Helper()
	svg, err := SVG(g)
	if err != nil {
		t.Fatal(err)
	}
	return svg
}

func TestHugeGraphsAreRefused(t *testing.T) {
	for _, g := range []*Graph{{Name: "huge", Nodes: make([]Node, MaxNodes+1)}, {Name: "huge", Nodes: make([]Node, 1), Edges: make([]Edge, MaxEdges+1)}} {
		if svg, err := SVG(g); svg != "" || err == nil || !strings.HasPrefix(err.Error(), `draw "huge": `) {
			t.Error(svg, err)
		}
	}
}

func TestPicturesHaveEveryStateAndTransition(t *testing.T) {
	for _, g := range pictures() {
		svg := draw(t, g)
		if svg != draw(t, g) {
			t.Fatalf("%s: two pictures of one graph differ", g.Name)
		}
		want, got := map[string]int{}, map[string]int{}
		for _, n := range g.Nodes {
			want["state "+printable(n.full())]++
		}
		for _, e := range g.Edges {
			from := ""
			if e.From >= 0 {
				from = g.Nodes[e.From].full()
			}
			want[strings.Join([]string{"transition", printable(from), printable(g.Nodes[e.To].full()), printable(e.Event), printable(e.label())}, " ")]++
		}
		list := elements(t, svg)
		for i, e := range list {
			if name, ok := e.attrs["data-state"]; ok {
				got["state "+name]++
			}
			if event, ok := e.attrs["data-event"]; ok {
				got[strings.Join([]string{"transition", e.attrs["data-from"], e.attrs["data-to"], event, list[i+1].text}, " ")]++
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", g.Name, diff)
		}
	}
}

func TestPicturesAreForEverybody(t *testing.T) {
	list := elements(t, draw(t, ivr()))
	root := list[0]
	if root.attrs["role"] != "img" || root.attrs["aria-labelledby"] != "title desc" || list[1].text != "menus" || list[2].text != "Flow menus: 60 states and 142 transitions." {
		t.Errorf("%v, title %q, description %q", root.attrs, list[1].text, list[2].text)
	}
	if !strings.Contains(list[3].text, "@media (prefers-color-scheme: dark)") {
		t.Error("there are no colours for the dark")
	}
	for _, e := range list {
		for name, value := range e.attrs {
			if strings.Contains(value, "http") && name != "xmlns" {
				t.Errorf("<%s> asks for %s", e.name, value)
			}
		}
	}
}

func TestLongLabelsAreCut(t *testing.T) {
	tests := []struct {
		text string
		n    int
		want []string
	}{
		{"short", 2, []string{"short"}},
		{"event.digits matches x && vars.tries > 3 && visits < 2", 2, []string{"event.digits matches x &&", "vars.tries > 3 && visits < 2"}},
		{"event.digits matches x && vars.tries > 3 && visits < 2 && event.cause == hangup", 2, []string{"event.digits matches x &&", "vars.tries > 3 && visits < 2…"}},
		{strings.Repeat("w", 60), 3, []string{strings.Repeat("w", 14) + "…"}},
		{"日本語日本語日本語日本語日本語", 1, []string{"日本語日本語日本語日本語日…"}},
	}
	for _, tt := range tests {
		got := wrap(tt.text, 11, 160, tt.n)
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

// overlap reports whether two boxes share more than a border.
func overlap(a, b box) bool {
	const border = 0.01
	return a.x+a.w > b.x+border && b.x+b.w > a.x+border && a.y+a.h > b.y+border && b.y+b.h > a.y+border
}

func holds(outer, inner box) bool {
	const near = 0.01
	return inner.x >= outer.x-near && inner.y >= outer.y-near && inner.x+inner.w <= outer.x+outer.w+near && inner.y+inner.h <= outer.y+outer.h+near
}

// drafts returns what pictures look like both ways.
func drafts() []*scene {
	var list []*scene
	for _, g := range pictures() {
		list = append(list, newScene(g, false), newScene(g, true))
	}
	return list
}

func TestBoxesAndLabelsDoNotOverlap(t *testing.T) {
	for _, s := range drafts() {
		for i := range s.Nodes {
			if p := s.Nodes[i].Parent; p >= 0 && !holds(s.boxes[p], s.boxes[i]) {
				t.Errorf("%s: %s is not inside of %s", s.Name, s.Nodes[i].Label, s.Nodes[p].Label)
			}
			for k := range i {
				if overlap(s.boxes[i], s.boxes[k]) && !s.within(i, k) && !s.within(k, i) {
					t.Errorf("%s: %s overlaps %s", s.Name, s.Nodes[i].Label, s.Nodes[k].Label)
				}
			}
		}
		for i, w := range s.ways {
			if l := w.label; w.from != w.to && len(l.transitions) > 0 {
				label := box{l.x - l.w/2, l.y - l.h/2, l.w, l.h}
				for n := range s.Nodes {
					if !s.Nodes[n].Outer && overlap(label, s.boxes[n]) {
						t.Errorf("%s: the label of way %d overlaps %s", s.Name, i, s.Nodes[n].Label)
					}
				}
			}
		}
		all := box{0, 0, s.width, s.height}
		for i, b := range s.boxes {
			if !holds(all, b) {
				t.Errorf("%s: %s is outside of the picture", s.Name, s.Nodes[i].Label)
			}
		}
	}
}

func TestLinesLeadFromBorderToBorderAndCrossNoState(t *testing.T) {
	for _, s := range drafts() {
		for i, w := range s.ways {
			if w.from == w.to {
				continue
			}
			name := fmt.Sprintf("%s: way %d from %d to %d", s.Name, i, w.from, w.to)
			first, last := w.points[0], w.points[len(w.points)-1]
			if w.from >= 0 && !atBorder(s.boxes[w.from], first) {
				t.Errorf("%s begins at %v, not at %v", name, first, s.boxes[w.from])
			}
			if !atBorder(s.boxes[w.to], last) {
				t.Errorf("%s ends at %v, not at %v", name, last, s.boxes[w.to])
			}
			for k := range w.points[1:] {
				a, b := w.points[k], w.points[k+1]
				area := box{min(a.X, b.X), min(a.Y, b.Y), math.Abs(a.X - b.X), math.Abs(a.Y - b.Y)}
				for n := range s.Nodes {
					if !s.Nodes[n].Outer && overlap(area, s.boxes[n]) {
						t.Errorf("%s crosses %s", name, s.Nodes[n].Label)
					}
				}
			}
		}
	}
}

// atBorder reports whether p is on the border of a box, corners aside.
func atBorder(b box, p layered.Point) bool {
	near := func(a, b float64) bool { return math.Abs(a-b) < 0.01 }
	upright := (near(p.Y, b.y) || near(p.Y, b.y+b.h)) && p.X > b.x && p.X < b.x+b.w
	across := (near(p.X, b.x) || near(p.X, b.x+b.w)) && p.Y > b.y && p.Y < b.y+b.h
	return upright || across
}

func BenchmarkSVG(b *testing.B) {
	for _, n := range []int{5, 60, 1000} {
		g := random(7, n, false)
		b.Run(strconv.Itoa(n)+" states", func(b *testing.B) {
			for b.Loop() {
				draw(b, g)
			}
		})
	}
}
