package event

// shape is what a JSON value is.
type shape uint8

const (
	absent shape = iota
	null
	yes
	no
	number
	quoted
	array
	object
)

const (
	nameInScratch uint8 = 1 << iota // the name had escapes
	textInScratch                   // the string had escapes
)

// node is one value of the indexed JSON text. The nodes stand in the order of the text, so that a value's members or
// elements follow it, up to but not including the node next.
type node struct {
	nameFrom, nameTo uint32 // without quotes, in the body or in the scratch
	from, to         uint32 // the value as written, in the body
	textFrom, textTo uint32 // the text of a string with escapes, in the scratch
	next             uint16
	id               FieldID
	shape            shape
	flags            uint8
}

// scanner validates a JSON text by RFC 8259 and indexes it in one pass.
type scanner struct {
	e    *Event
	body []byte
	pos  int
	many bool    // some object has more members than are compared one by one
	bare bool    // no string of the body has anything but printable ASCII characters, and none has escapes
	last FieldID // of the member of the event itself that was read last

	after *order // the members that are expected; nil in an event that has read no body before
	err   error
}

// index fills e.nodes and e.slots from e.body.
func (e *Event) index() error {
	if len(e.body) > MaxBody {
		return refuse(ErrTooLarge, "body", MaxBody)
	}
	s := scanner{e: e, body: e.body, bare: bare(e.body)}
	if s.bare && cap(e.nodes) > 0 {
		s.expect()
	}
	s.space()
	if s.pos == len(s.body) {
		return refuse(ErrEmpty, "nothing", 0)
	}
	e.nodes = append(e.nodes[:0], node{})
	if !s.value(0, 1) {
		return s.err
	}
	s.space()
	switch {
	case s.pos < len(s.body):
		s.fail(ErrSyntax, "data after the object")
	case e.nodes[0].shape != object:
		s.pos = 0
		s.fail(ErrNotObject, "value")
	case s.many:
		s.unique()
	}
	return s.err
}

func (s *scanner) fail(kind error, why string) bool {
	s.err = refuse(kind, why, s.pos)
	return false
}

func (s *scanner) space() {
	for s.pos < len(s.body) {
		switch s.body[s.pos] {
		case ' ', '\n', '\t', '\r':
			s.pos++
		default:
			return
		}
	}
}

// peek returns the next byte that is not space, 0 at the end.
func (s *scanner) peek() byte {
	if s.pos < len(s.body) && s.body[s.pos] > ' ' {
		return s.body[s.pos]
	}
	s.space()
	if s.pos < len(s.body) {
		return s.body[s.pos]
	}
	return 0
}

// value reads the value of node k. depth is the nesting that an object or array here would have.
func (s *scanner) value(k, depth int) bool {
	c := s.peek()
	from := s.pos
	if c == '"' { // mostly
		ok := s.text(k)
		n := &s.e.nodes[k]
		n.shape, n.from, n.to, n.next = quoted, uint32(from), uint32(s.pos), uint16(k+1)
		return ok
	}
	kind, ok := number, false
	switch c {
	case '{':
		kind = object
		ok = s.object(k, depth)
	case '[':
		kind = array
		ok = s.array(depth)
	case 't':
		kind = yes
		ok = s.word("true")
	case 'f':
		kind = no
		ok = s.word("false")
	case 'n':
		kind = null
		ok = s.word("null")
	default:
		ok = s.number()
	}
	n := &s.e.nodes[k]
	n.shape, n.from, n.to, n.next = kind, uint32(from), uint32(s.pos), uint16(len(s.e.nodes))
	return ok
}

// text reads the string that is the value of node k.
func (s *scanner) text(k int) bool {
	from := s.pos + 1
	escaped, ok := s.str()
	if ok && escaped {
		n := &s.e.nodes[k]
		n.flags |= textInScratch
		n.textFrom, n.textTo = s.unescape(from, s.pos-1)
	}
	return ok
}

