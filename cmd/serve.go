package cmd

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/flow/diag"
	"github.com/bxmlflow/bxmlflow/flows"
	"github.com/bxmlflow/bxmlflow/runtime"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve [path ...]",
		Short: "Answer the webhooks of Bandwidth",
		Long: "Serve loads the flow files at the paths (folders are searched; without a path it takes the sample flows) and\n" +
			"answers webhooks at /flows/NAME. Flows are reloaded when their files change and on SIGHUP: calls in flight finish\n" +
			"on the version they began with, and flows with errors are refused. SIGTERM and SIGINT let webhooks in flight\n" +
			"finish; a second one ends at once.\n\n" +
			"With --simulate it plays the carrier too: every flow gets a number, a phone anywhere on this machine can call it, and\n" +
			"no account is needed. That is so by itself for the sample flows.\n\n" +
			"Each flag is also a key of the configuration file and a variable: --public-url is public-url and\n" +
			"BXMLFLOW_PUBLIC_URL. A flag counts more than a variable, and that more than the file. Secrets have no flag:\n" +
			"BXMLFLOW_USERNAME and BXMLFLOW_PASSWORD, or credentials and token-keys in the file.\n\n" +
			"Exit codes: 0 stopped in order, 1 errors in flows, 2 wrong configuration, 3 could not run.",
		Example: "  bxmlflow serve\n  bxmlflow serve --simulate flows/\n  bxmlflow serve flows/ --param front-desk.agent=+15551234567\n" +
			"  BXMLFLOW_USERNAME=bw BXMLFLOW_PASSWORD=... bxmlflow serve flows/ --addr :8080",
		RunE: func(c *cobra.Command, paths []string) error {
			config, err := a.configure(c.Flags())
			if err != nil {
				return err
			}
			if !config.simulateSet { // the samples are there to be tried
				config.simulate = len(paths) == 0 && !config.api.given()
			}
			return a.logged(config, a.serve(config, paths))
		},
	}
	configFlags(c.Flags())
	return c
}

// logged writes why serve ends to the log where that is JSON: who reads it reads nothing else.
func (a *app) logged(c *config, err error) error {
	var f failure
	if c.logFormat != "json" || !errors.As(err, &f) || f.err == nil {
		return err
	}
	a.logger(c.logFormat, c.logLevel).Error(f.err.Error(), "exit", f.code)
	return failure{code: f.code}
}

// serve serves until a signal ends it.
func (a *app) serve(config *config, paths []string) error {
	if err := config.guarded(); err != nil {
		return err
	}
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	s, err := a.newServer(config, paths)
	if err != nil {
		return err
	}
	s.announce()
	return s.run(signals)
}

// newServer loads the flows and listens.
func (a *app) newServer(c *config, paths []string) (*server, error) {
	s := &server{app: a, config: c, paths: paths, log: a.logger(c.logFormat, c.logLevel)}
	set, problems, err := s.load()
	if shown := s.showAll(problems); err == nil {
		err = shown
	}
	if err != nil {
		return nil, err
	}
	switch code := problemCode(problems); code {
	case exitProblems:
		return nil, failure{code, errors.New("serve: flows with errors are not served")}
	case exitUsage:
		return nil, failure{code, errors.New("serve: the params of the configuration do not fit the flows")}
	}
	s.flows, s.fingerprint = set, fingerprint(set)
	if err := s.deployed(set); err != nil {
		return nil, err
	}
	if err := s.open(set); err != nil {
		s.closeListeners()
		return nil, err
	}
	return s, nil
}

// open listens, and makes the engine, which may have to know the address.
func (s *server) open(set *flow.Set) error {
	listener, err := net.Listen("tcp", s.config.addr)
	if err != nil {
		return failure{exitFailed, fmt.Errorf("serve: %w", taken(err, "addr"))}
	}
	s.listener = newLimitListener(listener, maxConnections)
	if s.config.adminAddr != "" {
		if s.admin, err = net.Listen("tcp", s.config.adminAddr); err != nil {
			return failure{exitFailed, fmt.Errorf("serve: admin-addr: %w", taken(err, "admin-addr"))}
		}
	}
	if s.config.simulate {
		err = s.simulated(set)
	} else {
		err = s.real(set)
	}
	var f failure
	switch {
	case errors.As(err, &f):
		return err
	case err != nil:
		if inner := errors.Unwrap(err); inner != nil {
			err = inner // that this is about an engine is our business
		}
		return failure{exitUsage, fmt.Errorf("serve: %w", err)}
	}
	s.answer()
	return nil
}

