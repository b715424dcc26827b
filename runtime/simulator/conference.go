package simulator

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bxmlflow/bxmlflow/flow/event"
)

// The limits of a conference, as the page of Conference states them.
const (
	maxMembers     = 20
	conferenceLife = 24 * time.Hour
)

// conference is a conference from the first member to the last one. What its creator asked for holds for all its events.
type conference struct {
	c         *Carrier
	id, name  string
	tag       string
	created   time.Time
	completed time.Time // zero while it lasts
	events    targets
	timeout   time.Duration
	seats     []*seat
	life      *timer
	outbox    []*hook // synchronous webhooks; the first one is on its way
	documents []*program
	running   *timer // of the verb that runs
	recording *recording
}

// seat is a member of a conference.
type seat struct {
	room       *conference
	x          *execution
	leg        *leg
	mute, hold bool
	coached    []string // callIdsToCoach
}

func startConference(x *execution) verb {
	l, name := x.leg, strings.TrimSpace(x.element.Text)
	room := l.c.rooms[name]
	if room == nil {
		room = l.c.newConference(x, name)
	}
	if len(room.seats) == maxMembers {
		x.fail(causeError, fmt.Sprintf("Conference %s already has %d members", name, maxMembers))
		return nil
	}
	s := &seat{room: room, x: x, leg: l, mute: x.flag("mute"), hold: x.flag("hold")}
	for id := range strings.SplitSeq(x.value("callIdsToCoach"), ",") {
		if id = strings.TrimSpace(id); id != "" {
			s.coached = append(s.coached, id)
		}
	}
	if s.coached != nil && room.coach() != nil {
		l.problem("Conference: %s has a coach already, callIdsToCoach is ignored", name)
		s.coached = nil
	}
	room.seats = append(room.seats, s)
	l.seat, l.with = s, name
	l.tell(Event{Kind: ConferenceJoined, Other: name})
	room.ask("conferenceMemberJoin", &event.ConferenceMemberJoin{CallID: l.id, From: l.from, To: l.to}, room.events)
	return s
}

func (c *Carrier) newConference(x *execution, name string) *conference {
	room := &conference{
		c: c, id: c.ids.make("conf"), name: name, tag: x.leg.tag, created: c.now(), timeout: x.leg.timeout,
		events: x.targets(x.element, "conferenceCreated"),
	}
	if tag, ok := x.element.Attr("tag"); ok {
		room.tag = tag
	}
	if _, ok := x.element.Attr("callbackTimeout"); ok {
		room.timeout = x.seconds("callbackTimeout")
	}
	c.open(room)
	room.life = c.after(conferenceLife, room.complete)
	room.ask("conferenceCreated", &event.ConferenceCreated{}, room.events)
	return room
}

// coach returns the member that coaches others, nil when nobody does: a conference has one at a time.
func (r *conference) coach() *seat {
	for _, s := range r.seats {
		if s.coached != nil {
			return s
		}
	}
	return nil
}

func (r *conference) over() bool { return !r.completed.IsZero() }

// cancel takes the member out of the conference, because its call ended or got other BXML.
func (s *seat) cancel(reason) {
	s.leave()
	if len(s.room.seats) == 0 {
		s.room.close()
	}
}

func (s *seat) leave() {
	r, l := s.room, s.leg
	if l.seat != s {
		return // it left with all others, and was taken before it went on
	}
	r.seats = slices.DeleteFunc(r.seats, func(other *seat) bool { return other == s })
	l.seat, l.with, l.ahead = nil, "", ""
	l.tell(Event{Kind: ConferenceLeft, Other: r.name})
	r.ask("conferenceMemberExit", &event.ConferenceMemberExit{CallID: l.id, From: l.from, To: l.to}, r.events)
}

// complete ends the conference; its members go on with the verb after their Conference.
func (r *conference) complete() {
	seats := slices.Clone(r.seats)
	for _, s := range seats {
		s.leave()
	}
	r.close()
	for _, s := range seats {
		s.x.done()
	}
}

// close is the end of a conference without members.
func (r *conference) close() {
	if r.over() {
		return
	}
	r.completed, r.documents = r.c.now(), nil
	r.c.stop(r.life)
	r.c.stop(r.running)
	delete(r.c.rooms, r.name)
	r.stopRecording()
	if r.events.primary.url != nil {
		r.post(r.hook("conferenceCompleted", &event.ConferenceCompleted{}, r.events))
	}
}

// ask sends a synchronous webhook of the conference, whose answer may be a document for it. These webhooks are sent one after the
// other, so that the first one is conferenceCreated.
func (r *conference) ask(name string, w event.Webhook, t targets) {
	if t.primary.url == nil {
		return
	}
	h := r.hook(name, w, t)
	h.sync = true
	h.done = func(a reply) {
		r.sent()
		if a.err != nil {
			r.problem("%s: %s", name, a.err)
			return
		}
		r.load(a.body, a.url)
	}
	r.post(h)
}

// post sends a webhook after those before it.
func (r *conference) post(h *hook) {
	if r.outbox = append(r.outbox, h); len(r.outbox) == 1 {
		r.flush()
	}
}

// flush sends the first webhook; of those that nobody waits for, the next one too.
func (r *conference) flush() {
	for len(r.outbox) > 0 {
		h := r.outbox[0]
		r.c.send(h)
		if h.sync {
			return
		}
		r.outbox = r.outbox[1:]
	}
}

// sent is called when the first webhook has been answered.
func (r *conference) sent() {
	r.outbox = r.outbox[1:]
	r.flush()
}

func (r *conference) hook(name string, w event.Webhook, t targets) *hook {
	r.fill(name, w)
	return &hook{name: name, line: r.id, body: encode(w), targets: t, timeout: r.timeout}
}

// relay lets the members hear what one of them says: nobody hears a muted one, one on hold neither hears nor is heard, and a
// coach is heard by those alone whom it coaches.
func (r *conference) relay(from *seat, text string, lasts time.Duration) {
	if from.mute || from.hold {
		return
	}
	for _, s := range r.seats {
		if s != from && !s.hold && (from.coached == nil || slices.Contains(from.coached, s.leg.id)) {
			s.leg.overhears(from.leg, text, lasts)
		}
	}
	if r.recording != nil && from.coached == nil {
		r.recording.hears(text)
	}
}

func (r *conference) problem(format string, args ...any) {
	r.c.tell(Event{Kind: Problem, Other: r.name, Text: fmt.Sprintf(format, args...)})
}