func (s *scanner) unescape(from, to int) (uint32, uint32) {
	start := len(s.e.scratch)
	s.e.scratch = appendUnescaped(s.e.scratch, s.body[from:to])
	return uint32(start), uint32(len(s.e.scratch))
}

func (s *scanner) grow(n node) (int, bool) {
	k := len(s.e.nodes)
	if k > MaxMembers {
		return 0, s.fail(ErrTooMany, "value")
	}
	s.e.nodes = append(s.e.nodes, n)
	return k, true
}

func (s *scanner) array(depth int) bool {
	if depth > MaxDepth {
		return s.fail(ErrTooDeep, "array")
	}
	s.pos++
	if s.peek() == ']' {
		s.pos++
		return true
	}
	for {
		k, ok := s.grow(node{})
		if !ok || !s.value(k, depth+1) {
			return false
		}
		switch s.peek() {
		case ',':
			s.pos++
		case ']':
			s.pos++
			return true
		default:
			return s.fail(ErrSyntax, "want , or ]")
		}
	}
}

func (s *scanner) object(self, depth int) bool {
	if depth > MaxDepth {
		return s.fail(ErrTooDeep, "object")
	}
	s.pos++
	if s.peek() == '}' {
		s.pos++
		return true
	}
	for count := 1; ; count++ {
		known := 0
		if self == 0 && s.after != nil {
			known = s.likely()
		}
		if known > 0 {
			count += known - 1
		} else if k, ok := s.name(self, count); !ok || !s.value(k, depth+1) {
			return false
		}
		switch s.peek() {
		case ',':
			s.pos++
		case '}':
			s.pos++
			return true
		default:
			return s.fail(ErrSyntax, "want , or }")
		}
	}
}

// name reads a member's name and colon and makes its node. count is the number of the member within its object.
func (s *scanner) name(self, count int) (int, bool) {
	if s.peek() != '"' {
		return 0, s.fail(ErrSyntax, "want a member name")
	}
	from := s.pos + 1
	escaped, ok := s.str()
	if !ok {
		return 0, false
	}
	e, k := s.e, len(s.e.nodes)
	if k > MaxMembers {
		return 0, s.fail(ErrTooMany, "value")
	}
	e.nodes = append(e.nodes, node{})
	n := &e.nodes[k] // filled where it lies: made elsewhere and copied, it would take several times as long
	n.nameFrom, n.nameTo = uint32(from), uint32(s.pos-1)
	name := view(s.body[from : s.pos-1])
	if escaped {
		n.flags = nameInScratch
		n.nameFrom, n.nameTo = s.unescape(from, s.pos-1)
		name = e.name(n)
	}
	if self == 0 {
		n.id = topField(name)
		if s.after != nil {
			s.learn(n.id)
		}
	} else if parent := e.nodes[self].id; parent != 0 {
		n.id = nestedField(parent, name)
	}
	if n.id != 0 && e.slots[n.id] == 0 {
		e.slots[n.id] = uint16(k)
	} else if !s.first(self, k, count) {
		return 0, false
	}
	if s.peek() != ':' {
		return 0, s.fail(ErrSyntax, "want :")
	}
	s.pos++
	return k, true
}

// first reports whether the name of node k, the count-th member of self, is new in that object.
func (s *scanner) first(self, k, count int) bool {
	e := s.e
	if id := e.nodes[k].id; id != 0 {
		if e.slots[id] != 0 {
			return s.fail(ErrDuplicate, id.String())
		}
		e.slots[id] = uint16(k)
		return true
	}
	if count > compared {
		s.many = true
		return true
	}
	name := e.name(&e.nodes[k])
	for i := self + 1; i < k; i = int(e.nodes[i].next) {
		if e.nodes[i].id == 0 && e.name(&e.nodes[i]) == name {
			return s.fail(ErrDuplicate, "name")
		}
	}
	return true
}