// real makes an engine for Bandwidth.
func (s *server) real(set *flow.Set) error {
	client, err := s.config.api.client(nil)
	if err != nil {
		return failure{exitUsage, fmt.Errorf("serve: %w", err)}
	}
	c := s.engineConfig(set)
	if client != nil {
		c.Carrier = client
	}
	s.engine, err = runtime.New(c)
	return err
}

func (s *server) engineConfig(set *flow.Set) runtime.Config {
	kit := s.app.kit
	kit.Observers = append([]runtime.Observer{logSteps(s.log)}, kit.Observers...)
	c := s.config
	if c.logLevel <= slog.LevelDebug {
		kit.Middleware = append([]middleware{logRequests(s.log)}, kit.Middleware...)
	}
	return runtime.Config{
		Flows: set, Kit: kit, Logger: s.log, PublicURL: c.publicURL, FallbackURL: c.fallbackURL, Credentials: c.credentials,
		RequireToken: c.requireToken, VerbCredentials: c.verbCredentials, TokenKeys: c.tokenKeys, Apology: c.apology,
		Deadline: c.deadline, Hosts: c.hosts, ApplicationID: c.api.application,
		Secrets: func(name string) (string, error) { return s.app.secret(c, name) },
	}
}

// load reads the flows, or the sample flows when there are no paths, with the params of the configuration.
func (s *server) load() (*flow.Set, diag.List, error) {
	load := func(params map[string]map[string]any) (*flow.Set, diag.List, error) {
		if len(s.paths) > 0 {
			return s.app.load(s.paths, params)
		}
		set, problems, err := flow.LoadFS(flow.Options{Functions: s.app.kit.Functions, Params: params}, flows.FS)
		if err != nil {
			return nil, nil, failure{exitFailed, err}
		}
		return set, problems, nil
	}
	set, problems, err := s.config.loadWith(load, true)
	if err != nil || problems.HasErrors() {
		return set, problems, err
	}
	if len(set.Flows()) == 0 {
		return nil, nil, noFlows("serve", s.paths)
	}
	return set, problems, lacking("serve", set)
}

// showAll writes problems as text, or into a log in JSON.
func (s *server) showAll(problems diag.List) error {
	if s.config.logFormat == "json" {
		logProblems(s.log, problems)
		return nil
	}
	if len(problems) == 0 {
		return nil
	}
	if err := diag.Text(s.app.Err, problems, s.source, diag.TextOptions{Color: s.app.Terminal}); err != nil {
		return failure{exitFailed, err}
	}
	return nil
}

// source returns the text of a flow file for the excerpts of messages.
func (s *server) source(path string) []byte {
	if len(s.paths) > 0 {
		return s.app.readSource(path)
	}
	text, err := flows.FS.ReadFile(path)
	if err != nil {
		return nil
	}
	return text
}

// announce says where flows are served: for people on the output, for programs in the log.
func (s *server) announce() {
	c, people := s.config, s.config.logFormat != "json"
	if len(s.paths) == 0 && people {
		fmt.Fprintln(s.app.Out, "no path is given: serving the sample flows")
	}
	base := strings.TrimSuffix(or(c.publicURL, s.url()), "/") + runtime.PathPrefix
	for _, f := range s.flows.Flows() {
		switch {
		case len(f.Start["initiate"]) == 0 && len(f.Start["answer"]) == 0:
		case people:
			fmt.Fprintln(s.app.Out, base+f.Name)
		default:
			s.log.Info("flow", "flow", f.Name, "url", base+f.Name)
		}
	}
	admin := "none"
	if s.admin != nil {
		admin = s.admin.Addr().String()
	}
	hosts := make([]string, len(c.hosts))
	for i, h := range c.hosts {
		hosts[i] = h.Name
	}
	s.log.Info("serving", "version", buildVersion().Version, "address", s.listener.Addr().String(), "admin", admin, "flows", len(s.flows.Flows()),
		"store", c.store, "hosts", or(strings.Join(hosts, ","), "none"))
	switch {
	case s.desk == nil:
	case people:
		s.introduce()
	default:
		for _, n := range s.numbers {
			s.log.Info("number", "flow", n.flow, "number", n.number, "carrier", s.desk.url())
		}
	}
	if len(c.credentials) == 0 {
		s.log.Warn("webhooks are taken from everybody: there are no credentials")
	}
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
