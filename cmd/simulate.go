package cmd

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// simulated makes a carrier, and an engine that knows no other.
func (s *server) simulated(set *flow.Set) error {
	c := s.config
	d, err := listenDesk(c.simulateAddr)
	if err != nil {
		return failure{exitFailed, fmt.Errorf("serve: simulate-addr: %w", taken(err, "simulate-addr"))}
	}
	s.desk = d
	if !loopback(c.simulateAddr) && !c.insecure {
		return failure{exitUsage, fmt.Errorf("serve: others reach simulate-addr %s and could use the phones: listen on this machine only, or say --insecure", c.simulateAddr)}
	}
	at := place{flows: strings.TrimSuffix(or(c.publicURL, s.url()), "/"), rest: d.url() + apiPath}
	numbers := flowNumbers(set, at.flows)
	if len(numbers) == 0 {
		return failure{exitUsage, fmt.Errorf("serve: no flow starts with initiate or answer: there is nothing to call")}
	}
	if len(c.credentials) > 0 {
		for i := range numbers {
			numbers[i].app.Username, numbers[i].app.Password = c.credentials[0].Username, c.credentials[0].Password
		}
	}
	e := s.engineConfig(set)
	carrier := simulator.Config{Account: c.api.account, Choices: simulator.Choices{PlainCredentials: true}}
	if s.stage, err = newStage(carrier, numbers, &e, at); err != nil {
		return err
	}
	s.engine, s.numbers = s.stage.engine, numbers
	d.handle(s.stage, numbers)
	return nil
}

// background returns what plays the carrier.
func (s *stage) background(d *desk) []func(context.Context) error {
	return []func(context.Context) error{
		s.carrier.Run,
		func(ctx context.Context) error { s.watch.Run(ctx); return ctx.Err() },
		d.run,
	}
}

// woken tells the simulated carrier, on whose clock the engine works, that there is something to do.
func (s *server) woken(next http.Handler) http.Handler {
	if s.stage == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r)
		s.stage.carrier.Skip(0)
	})
}

// introduce says which numbers there are, and how to call them.
func (s *server) introduce() {
	fmt.Fprintf(s.app.Out, "\nthe carrier is simulated, its REST API is at %s%s\n", s.desk.url(), apiPath)
	for _, n := range s.numbers {
		how := ""
		if n.outbound {
			how = " (calls people itself)"
		}
		fmt.Fprintf(s.app.Out, "  %s  %s%s\n", n.number, n.flow, how)
	}
	fmt.Fprintf(s.app.Out, "call one from another terminal: bxmlflow call --carrier %s --flow %s\n", s.desk.url(), s.numbers[0].flow)
	if s.admin == nil {
		fmt.Fprintln(s.app.Out, "other programs may start calls and send signals with --admin-addr 127.0.0.1:8081")
	} else {
		fmt.Fprintf(s.app.Out, "other programs start calls and send signals at http://%s\n", s.admin.Addr())
	}
}
