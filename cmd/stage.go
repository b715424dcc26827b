package cmd

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// stage is a simulated carrier with the flows that it calls, all in this process and without sockets. Without flows it is the
// carrier alone.
type stage struct {
	carrier *simulator.Carrier
	engine  *runtime.Engine // nil without flows
	feed    *feed.Feed
	watch   *feed.Watch
}

// number is a telephone number of the carrier and the flow, or the URL, that it belongs to.
type number struct {
	number string
	flow   string
	app    simulator.Application
	// outbound says that the flow calls people itself, and caller that it does not say from which number.
	outbound, caller bool
	// legs are the names that the flow gives to legs, signals those that it declares.
	legs    []string
	signals []phone.Signal
}

// firstNumber is the number of the first flow.
const firstNumber = 15559990000

// flowNumbers gives each flow that can be called a number, in alphabetical order, and an application at base.
func flowNumbers(set *flow.Set, base string) []number {
	var list []number
	for _, f := range set.Flows() {
		if !startable(f) {
			continue
		}
		list = append(list, number{
			number: fmt.Sprintf("+%d", firstNumber+len(list)+1), flow: f.Name, outbound: outboundOnly(f), caller: f.Outbound.From == nil,
			legs: f.Legs, signals: signals(f),
			app: simulator.Application{ID: "app-" + f.Name, URL: base + runtime.PathPrefix + f.Name, StatusURL: base + runtime.PathPrefix + f.Name},
		})
	}
	return list
}

// signals lists what a flow declares, by name.
func signals(f *flow.Flow) []phone.Signal {
	var list []phone.Signal
	for _, name := range slices.Sorted(maps.Keys(f.Signals)) {
		s := f.Signals[name]
		told := phone.Signal{Name: name}
		for _, field := range f.SignalFields[s.First : s.First+s.Count] {
			told.Fields = append(told.Fields, phone.Field{Name: field.Name, Type: field.Type.String()})
		}
		list = append(list, told)
	}
	return list
}

// startable reports whether a call can begin with the flow.
func startable(f *flow.Flow) bool { return len(f.Start["initiate"]) > 0 || len(f.Start["answer"]) > 0 }

// outboundOnly reports whether the flow has to call somebody to begin.
func outboundOnly(f *flow.Flow) bool { return len(f.Start["initiate"]) == 0 }

// later lets a carrier and an engine know each other, each of which needs the other to be made.
type later struct{ engine *runtime.Engine }

// Settle is for simulator.Clockwork.
func (l *later) Settle(ctx context.Context) error {
	err := l.engine.Settle(ctx)
	if errors.Is(err, runtime.ErrClosed) {
		return nil
	}
	return err
}

// Next is for simulator.Clockwork.
func (l *later) Next(ctx context.Context) (time.Time, bool) { return l.engine.Next(ctx) }

// handler passes requests on to the engine.
func (l *later) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.engine.Handler().ServeHTTP(w, r) })
}

// place says where a stage is.
type place struct {
	flows, rest string // addresses of the flows and of the REST API
	direct      bool   // without sockets
}

// inside is a stage without sockets. Its addresses lead nowhere else.
var inside = place{flows: "http://flows.internal", rest: "http://carrier.internal/api/v2", direct: true}

// newStage makes a carrier from a configuration, and an engine for flows when there are any. numbers belong to the carrier.
func newStage(c simulator.Config, numbers []number, e *runtime.Config, at place) (*stage, error) {
	s := &stage{feed: feed.New()}
	s.watch = feed.NewWatch(s.feed)
	c.URL, c.Observe = at.rest, s.watch.Event
	c.Numbers = map[string]simulator.Application{}
	for _, n := range numbers {
		c.Numbers[n.number] = n.app
	}
	var l later
	if e != nil {
		c.Work = &l
	}
	if e != nil && at.direct {
		c.Transport = simulator.Direct(l.handler())
	}
	var err error
	if s.carrier, err = simulator.New(c); err != nil || e == nil {
		return s, err
	}
	if err := s.run(e, numbers, at, account(c.Account)); err != nil {
		return nil, err
	}
	l.engine = s.engine
	s.watch.Ask(s.engine)
	return s, nil
}

// run makes the engine, on the carrier's clock.
func (s *stage) run(e *runtime.Config, numbers []number, at place, account string) error {
	api := bandwidth.Config{
		AccountID: account, Username: "flows", Password: "flows", BaseURL: at.rest, Attempts: 1, Clock: s.carrier.Now,
	}
	if at.direct {
		api.HTTP = &http.Client{Transport: simulator.Direct(s.carrier.Handler())}
	}
	client, err := bandwidth.New(api)
	if err != nil {
		return err
	}
	e.Clock, e.Manual, e.PublicURL, e.Carrier = s.carrier.Now, true, at.flows, client
	e.ApplicationID = numbers[0].app.ID
	e.Kit.Observers = append([]runtime.Observer{s.watch.Trace}, e.Kit.Observers...)
	s.engine, err = runtime.New(*e)
	return err
}

// account returns an account id, or the one that the simulator has by itself.
func account(id string) string {
	if id == "" {
		return simulatedAccount
	}
	return id
}

// simulatedAccount is the account of the simulator when it is told none.
const simulatedAccount = "9900000"

// start lets a flow call somebody, from its own number unless the flow says from which.
func (s *stage) start(ctx context.Context, flowName string, r runtime.CallRequest, numbers []number) (id string, err error) {
	for _, n := range numbers {
		if n.flow == flowName && n.caller {
			r.From = n.number
		}
	}
	if id, err = s.engine.Call(ctx, flowName, r, ""); err != nil {
		return "", err
	}
	s.carrier.Skip(0) // wakes it
	return id, nil
}

// signal sends a signal to a call.
func (s *stage) signal(ctx context.Context, call, name string, with map[string]any) (bool, error) {
	defer s.carrier.Skip(0) // wakes it
	return s.engine.Signal(ctx, call, name, with, "")
}

// close ends the engine.
func (s *stage) close() {
	if s.engine != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.engine.Close(ctx) // nothing of it is kept
	}
	s.feed.Close()
}

// quiet is a log for what the phone shows itself.
func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }
