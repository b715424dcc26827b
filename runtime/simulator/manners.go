package simulator

import "time"

// does lets the party do something as soon as it has done what it is doing, at once without Config.KeyGap.
func (l *leg) does(what func()) {
	if wait := l.engaged.Sub(l.c.now()); wait > 0 && l.c.cfg.KeyGap > 0 {
		l.after(wait, what)
		return
	}
	what()
}

// occupied returns how long it takes until the party has done what it is doing.
func (l *leg) occupied() time.Duration { return max(l.engaged.Sub(l.c.now()), 0) }

// press lets the party press keys, one after the other.
func (l *leg) press(keys string) {
	gap, now := l.c.cfg.KeyGap, l.c.now()
	if gap <= 0 {
		l.presses(keys)
		for i := 0; i < len(keys) && !l.ended(); i++ {
			l.key(keys[i], time.Duration(i)*time.Millisecond)
		}
		return
	}
	begin := max(l.occupied(), l.keyed.Sub(now))
	for i := range len(keys) {
		at := begin + time.Duration(i)*gap
		l.engaged, l.keyed = now.Add(at), now.Add(at+gap)
		do := func() {
			if i == 0 {
				l.presses(keys)
			}
			l.key(keys[i], 0)
		}
		if at > 0 {
			l.after(at, do)
		} else {
			do()
		}
	}
}

// presses tells about keys that the party is about to press.
func (l *leg) presses(keys string) {
	l.tell(Event{Kind: Pressed, Text: keys})
	l.relay("dtmf "+keys, 0)
}

// key hands a key to what runs on the leg, else to StartGather. What it leads to is dated so much later than now: keys of one
// instant have times of their own.
func (l *leg) key(d byte, later time.Duration) {
	if x := l.running; x != nil {
		if taker, ok := x.verb.(digitTaker); ok && taker.digit(d) {
			return
		}
	}
	if l.gatherer != nil {
		l.gatherer.digit(d, later)
		return
	}
	if l.c.cfg.Choices.TypeAhead && len(l.ahead) < 50 {
		l.ahead += string(d)
	}
}

// say lets the party say something.
func (l *leg) say(text string) {
	l.does(func() { l.says(text) })
	if l.c.cfg.KeyGap > 0 {
		l.engaged = l.c.now().Add(l.occupied() + l.c.cfg.Speech.text(text))
	}
}

// says hands speech to what runs on the leg and to what records it.
func (l *leg) says(text string) {
	lasts := l.c.cfg.Speech.text(text)
	l.tell(Event{Kind: Said, Text: text, Duration: lasts})
	if x := l.running; x != nil {
		if taker, ok := x.verb.(speechTaker); ok {
			taker.speech(text, lasts)
		}
	}
	l.said(text, lasts)
}

// hangUp lets the party leave.
func (l *leg) hangUp() { l.does(func() { l.end(causeHangup, "") }) }
