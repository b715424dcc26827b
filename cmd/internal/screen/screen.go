// Package screen draws a phone on a terminal: the calls, what is heard and said in them, and beside it what the application does.
package screen

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"github.com/bxmlflow/bxmlflow/cmd/internal/board"
	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Config says what a screen shows. All but Begin is required.
type Config struct {
	Title    string
	From, To string // of the calls that are placed here
	Carrier  phone.Carrier
	Feed     *feed.Feed
	Board    *board.Board
	// Begin begins the first call; nil dials To.
	Begin func(context.Context) error
	// Waits says that there is no first call.
	Waits bool
	// Signal sends a signal to a call; nil where no flow is known. Signals are those that the flows declare.
	Signal  func(ctx context.Context, call, name string, with map[string]any) (handled bool, err error)
	Signals []phone.Signal
}

// Model is the screen. Make one with New.
type Model struct {
	config Config
	board  *board.Board
	ctx    context.Context
	seen   int // events that were taken

	width, height int
	clock         time.Time // as told last
	heard         time.Time // when the carrier's time was told, by the same clock
	told          time.Time // the carrier's time then
	skipping      bool      // the clock is being moved
	own           []string  // callIds of the calls that were placed here
	selected      string    // callId
	pane          pane
	turned        bool // the user has chosen a pane
	scroll        int  // lines above the end of the pane
	talking       bool
	sentence      []rune // that is being typed
	help          bool
	asking        *asking   // for a signal; nil when none is being sent
	note          string    // the last thing that could not be done
	noted         time.Time // when, by clock
	over          bool      // there is nothing more to come
}

// New returns a screen.
func New(c Config) *Model {
	return &Model{config: c, board: c.Board, ctx: context.Background(), width: 80, height: 24}
}

// Run shows the screen until its user quits or ctx ends.
func Run(ctx context.Context, m *Model, in io.Reader, out *os.File) error {
	m.ctx = ctx
	_, err := tea.NewProgram(m, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithoutSignalHandler()).Run()
	if errors.Is(err, tea.ErrProgramKilled) && ctx.Err() != nil {
		return nil // it was told to end
	}
	return err
}

// The messages.
type (
	eventsMsg struct {
		events []simulator.Event
		next   int
		err    error
	}
	tickMsg   time.Time
	placedMsg string // callId
	doneMsg   struct{ err error }
	// skippedMsg tells the carrier's time after the clock was moved.
	skippedMsg struct {
		now time.Time
		err error
	}
)

// noteStays is how long it is shown what could not be done.
const noteStays = 6 * time.Second

// say shows what could not be done.
func (m *Model) say(text string) { m.note, m.noted = board.Clean(m.board.Spell(text)), m.clock }

// frequency is how often clocks move.
const frequency = 250 * time.Millisecond

func tick() tea.Cmd { return tea.Tick(frequency, func(t time.Time) tea.Msg { return tickMsg(t) }) }

// Init is for tea.Model.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.listen(), tick(), func() tea.Msg { return tickMsg(time.Now()) }}
	switch {
	case m.config.Begin != nil:
		cmds = append(cmds, m.do(func() error { return m.config.Begin(m.ctx) }))
	case !m.config.Waits:
		cmds = append(cmds, m.place())
	}
	return tea.Batch(cmds...)
}

// listen waits for events.
func (m *Model) listen() tea.Cmd {
	from := m.seen
	return func() tea.Msg {
		events, next, err := m.config.Feed.Next(m.ctx, from)
		return eventsMsg{events, next, err}
	}
}

// do does something that may take time, beside the screen.
func (m *Model) do(what func() error) tea.Cmd {
	return func() tea.Msg { return doneMsg{what()} }
}

func (m *Model) place() tea.Cmd {
	return func() tea.Msg {
		id, err := m.config.Carrier.Place(m.ctx, m.config.From, m.config.To)
		if err != nil {
			return doneMsg{err}
		}
		return placedMsg(id)
	}
}

