package graph

const (
	legendSpace = 34.0
	swatch      = 22.0
)

// entry explains one look.
type entry struct{ class, text string }

// entries returns what needs explaining in the picture.
func (s *scene) entries() []entry {
	has := map[string]bool{}
	for _, n := range s.Nodes {
		has["state initial"] = has["state initial"] || n.Begins
		has["state waiting"] = has["state waiting"] || n.Waiting
		has["state final"] = has["state final"] || n.Final
		has["state leg"] = has["state leg"] || n.Machine == Leg
		has["state conference"] = has["state conference"] || n.Machine == Conference
	}
	var list []entry
	for _, e := range []entry{
		{"state initial", "a call begins"}, {"state waiting", "no document of its own"}, {"state leg", "another leg"},
		{"state conference", "a conference"}, {"state final", "the end"},
	} {
		if has[e.class] {
			list = append(list, e)
		}
	}
	return list
}

func (s *scene) legendWidth() float64 {
	sum := 0.0
	for _, e := range s.entries() {
		sum += swatch + 6 + width(e.text, labelSize) + 18
	}
	return sum
}

// legend explains what the states look like, in a row above y.
func (b *drawer) legend(y float64) {
	x := padding
	for _, e := range b.entries() {
		b.f(`<g class="key %s"><rect x="%s" y="%s" width="%s" height="12" rx="3"/><text x="%s" y="%s">%s</text></g>`,
			e.class, px(x), px(y-11), px(swatch), px(x+swatch+6), px(y-1), escape(e.text))
		x += swatch + 6 + width(e.text, labelSize) + 18
	}
}

// style holds the colours. They are written out twice, since not every program that shows SVG knows variables.
const style = `
svg { font-family: Helvetica, Arial, "Liberation Sans", sans-serif; }
.page, .paper { fill: #ffffff; }
.paper.inside { fill: #f4f6f8; }
.paper { opacity: .92; }
.title { font-size: 16px; font-weight: 600; fill: #1f2933; }
.state rect { fill: #eaf2fb; stroke: #4a7fb5; stroke-width: 1.3; }
.state .name { font-size: 13px; fill: #1f2933; }
.state.leg rect { fill: #fdf1dc; stroke: #c08a2b; }
.state.conference rect { fill: #f1eafb; stroke: #8a63c2; }
.state.waiting rect { stroke-dasharray: 5 3; }
.state.initial rect { stroke: #2f8f5b; stroke-width: 2.4; }
.state.final rect { stroke: #66727f; fill: #eef0f2; }
.state.final.leg rect { fill: #fdf1dc; }
.state.final.conference rect { fill: #f1eafb; }
.state.anywhere rect { fill: none; stroke: #66727f; stroke-dasharray: 2 3; }
.state.anywhere .name { font-style: italic; }
.state.group > rect, .state.group.leg > rect, .state.group.conference > rect { fill: #f4f6f8; }
.state.group > .name { font-weight: 600; }
.state .inset { fill: none; }
.key text, .transition text { font-size: 11px; fill: #1f2933; }
.way { fill: none; stroke: #66727f; stroke-width: 1.2; }
.way.leg { stroke: #c08a2b; stroke-dasharray: 5 3; }
.arrow path { fill: #66727f; }
.arrow-leg path { fill: #c08a2b; }
.start { fill: #2f8f5b; }
.guard { fill: #52606d; font-style: italic; }
@media (prefers-color-scheme: dark) {
.page, .paper { fill: #14181d; }
.paper.inside { fill: #1b2027; }
.title, .state .name, .key text, .transition text { fill: #e4e7eb; }
.state rect { fill: #1c2f42; stroke: #6ea3d8; }
.state.leg rect, .state.final.leg rect { fill: #3a2e17; stroke: #d9a648; }
.state.conference rect, .state.final.conference rect { fill: #2d2340; stroke: #ab8ae0; }
.state.initial rect { stroke: #4fb880; }
.state.final rect { fill: #262c33; stroke: #9aa5b1; }
.state.anywhere rect { stroke: #9aa5b1; }
.state.group > rect, .state.group.leg > rect, .state.group.conference > rect { fill: #1b2027; }
.way { stroke: #9aa5b1; }
.way.leg { stroke: #d9a648; }
.arrow path { fill: #9aa5b1; }
.arrow-leg path { fill: #d9a648; }
.start { fill: #4fb880; }
.guard { fill: #9fb3c8; }
}
`
