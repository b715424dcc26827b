package flow

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/bxmlflow/bxmlflow/flow/bxml"
	"github.com/bxmlflow/bxmlflow/flow/diag"
)

// Document is the compiled bxml of a state: a short program that appends the finished document. What is literal was
// validated when the flow was compiled; what is computed is validated while it is appended.
type Document struct {
	Span diag.Span
	// Verbs names the verbs in order, nested ones and those behind a guard included.
	Verbs []string
	// URLs are the webhook URLs that the engine fills in.
	URLs []*URL
	// Fields are the fields of the entering event that the document reads; the engine keeps them for a later rendering.
	Fields []Slot
	// Tells says that the document has a Bridge or a Conference: after Append the Evaluator tells about them.
	Tells bool
	body  []node
}

// URL is a webhook URL to be filled in.
type URL struct {
	Verb      uint16    // index of the verb in Document.Verbs
	Element   string    // its name
	Span      diag.Span // of its name
	Events    []string
	Sync      bool
	Attribute string
	Fallback  string // attribute of the fallback URL, "" when the verb has none
	Username  string // attributes of the credentials, "" when the verb takes none or the author gave his own
	Password  string
	// FallbackUsername and FallbackPassword are those of the fallback URL.
	FallbackUsername string
	FallbackPassword string
	// Always says that the URL is set whatever the outer flows handle; otherwise one of Events must be handled by a
	// level around the invoked flow, or, when it is one that starts a machine, be in Start of the outermost flow.
	Always bool
}

// DocumentEnv gives a document its values and its URLs.
type DocumentEnv interface {
	Env
	// AppendURL appends the attributes of u to dst, each with a space in front and escaped: ` gatherUrl="?t=..."`, and
	// those of its fallback URL and credentials where they are configured. It appends nothing when the URL is not wanted.
	AppendURL(dst []byte, u *URL) []byte
}

// ErrDocument is wrapped by the errors of a document whose computed values are not what the carrier takes: a wrong attribute,
// a text that is missing, too many children, too large. Other errors of Append are those of an expression that failed.
var ErrDocument = errors.New("the document is not valid")

// ErrDocumentSize is returned for a document that would be larger than the carrier takes.
var ErrDocumentSize error = &documentError{fmt.Sprintf("document is larger than %d bytes", bxml.MaxBytes)}

// documentError is an ErrDocument with its own text.
type documentError struct{ message string }

func (e *documentError) Error() string { return e.message }

func (e *documentError) Is(target error) bool { return target == ErrDocument }

func invalid(format string, args ...any) error { return &documentError{fmt.Sprintf(format, args...)} }

// maxEach bounds the repetitions of one entry. No document needs more, and the size limit would end it anyway.
const maxEach = 100

// node is one step of a document's program.
type node struct {
	kind      nodeKind
	static    []byte
	name      string // for messages: `"maxDigits" of Gather`
	template  *Template
	value     *Value
	guard     *Guard
	url       *URL
	attribute *bxml.Attribute
	content   *bxml.Content
	depth     int // of nodeEach and nodeArgument: the slot's index
	min, max  int // of nodeChildren
	product   int // of nodeChildren: bound of children times repeatCount, 0 for none
	body      []node
}

type nodeKind uint8

const (
	nodeStatic    nodeKind = iota // append static
	nodeAttribute                 // append an attribute, checked
	nodeContent                   // append the text of an element, checked
	nodeEscaped                   // append a part of speech or of a text: only escaped
	nodeURL                       // append the attributes of url
	nodeGuard                     // run body when guard is true
	nodeEach                      // run body for every item of template
	nodeArgument                  // evaluate value into the fragment argument depth
	nodeChild                     // body is one more child of the element that is open
	nodeChildren                  // body are the children of an element: count them
	nodeRepeat                    // a computed repeatCount: as nodeAttribute, and remembered
	nodeTarget                    // the target of a Bridge: as nodeContent, and remembered
	nodeBridged                   // the target of a Bridge is name, which is literal
	nodeMember                    // remember value: what a Conference tells of the member; nothing without a value
)

// Append renders d to dst: the whole document with its root `Response`. On an error dst comes back as it was. Of a document
// that Tells, Bridged and Member tell afterwards.
func (ev *Evaluator) Append(dst []byte, d *Document, env DocumentEnv) ([]byte, error) {
	start := len(dst)
	ev.bridged, ev.member = "", nil
	r := renderer{ev: ev, env: env}
	out, err := r.nodes(dst, d.body)
	if err != nil {
		return dst, err
	}
	if len(out)-start > bxml.MaxBytes {
		return dst, ErrDocumentSize
	}
	return out, nil
}

