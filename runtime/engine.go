package runtime

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/event"
	"github.com/bxmlflow/bxmlflow/runtime/internal/fetch"
	"github.com/bxmlflow/bxmlflow/runtime/internal/token"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// Engine keeps a machine per call and answers webhooks. Make one with New; it is safe for concurrent use.
type Engine struct {
	config   Config
	store    store.Store
	stepper  *Stepper
	tokens   *token.Keys
	guards   *guards
	versions *versions
	fetch    *fetch.Client
	apology  []byte
	hangup   []byte

	seed     maphash.Seed
	places   [256]place // where webhooks of a machine wait for each other; only an optimisation, the store decides
	lookups  flights
	stuck    stuckActions
	effects  *executor
	works    sync.Pool
	inFlight atomic.Int64
	counts   figures
	closing  atomic.Bool
	done     chan struct{}
	running  sync.WaitGroup // background work
	open     sync.RWMutex   // read-locked by every webhook in flight; Close takes it and keeps it
}

// tokenSecret names the token key in the store.
const tokenSecret = "token-key"

// New makes an engine and starts its background work. Close it when it is done.
func New(c Config) (*Engine, error) {
	if err := c.defaults(); err != nil {
		return nil, fmt.Errorf("new engine: %w", err)
	}
	if err := needs(c.Flows, &c); err != nil {
		return nil, fmt.Errorf("new engine: %w", err)
	}
	e := &Engine{
		config: c, store: c.Store, guards: newGuards(c.Credentials), versions: newVersions(c.Flows),
		seed: maphash.MakeSeed(), done: make(chan struct{}),
	}
	if e.store == nil {
		e.store = memory.New()
	}
	if err := e.prepare(); err != nil {
		return nil, fmt.Errorf("new engine: %w", err)
	}
	e.warnHosts(c.Flows)
	e.works.New = func() any { return &work{engine: e, origin: new(Machine), recent: recent{versions: e.versions}} }
	e.effects = newExecutor(e)
	if !c.Manual {
		e.running.Go(e.effects.run)
	}
	if c.Sweep > 0 && !c.Manual {
		e.running.Go(e.sweep)
	}
	return e, nil
}

// prepare makes the token keys, the documents of last resort and the stepper.
func (e *Engine) prepare() error {
	keys := e.config.TokenKeys
	if len(keys) == 0 {
		secret, err := e.store.Secret(context.Background(), tokenSecret, newTokenKey)
		if err != nil {
			return fmt.Errorf("token key: %w", err)
		}
		keys = [][]byte{secret}
	}
	var err error
	if e.tokens, err = token.New(keys...); err != nil {
		return err
	}
	if e.apology, err = apology(e.config.Apology); err != nil {
		return err
	}
	e.hangup = hangup()
	if e.fetch, err = fetch.New(e.config.Hosts); err != nil {
		return err
	}
	e.stepper, err = NewStepper(e.stepping())
	return err
}

// Reload makes the flows of set the current ones. Calls in flight finish on the version that they began with.
func (e *Engine) Reload(set *flow.Set) error {
	if err := needs(set, &e.config); err != nil {
		return fmt.Errorf("reload: %w", err)
	}
	e.versions.replace(set)
	e.warnHosts(set)
	return nil
}

// warnHosts logs which hosts flows ask although they may not: those requests will fail.
func (e *Engine) warnHosts(set *flow.Set) {
	for _, f := range set.Flows() {
		for _, host := range f.Hosts {
			if !e.fetch.Allows(host) {
				e.config.Logger.Warn("the http action of a flow asks a host that is not allowed: it will fail", "flow", f.Name, "host", host,
					"help", "add it to the hosts of the configuration")
			}
		}
	}
}

// Close waits until every webhook in flight is answered, runs the effects that wait to be run now, and stops the background
// work. It returns when that is done or ctx ends; effects that wait for a retry are left to who opens the store next.
// Webhooks that come later are refused with 503, so that a balancer asks another instance. The store is left open.
func (e *Engine) Close(ctx context.Context) error {
	if e.closing.Swap(true) {
		return nil
	}
	idle := make(chan struct{})
	go func() {
		e.open.Lock() // from here on nobody makes effects
		close(e.done)
		e.running.Wait()
		e.fetch.Close()
		close(idle)
	}()
	select {
	case <-idle:
		return nil
	case <-ctx.Done():
		e.effects.halted.Store(true)
		return fmt.Errorf("close engine: %w", ctx.Err())
	}
}

// Delivery is one webhook.
type Delivery struct {
	Flow  string // of the path
	Token string // of the query, "" when there is none
	// Trusted says that the sender was authenticated otherwise than by a token.
	Trusted bool
	Event   *event.Event
}

// Reply is the answer to a webhook. Document is empty when the event is not answered with BXML.
type Reply struct {
	Status   int // of HTTP: 200, 204, or a refusal
	Document []byte
}

// Handle answers one webhook without HTTP. It returns within the deadline of the engine or when ctx ends.
func (e *Engine) Handle(ctx context.Context, d Delivery) Reply {
	w := e.work()
	defer e.release(w)
	w.delivery = d
	w.handle(ctx)
	return Reply{w.status, append([]byte(nil), w.document...)}
}

func (e *Engine) work() *work { return e.works.Get().(*work) }

func (e *Engine) release(w *work) {
	w.reset()
	e.works.Put(w)
}

// place returns where the webhooks of a machine wait for each other within this process.
func (e *Engine) place(key string) *place {
	return &e.places[maphash.String(e.seed, key)%uint64(len(e.places))]
}

// logError reports a failure of the runtime itself. What it is given may lie in memory that is used again.
func (e *Engine) logError(what string, err error, attrs ...any) {
	for i, a := range attrs {
		if text, ok := a.(string); ok {
			attrs[i] = strings.Clone(text)
		}
	}
	e.config.Logger.Error(what, append(attrs, "error", err.Error())...)
}
