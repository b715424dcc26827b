package yamlsrc

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// The limits of a file.
const (
	MaxBytes   = 1 << 20 // of a file
	MaxDepth   = 64      // levels of maps, lists and scalars
	MaxAliases = 16      // uses of aliases in a file
	MaxCopied  = 10_000  // nodes that the aliases of a file stand for
)

// The rules of the diagnostics that Parse returns.
const (
	RuleSyntax       = "yaml-syntax"    // not YAML
	RuleEncoding     = "yaml-encoding"  // not UTF-8, or control characters
	RuleLimit        = "yaml-limit"     // larger, deeper or with more aliases than is accepted
	RuleTag          = "yaml-tag"       // "!name"
	RuleAlias        = "yaml-alias"     // an alias inside of what it stands for
	RuleMerge        = "yaml-merge"     // "<<"
	RuleKey          = "yaml-key"       // a key that is a map or a list, or missing
	RuleDocuments    = "yaml-documents" // more than one document
	RuleDuplicateKey = "duplicate-key"
)

// rawDepth bounds brackets before anything is known about the text. No text that people write comes near it.
const rawDepth = 1000

// Parse reads the YAML document src; file is the name that places carry. The tree is nil when nothing can be used; it may
// be there although the list holds errors: then every mistake was one with an obvious mend, and the tree is that of the
// mended text, with places in the text as it was given. An empty file gives a missing scalar. Parse never panics.
func Parse(file string, src []byte) (*Node, diag.List) {
	var list diag.List
	if len(src) > MaxBytes {
		list.Errorf(RuleLimit, diag.Span{File: file}, "the file has %d bytes, more than 1 MiB", len(src)).
			WithHelp("split it into several files")
		return nil, list
	}
	s := newSource(file, src)
	if s.refuse(&list) {
		return nil, list
	}
	doc, fault := load(s.text)
	if fault != nil {
		s, doc = repair(s, fault, &list)
	}
	if s == nil {
		return nil, list
	}
	b := &builder{source: s, index: newIndex(s), list: &list, anchors: map[*yaml.Node]*anchored{}}
	if doc == nil || len(doc.Content) == 0 {
		return b.missing(len(s.text)), list
	}
	root, _ := b.build(doc.Content[0])
	return root, list
}

// refuse reports what must not reach the library.
func (s *source) refuse(list *diag.List) bool {
	depth := 0
	for off := 0; off < len(s.text); {
		r, n := utf8.DecodeRune(s.text[off:])
		switch {
		case r == utf8.RuneError && n == 1:
			list.Errorf(RuleEncoding, s.span(off, off), "the text is not UTF-8").WithHelp("save the file as UTF-8")
			return true
		case !allowed(r):
			list.Errorf(RuleEncoding, s.span(off, off+n), "the control character U+%04X is not allowed", r).
				WithHelp(`remove it, or write it as an escape in double quotes, such as "\x1B"`)
			return true
		case r == '[' || r == '{':
			depth++
		case (r == ']' || r == '}') && depth > 0:
			depth--
		}
		if depth > rawDepth {
			list.Errorf(RuleLimit, s.span(off, off+1), "nested deeper than %d levels", MaxDepth).
				WithHelp("give the inner parts a place of their own")
			return true
		}
		off += n
	}
	return false
}

func allowed(r rune) bool {
	switch {
	case r < 0x20:
		return r == '\t' || r == '\n' || r == '\r'
	case r < 0xA0:
		return r < 0x7F || r == 0x85
	}
	return r != 0xFFFE && r != 0xFFFF
}

// fault is what the library found wrong.
type fault struct {
	problem string // its words, without the line
	line    int    // counting from 1, 0 when it gave none; often the line before, or where a construct begins
	reach   int    // how far it had read: the mistake lies before, or at the end of the file
	second  bool   // a second document, which begins at line
}

// load reads one document. The tree is nil when the text is empty.
func load(text []byte) (doc *yaml.Node, f *fault) {
	r := &slowReader{text: text}
	defer func() {
		if p := recover(); p != nil {
			doc, f = nil, &fault{problem: fmt.Sprint(p), reach: r.done}
		}
	}()
	d := yaml.NewDecoder(r)
	doc = new(yaml.Node)
	if err := d.Decode(doc); errors.Is(err, io.EOF) {
		return nil, nil
	} else if err != nil {
		return nil, newFault(err, r.done)
	}
	var next yaml.Node
	switch err := d.Decode(&next); {
	case err == nil:
		return doc, &fault{second: true, line: next.Line, reach: r.done}
	case !errors.Is(err, io.EOF):
		return nil, newFault(err, r.done)
	}
	return doc, nil
}

var faultLine = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?`)

func newFault(err error, reach int) *fault {
	m := faultLine.FindStringSubmatch(err.Error())
	line, _ := strconv.Atoi(m[1]) // "" is 0: unknown
	return &fault{problem: strings.TrimPrefix(err.Error(), m[0]), line: line, reach: reach}
}

// slowReader gives single bytes, so that it knows how far the library has read.
type slowReader struct {
	text []byte
	done int
}

func (r *slowReader) Read(p []byte) (int, error) {
	if r.done == len(r.text) || len(p) == 0 {
		return 0, io.EOF
	}
	p[0] = r.text[r.done]
	r.done++
	return 1, nil
}
