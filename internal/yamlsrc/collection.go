package yamlsrc

import (
	"gopkg.in/yaml.v3"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

func (b *builder) mapping(y *yaml.Node, start int) (*Node, int) {
	n := &Node{Kind: Map, Style: Block, src: b.source}
	bracketed := b.bracketed(y, start, '{')
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	}
	first := map[string]diag.Span{}
	end := start + 1
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, keyEnd := b.key(y.Content[i])
		if i == 0 && !bracketed && key != nil && b.text[start] != '?' {
			start = b.index.offset(y.Content[i].Line, y.Content[i].Column)
		}
		value, valueEnd := b.build(y.Content[i+1])
		end = max(end, keyEnd, valueEnd)
		if key == nil {
			continue
		}
		if at, twice := first[key.Value]; twice {
			b.errorf(RuleDuplicateKey, key.Span, "the key %q is used twice", key.Value).
				WithHelp("join the two, or rename one of them").WithRelated(at, "first used here")
			continue
		}
		first[key.Value] = key.Span
		n.Entries = append(n.Entries, Entry{key, value})
	}
	return b.finish(n, start, end, bracketed)
}

// key returns nil for a key that is refused.
func (b *builder) key(y *yaml.Node) (*Node, int) {
	key, end := b.build(y)
	switch {
	case key.Kind != Scalar:
		b.errorf(RuleKey, key.Span, "a key must be text, not a %s", key.Kind).WithHelp("if text is meant, quote it")
		return nil, end
	case y.Kind == yaml.ScalarNode && y.ShortTag() == "!!merge":
		b.errorf(RuleMerge, key.Span, `merge keys ("<<") are not supported`).
			WithHelp("write the entries out, or make them a fragment")
		return nil, end
	case y.Kind == yaml.ScalarNode && key.IsMissing():
		b.errorf(RuleKey, key.Span, "a key is missing").WithHelp(`write it before the ":"`)
		return nil, end
	}
	key.Comment = ""
	return key, end
}

func (b *builder) sequence(y *yaml.Node, start int) (*Node, int) {
	n := &Node{Kind: List, Style: Block, src: b.source}
	bracketed := b.bracketed(y, start, '[')
	if y.Style&yaml.FlowStyle != 0 {
		n.Style = Flow
	}
	end := start + 1
	for _, c := range y.Content {
		item, itemEnd := b.build(c)
		end = max(end, itemEnd)
		n.Items = append(n.Items, item)
	}
	return b.finish(n, start, end, bracketed)
}

// bracketed reports whether a flow collection has brackets of its own; the map in [a: b] has none.
func (b *builder) bracketed(y *yaml.Node, start int, open byte) bool {
	if y.Style&yaml.FlowStyle == 0 || start >= len(b.text) || b.text[start] != open {
		return false
	}
	return len(y.Content) == 0 || b.index.offset(y.Content[0].Line, y.Content[0].Column) != start
}

// finish sets the place of a collection whose last child ends at end.
func (b *builder) finish(n *Node, start, end int, bracketed bool) (*Node, int) {
	if bracketed {
		end = b.closer(end)
	}
	end = min(max(start, end), len(b.text))
	n.Span = b.span(min(start, end), end)
	return n, end
}

// closer returns the offset behind the bracket that follows off.
func (b *builder) closer(off int) int {
	for off = b.skip(off); off < len(b.text); off = b.skip(off + 1) {
		switch b.text[off] {
		case ']', '}':
			return off + 1
		case ',', ':', '?':
		default:
			return off
		}
	}
	return off
}