// Update is for tea.Model.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.width, m.height = msg.Width, msg.Height
		if m.width < narrow && !m.turned { // with one column a phone shows what is said first
			m.pane = talk
		}
	case eventsMsg:
		return m, m.take(msg)
	case tickMsg:
		if m.clock = time.Time(msg); m.note != "" && !m.over && m.clock.Sub(m.noted) > noteStays {
			m.note = ""
		}
		return m, tick()
	case placedMsg:
		m.own = append(m.own, string(msg))
		m.selected = string(msg)
	case doneMsg:
		if m.note = ""; msg.err != nil {
			m.say(msg.err.Error())
		}
	case skippedMsg:
		m.skipping, m.note = false, ""
		m.tell(msg.now)
		if msg.err != nil {
			m.say(msg.err.Error())
		}
	case tea.KeyPressMsg:
		return m, m.key(msg)
	case tea.PasteMsg:
		if m.talking {
			m.write(msg.Content)
		}
	}
	return m, nil
}

// take adds events to the board.
func (m *Model) take(msg eventsMsg) tea.Cmd {
	if msg.err != nil {
		m.over = true
		if !errors.Is(msg.err, context.Canceled) {
			m.say("the carrier has ended")
		}
		return nil
	}
	m.seen = msg.next
	for _, e := range msg.events {
		m.board.Add(e)
	}
	m.board.Flush()
	m.tell(m.board.Now)
	if m.leg() == nil && len(m.board.Legs) > 0 {
		m.selected = m.board.Legs[0].ID
	}
	return m.listen()
}

// leg returns the leg that is selected, nil when there is none.
func (m *Model) leg() *board.Leg { return m.board.Leg(m.selected) }

// now is the time on the carrier's clock, as near as it is known.
func (m *Model) now() time.Time {
	if m.heard.IsZero() || m.clock.Before(m.heard) {
		return m.told
	}
	return m.told.Add(m.clock.Sub(m.heard))
}

// tell takes the carrier's time. An event that comes late does not set the clock back.
func (m *Model) tell(now time.Time) {
	if !now.IsZero() && now.After(m.now()) {
		m.told, m.heard = now, m.clock
	}
}

// cycle selects the next leg, or the one before.
func (m *Model) cycle(by int) {
	legs := m.board.Legs
	if len(legs) == 0 {
		return
	}
	at := slices.IndexFunc(legs, func(l *board.Leg) bool { return l.ID == m.selected })
	m.selected = legs[(at+by+len(legs))%len(legs)].ID
	m.scroll = 0
}

// act lets the person at the selected leg do something.
func (m *Model) act(do phone.Do, text string) tea.Cmd {
	l := m.leg()
	if do == phone.PickUp || do == phone.Refuse || do == phone.Busy {
		l = m.rings(l)
	}
	if l == nil {
		m.say("there is no call for that")
		return nil
	}
	m.selected, m.scroll = l.ID, 0
	if l.State == board.Ended {
		m.say(l.Name + " has ended: c calls again")
		return nil
	}
	return m.do(func() error { return m.config.Carrier.Act(m.ctx, l.ID, do, text) })
}

// rings returns the leg whose phone rings: the selected one, else the latest.
func (m *Model) rings(selected *board.Leg) *board.Leg {
	ringing := func(l *board.Leg) bool { return l != nil && l.State == board.Ringing && !l.Inbound }
	if ringing(selected) {
		return selected
	}
	for _, l := range slices.Backward(m.board.Legs) {
		if ringing(l) {
			return l
		}
	}
	return nil
}

// quit hangs up the calls that were placed here, and ends.
func (m *Model) quit() tea.Cmd { return tea.Sequence(m.leave(), tea.Quit) }

// leave hangs up the calls that were placed here.
func (m *Model) leave() tea.Cmd {
	calls := slices.Clone(m.own)
	return func() tea.Msg {
		for _, id := range calls {
			_ = m.config.Carrier.Act(m.ctx, id, phone.HangUp, "") // most have ended
		}
		return nil
	}
}
