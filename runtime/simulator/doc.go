// Package simulator plays Bandwidth's Programmable Voice on one machine, for any web application: calls, BXML, webhooks. It follows
// Bandwidth's documentation pages and knows nothing of the application; what the pages leave open is a field of Choices.
//
// In virtual time (Config.Start) nothing happens but in Step, Advance and Settle, one thing at a time, and the same seed gives the
// same run. In real time Run plays until it is told to stop.
//
// # How it works
//
// One mutex guards a Carrier. Exported methods take it; all other functions expect it to be held, but for the round trips of
// webhooks and the application's work, during which nobody holds it.
//
// schedule.go is a heap of timers. A webhook is a timer (Carrier.send): when it is popped, the request is put into the outbox, the
// driver (drive.go in virtual time, realtime.go in real time) makes the round trip without the lock, and the answer is another
// timer (Carrier.answered, Carrier.settle). Other things can happen between the two. Faults come in where the request would be made
// (fault.go).
//
// A leg (leg.go) is a call: one party and the interpreter of its documents (interpreter.go). At any time a leg runs at most one of:
// a verb (leg.running), the wait for the answer to a synchronous webhook (leg.asked), nothing. leg.halt stops either. leg.end stops
// everything, sends disconnect, and runs the functions of leg.onEnd.
//
// rest.go serves the REST API: it reads a request without the lock, runs an operation of the table in rest_operations.go with it,
// and writes the answer without it.
//
// # Several legs
//
// Two legs hear each other through join (transfer.go) until one of them parts, members of a conference through relay
// (conference.go). A leg that leaves tells the other side by a timer of the same instant, so that its own events come first.
// A conference has an interpreter of its own (conference_document.go), sends its synchronous webhooks one after the other, and
// outlives a webhook that fails. Where the pages are silent: a Transfer meets the limits of the account as a whole, before it dials;
// a call that joins a conference of 20 ends with cause error; a called party that is redirected ends the Transfer as a hang-up does,
// and its own call goes on; a calling party that is redirected ends the called one.
//
// # How to add a verb
//
// Put a starter into the table of its family (verbs.go lists the families). It gets an execution: the element, its attributes with
// the defaults of the table of verbs (value, flag, number, seconds), timers that stop with the verb (after), and the URLs of its
// webhooks (targets). A verb that is over at once returns nil. One that takes time returns an object with cancel, and with digit or
// speech when it listens. It ends in one of four ways:
//
//   - done: the next verb runs
//   - finish: its synchronous webhook is sent and the answer replaces the document; without the URL, done
//   - fail: the call ends
//   - something else stops it: cancel is called with the reason, and its timers are stopped before
//
// Wrap the starter in answering when the verb needs the media of the call. Asynchronous webhooks go through leg.notify; both fill
// in what every event of a call has (payload.go), so that a verb sets its own fields only.
//
// A leg can be occupied by what its document does not know, as the target of a Bridge is: leg.occupy takes a starter too. Legs that
// the carrier dials itself come from Carrier.dialLeg; set onAnswer and onEnd before leg.ring. Documents of such a leg can run in
// another context and end in another way: leg.context, leg.atEnd.
package simulator