// renderer runs the program of a document.
type renderer struct {
	ev       *Evaluator
	env      DocumentEnv
	children int // of the element that is open
	repeat   int // its repeatCount
}

func (r *renderer) nodes(dst []byte, body []node) ([]byte, error) {
	for i := range body {
		n := &body[i]
		var err error
		switch n.kind {
		case nodeStatic:
			dst = append(dst, n.static...)
		case nodeURL:
			dst = r.env.AppendURL(dst, n.url)
		case nodeBridged:
			r.ev.bridged = n.name
		case nodeGuard, nodeEach, nodeChild, nodeChildren, nodeArgument, nodeMember:
			dst, err = r.block(dst, n)
		default:
			dst, err = r.computed(dst, n)
		}
		if err != nil {
			return dst, err
		}
		if len(dst) > 2*bxml.MaxBytes {
			return dst, ErrDocumentSize
		}
	}
	return dst, nil
}

func (r *renderer) block(dst []byte, n *node) ([]byte, error) {
	switch n.kind {
	case nodeGuard:
		ok, err := r.ev.Bool(n.guard, r.env)
		if err != nil || !ok {
			return dst, wrap(n.name, err)
		}
		return r.nodes(dst, n.body)
	case nodeEach:
		return r.each(dst, n)
	case nodeArgument:
		v, err := r.ev.Value(n.value, r.env)
		r.ev.args = put(r.ev.args, n.depth, v)
		return dst, wrap(n.name, err)
	case nodeMember:
		if n.value == nil {
			r.ev.member = map[string]any{}
			return dst, nil
		}
		v, err := r.ev.Value(n.value, r.env)
		r.ev.member, _ = v.(map[string]any)
		return dst, wrap(n.name, err)
	case nodeChild:
		r.children++
		return r.nodes(dst, n.body)
	default:
		return r.element(dst, n)
	}
}

func (r *renderer) each(dst []byte, n *node) ([]byte, error) {
	count := 0
	err := r.ev.Each(n.template, n.depth, r.env, func() error {
		if count++; count > maxEach {
			return invalid("more than %d items", maxEach)
		}
		var err error
		dst, err = r.nodes(dst, n.body)
		return err
	})
	return dst, wrap(n.name, err)
}

// element renders the children of an element and checks their number.
func (r *renderer) element(dst []byte, n *node) ([]byte, error) {
	outer, repeat := r.children, max(r.repeat, 1)
	r.children, r.repeat = 0, 0
	dst, err := r.nodes(dst, n.body)
	count := r.children
	r.children = outer
	switch {
	case err != nil:
		return dst, err
	case count < n.min:
		return dst, invalid("%s has %d children, it needs at least %d", n.name, count, n.min)
	case n.max > 0 && count > n.max:
		return dst, invalid("%s has %d children, it takes at most %d", n.name, count, n.max)
	case n.product > 0 && count*repeat > n.product:
		return dst, invalid("%s plays %d children %d times, together at most %d", n.name, count, repeat, n.product)
	}
	return dst, nil
}

// computed appends a value that an expression yields: checked against the carrier's table, and always escaped.
func (r *renderer) computed(dst []byte, n *node) ([]byte, error) {
	text, err := r.ev.AppendText(r.ev.text[:0], n.template, r.env)
	r.ev.text = text
	if err != nil {
		return dst, wrap(n.name, err)
	}
	switch n.kind {
	case nodeContent, nodeTarget:
		if err := n.content.Check(alias(text)); err != nil {
			return dst, invalid("%s: %s", n.name, err)
		}
		if n.kind == nodeTarget {
			r.ev.bridged = string(bytes.TrimSpace(text))
		}
		return bxml.AppendText(dst, alias(text)), nil
	case nodeEscaped:
		return bxml.AppendText(dst, alias(text)), nil
	}
	if err := n.attribute.Check(alias(text)); err != nil {
		return dst, invalid("%s: %s", n.name, err)
	}
	if n.kind == nodeRepeat {
		r.repeat, _ = strconv.Atoi(string(text))
	}
	dst = append(dst, ' ')
	dst = append(dst, n.attribute.Name...)
	dst = append(dst, '=', '"')
	dst = bxml.AppendAttr(dst, alias(text))
	return append(dst, '"'), nil
}

func wrap(name string, err error) error {
	if err == nil || name == "" {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}
