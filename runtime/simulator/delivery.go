package simulator

// In real time the asynchronous webhooks of a session, which is a call and the legs that it dialled, are delivered one after the
// other, in the order in which they were sent: the next one goes when the one before has been answered or has failed for good. A
// transferComplete stands in the same line, so that a transferDisconnect is there before it. Other synchronous webhooks go at once.
// In virtual time every round trip ends before the next one begins.

// queue makes the request of a webhook, or lets it wait for those before it.
func (c *Carrier) queue(h *hook) {
	if c.virtual() || h.sync && h.name != "transferComplete" {
		c.attempt(h, false)
		return
	}
	c.lines[h.line] = append(c.lines[h.line], h)
	if len(c.lines[h.line]) == 1 {
		c.attempt(h, false)
	}
}

// over lets the next webhook of the line go. For one that stands in no line, or not first, it does nothing.
func (c *Carrier) over(h *hook) {
	waiting := c.lines[h.line]
	if len(waiting) == 0 || waiting[0] != h {
		return
	}
	waiting = waiting[1:]
	if len(waiting) == 0 {
		delete(c.lines, h.line)
		return
	}
	c.lines[h.line] = waiting
	c.after(0, func() { c.attempt(waiting[0], false) })
}

// session returns the id of the call that dialled the leg, directly or not, by default its own.
func (l *leg) session() string {
	for l.parent != "" && l.c.legs[l.parent] != nil {
		l = l.c.legs[l.parent]
	}
	return l.id
}
