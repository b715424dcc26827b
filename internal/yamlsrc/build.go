package yamlsrc

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// builder turns the library's tree into ours.
type builder struct {
	*source
	index   *index
	list    *diag.List
	anchors map[*yaml.Node]*anchored
	aliases int // uses of aliases
	copied  int // nodes that aliases stand for
	nodes   int
	depth   int
	deep    bool // depth has been too great
	flooded bool // copied would have been too great
}

const maxErrors = 100 // of one file

// anchored is a node that aliases may stand for; out is nil while the node is being built.
type anchored struct {
	out  *Node
	size int
	high int
}

// build returns the node for y and the offset where its text ends.
func (b *builder) build(y *yaml.Node) (*Node, int) {
	b.nodes++
	start := b.index.offset(y.Line, y.Column)
	if b.depth++; b.depth > MaxDepth {
		defer func() { b.depth-- }()
		return b.tooDeep(start)
	}
	defer func() { b.depth-- }()
	if y.Kind == yaml.AliasNode {
		return b.alias(y, start)
	}
	at := b.properties(start)
	before := b.nodes
	if y.Anchor != "" {
		b.anchors[y] = &anchored{}
	}
	out, end := b.content(y, at)
	if y.Anchor != "" {
		b.anchors[y] = &anchored{out: out, size: b.nodes - before + 1, high: height(y)}
	}
	return out, end
}

func (b *builder) content(y *yaml.Node, at props) (*Node, int) {
	switch y.Kind {
	case yaml.MappingNode:
		b.refuseTag(y, at)
		return b.mapping(y, at.next)
	case yaml.SequenceNode:
		b.refuseTag(y, at)
		return b.sequence(y, at.next)
	}
	return b.scalar(y, at)
}

// height returns how many levels a node has. The guard before the library bounds the recursion.
func height(y *yaml.Node) int {
	most := 0
	for _, c := range y.Content {
		most = max(most, height(c))
	}
	return most + 1
}

// errorf reports an error, but not without end.
func (b *builder) errorf(rule string, span diag.Span, format string, args ...any) *diag.Diagnostic {
	if len(*b.list) >= maxErrors {
		return new(diag.Diagnostic)
	}
	return b.list.Errorf(rule, span, format, args...)
}

func (b *builder) tooDeep(start int) (*Node, int) {
	if !b.deep {
		b.deep = true
		b.errorf(RuleLimit, b.span(start, start+1), "nested deeper than %d levels", MaxDepth).
			WithHelp("give the inner parts a place of their own")
	}
	return b.missing(start), start
}

// missing stands for what is not there or cannot be used.
func (b *builder) missing(at int) *Node {
	return &Node{Span: b.span(at, at), Resolved: Null, src: b.source}
}

// props are the anchor and the tag before a node.
type props struct {
	tag, tagEnd int // equal when there is no tag
	end         int // where the last of them ends
	next        int // where the node itself begins, unless it is empty
}

// properties reads "&anchor" and "!tag" at off. No node begins with these characters.
func (b *builder) properties(off int) props {
	p := props{end: off, next: off}
	for p.next < len(b.text) && (b.text[p.next] == '&' || b.text[p.next] == '!') {
		p.end = p.next + 1
		for p.end < len(b.text) && b.inProperty(b.text[p.next], p.end) {
			p.end++
		}
		if b.text[p.next] == '!' {
			p.tag, p.tagEnd = p.next, p.end
		}
		p.next = b.skip(p.end)
	}
	return p
}

// inProperty reports whether the character at off continues a property. A tag goes on to the next blank.
func (b *builder) inProperty(kind byte, off int) bool {
	if kind == '&' {
		return wordByte(b.text[off])
	}
	return !b.blank(off) && b.breakLen(off) == 0
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

func (b *builder) refuseTag(y *yaml.Node, p props) {
	if y.Style&yaml.TaggedStyle == 0 || p.tag == p.tagEnd {
		return
	}
	b.errorf(RuleTag, b.span(p.tag, p.tagEnd), "%q is a YAML tag, which has no meaning here", b.text[p.tag:p.tagEnd]).
		WithHelp("remove it")
}

func (b *builder) alias(y *yaml.Node, start int) (*Node, int) {
	end := start + 1 + len(y.Value)
	span := b.span(start, end)
	target := b.anchors[y.Alias]
	if target == nil || target.out == nil {
		b.errorf(RuleAlias, span, "%q stands inside of what it repeats", "*"+y.Value).
			WithHelp("write out what is meant; if a literal %q is meant, quote it", "*"+y.Value)
		return b.missing(start), end
	}
	b.aliases++
	if b.excessive(target, span) {
		return b.missing(start), end
	}
	b.copied += target.size
	b.nodes += target.size
	out := *target.out
	out.Span, out.segs, out.Comment = span, nil, b.comment(end)
	return &out, end
}

// excessive reports whether one more alias of the target passes a limit, and says so once for each limit.
func (b *builder) excessive(target *anchored, span diag.Span) bool {
	problem, first := "", true
	switch {
	case b.aliases > MaxAliases:
		problem, first = "more than 16 aliases in one file", b.aliases == MaxAliases+1
	case b.copied+target.size > MaxCopied:
		problem, first = "aliases stand for more than 10,000 values", !b.flooded
		b.flooded = true
	case b.depth+target.high > MaxDepth+1:
		problem = "nested deeper than 64 levels through an alias"
	}
	if problem != "" && first {
		b.errorf(RuleLimit, span, "%s", problem).WithHelp("write it out, or make it a fragment")
	}
	return problem != ""
}

// comment returns the comment that follows off on its line.
func (b *builder) comment(off int) string {
	at := off
	for b.blank(at) {
		at++
	}
	if at == len(b.text) || b.text[at] != '#' || at == off && off > 0 && b.text[off-1] != '\n' {
		return ""
	}
	return strings.TrimRight(string(b.text[at:b.eol(at)]), " \t")
}
