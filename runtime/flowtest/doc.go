// Package flowtest runs the tests of flows: files *_test.yaml, which say what happens and what the caller must hear.
//
// A test runs on the real engine, with a store and a clock of its own, and reaches no network: mocks answer look-ups and effects.
// In a test that is made of events the author plays the carrier and writes its webhooks; the REST API that the engine uses notes
// what is asked of it. In one that is made of what people do, the simulator plays the carrier, in virtual time. Either way the
// effects, signals, timers and internal events that a step leads to have run when the step is over, and the same file has the
// same outcome always. Run is for Go tests; Options.Test and its Result are for commands.
//
// A recording is the same the other way round: a Recorder writes the steps of real calls, and a replay decides them again.
package flowtest
