// Package flowtest runs the tests of flows: files *_test.yaml, which say what webhooks come and what the caller must hear.
//
// Tests run on the pure stepper of the runtime, with a clock of their own, and reach no network: look-ups are answered by
// mocks, effects are noted and count as done. Run is for Go tests; Options.Test and its Result are for commands.
//
// A recording is the same the other way round: a Recorder writes the steps of real calls, and a replay decides them again.
package flowtest
