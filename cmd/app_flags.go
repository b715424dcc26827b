package cmd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"

	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/cmd/internal/control"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// appFlags say how a web application wants its webhooks, and where the REST API is served to it.
type appFlags struct {
	addr               string
	id                 string
	statusURL          string
	fallbackURL        string
	username, password string
}

func (f *appFlags) declare(flags *pflag.FlagSet) {
	flags.StringVar(&f.addr, "addr", "", "host:port where the REST API is served to a web application")
	flags.StringVar(&f.id, "application-id", "app", "id of the application, which createCall has to name")
	flags.StringVar(&f.statusURL, "status-url", "", "where the disconnect of inbound calls is sent, none for nowhere (default the application's URL)")
	flags.StringVar(&f.fallbackURL, "fallback-url", "", "asked when the application's URL does not answer")
	flags.StringVar(&f.username, "username", "", "user name that webhooks bear")
	flags.StringVar(&f.password, "password", "", "password that webhooks bear")
}

// application returns the application at a URL.
func (f *appFlags) application(url string) simulator.Application {
	a := simulator.Application{
		ID: f.id, URL: url, StatusURL: url, FallbackURL: f.fallbackURL, Username: f.username, Password: f.password,
		FallbackUsername: f.username, FallbackPassword: f.password,
	}
	switch f.statusURL {
	case "":
	case "none":
		a.StatusURL = ""
	default:
		a.StatusURL = f.statusURL
	}
	return a
}

// desk serves a carrier over HTTP: its REST API, and what a phone elsewhere needs.
type desk struct {
	http     *http.Server
	listener net.Listener
}

// listenDesk listens for a carrier. Only this machine may reach it unless the address says otherwise.
func listenDesk(addr string) (*desk, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &desk{listener: l}, nil
}

// taken says how another address is chosen when one is in use.
func taken(err error, flag string) error {
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("%w: choose another port with --%s 127.0.0.1:PORT, or end what listens there", err, flag)
	}
	return err
}

// url is where the carrier is served.
func (d *desk) url() string { return "http://" + d.listener.Addr().String() }

// handle says what is served.
func (d *desk) handle(s *stage, numbers []number) {
	of := control.Desk{Carrier: s.carrier, Feed: s.feed, Numbers: make([]control.Number, len(numbers))}
	for i, n := range numbers {
		of.Numbers[i] = control.Number{Number: n.number, Name: n.flow, Outbound: n.outbound, Legs: n.legs, Signals: n.signals}
	}
	if s.engine != nil {
		of.Signal, of.Call = s.signal, s.watch.Call
		of.Start = func(ctx context.Context, flow, to string, vars map[string]any) (string, error) {
			return s.start(ctx, flow, runtime.CallRequest{To: to, Vars: vars}, numbers)
		}
	}
	mux := http.NewServeMux()
	mux.Handle(control.Path, control.Handler(of))
	mux.Handle("/", s.carrier.Handler())
	d.http = &http.Server{Handler: mux, ReadHeaderTimeout: readHeaderTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeaderBytes}
}

// run serves until ctx ends.
func (d *desk) run(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { d.http.Close() }) // those who follow the feed would never go
	defer stop()
	if err := d.http.Serve(d.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the carrier: %w", err)
	}
	return nil
}
