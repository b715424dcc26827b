// Package control lets phones in other processes use a simulated carrier, over HTTP below /simulator/. It is no part of Bandwidth's
// API:
//
//	GET  /simulator/numbers                     {"numbers": [{"number": "+15559990001", "name": "front-desk", "outbound": false,
//	                                            "legs": ["agent"], "signals": [{"name": "free", "fields": [{"name": "desk", "type": "int"}]}]}], "next": 17}
//	GET  /simulator/events?from=17              the feed as server-sent events: an object per event, its number as id
//	POST /simulator/calls                       {"from": "+15551112222", "to": "+15559990001"}   201 {"id": "c-..."}
//	POST /simulator/flows/{name}/calls          {"to": "+15551112222", "vars": {}}   201 {"id": "leg-..."}; for a flow that calls people itself
//	POST /simulator/calls/{id}/{act}            {"text": "1"} for press and say; pickUp, refuse, busy, hangUp   204
//	POST /simulator/calls/{id}/signals/{name}   {"with": {"desk": 3}}   201 {"handled": true}
//	POST /simulator/skip                        {"duration": "10s"}   204
//	GET  /simulator/clock                       {"now": "2026-01-05T18:00:00Z", "next": "2026-01-05T18:00:03Z"}; next is when something is due
//
// A call goes by its callId, or by the id that a flow or its admin API gave it (leg-...).
//
// Bodies are JSON. A request that cannot be done is answered with 409 and {"error": "..."}. There are no credentials: whoever
// reaches the address can use the phones.
package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/bxmlflow/bxmlflow/cmd/internal/feed"
	"github.com/bxmlflow/bxmlflow/cmd/internal/phone"
	"github.com/bxmlflow/bxmlflow/runtime/simulator"
)

// Path is where the handler belongs.
const Path = "/simulator/"

// maxBody bounds a request in bytes.
const maxBody = 16 << 10

// Number is a telephone number of the carrier, and who answers it.
type Number struct {
	Number string `json:"number"`
	Name   string `json:"name"`
	// Outbound says that what answers there calls people itself, and takes no calls.
	Outbound bool `json:"outbound"`
	// Legs are the names that the flow gives to legs, Signals those that it declares.
	Legs    []string       `json:"legs,omitempty"`
	Signals []phone.Signal `json:"signals,omitempty"`
}

// Desk is what phones elsewhere may use.
type Desk struct {
	Carrier *simulator.Carrier
	Feed    *feed.Feed
	Numbers []Number
	// Start lets a flow call a number and returns the id of the call; nil where no flows are known.
	Start func(ctx context.Context, flow, to string, vars map[string]any) (string, error)
	// Signal sends a signal to a call; nil where no flows are known.
	Signal func(ctx context.Context, call, name string, with map[string]any) (handled bool, err error)
	// Call returns the callId of what a flow calls otherwise; nil where no flows are known.
	Call func(id string) string
}

// desk serves a Desk.
type desk struct {
	Desk
	carrier phone.Local
}

// request is the body of every request.
type request struct {
	From     string         `json:"from,omitempty"`
	To       string         `json:"to,omitempty"`
	Text     string         `json:"text,omitempty"`
	Duration string         `json:"duration,omitempty"`
	Vars     map[string]any `json:"vars,omitempty"`
	With     map[string]any `json:"with,omitempty"`
}

// Handler serves a carrier to phones elsewhere.
func Handler(of Desk) http.Handler {
	d := &desk{Desk: of, carrier: phone.Local{Carrier: of.Carrier}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /simulator/numbers", d.list)
	mux.HandleFunc("GET /simulator/events", d.events)
	mux.HandleFunc("POST /simulator/calls", d.post(d.place))
	mux.HandleFunc("POST /simulator/calls/{id}/{act}", d.post(d.act))
	mux.HandleFunc("POST /simulator/calls/{id}/signals/{name}", d.post(d.signal))
	mux.HandleFunc("GET /simulator/clock", d.clock)
	mux.HandleFunc("POST /simulator/flows/{name}/calls", d.post(d.begin))
	mux.HandleFunc("POST /simulator/skip", d.post(d.skip))
	return mux
}

// Directory is what a phone has to know to begin.
type Directory struct {
	Numbers []Number `json:"numbers"`
	// Next is the number of the next event of the feed.
	Next int `json:"next"`
}

func (d *desk) list(w http.ResponseWriter, _ *http.Request) {
	_, next := d.Feed.Since(math.MaxInt)
	answer(w, http.StatusOK, Directory{d.Numbers, next})
}

// events hands the feed on, from the beginning of what is kept, or from where a reader left off.
func (d *desk) events(w http.ResponseWriter, r *http.Request) {
	next, err := strconv.Atoi(r.FormValue("from"))
	if last, lastErr := strconv.Atoi(r.Header.Get("Last-Event-ID")); err != nil && lastErr == nil {
		next = last + 1
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	flush := http.NewResponseController(w)
	w.WriteHeader(http.StatusOK)
	_ = flush.Flush() // tells the reader that it is heard; a reader that is gone is found below
	for {
		events, after, err := d.Feed.Next(r.Context(), next)
		if err != nil {
			return
		}
		first := after - len(events)
		for i, e := range events {
			data, err := feed.Encode(e)
			if err != nil {
				continue
			}
			if _, err := fmt.Fprintf(w, "id: %d\ndata: %s\n\n", first+i, data); err != nil {
				return
			}
		}
		next = after
		if err := flush.Flush(); err != nil {
			return
		}
	}
}

// post reads the body of a request and answers with what comes of it.
func (d *desk) post(do func(*http.Request, request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		// The type keeps pages of other sites from sending requests with somebody's browser.
		if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
			answer(w, http.StatusUnsupportedMediaType, refusal{"the content type must be application/json"})
			return
		}
		var q request
		dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&q); err != nil {
			answer(w, http.StatusBadRequest, refusal{"the body is not the JSON that is expected: " + err.Error()})
			return
		}
		body, err := do(r, q)
		switch {
		case errors.Is(err, errAct):
			answer(w, http.StatusNotFound, refusal{err.Error()})
		case err != nil:
			answer(w, http.StatusConflict, refusal{err.Error()})
		case body == nil:
			w.WriteHeader(http.StatusNoContent)
		default:
			answer(w, http.StatusCreated, body)
		}
	}
}

// placed is the answer to a call.
type placed struct {
	ID string `json:"id"`
}

func (d *desk) place(r *http.Request, q request) (any, error) {
	if err := phone.Number(q.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	id, err := d.carrier.Place(r.Context(), q.From, q.To)
	if err != nil {
		return nil, err
	}
	return placed{id}, nil
}

// hours is the answer about the clock.
type hours struct {
	Now  time.Time `json:"now"`
	Next time.Time `json:"next,omitzero"`
}

func (d *desk) clock(w http.ResponseWriter, r *http.Request) {
	now, next, err := d.carrier.Clock(r.Context())
	if err != nil {
		answer(w, http.StatusConflict, refusal{err.Error()})
		return
	}
	answer(w, http.StatusOK, hours{now, next})
}

// delivered is the answer to a signal.
type delivered struct {
	Handled bool `json:"handled"`
}

func (d *desk) signal(r *http.Request, q request) (any, error) {
	if d.Signal == nil {
		return nil, errNoFlows
	}
	handled, err := d.Signal(r.Context(), r.PathValue("id"), r.PathValue("name"), q.With)
	if err != nil {
		return nil, err
	}
	return delivered{handled}, nil
}

var errNoFlows = errors.New("there are no flows here: the application calls by REST")

// begin lets a flow call somebody.
func (d *desk) begin(r *http.Request, q request) (any, error) {
	if d.Start == nil {
		return nil, errNoFlows
	}
	id, err := d.Start(r.Context(), r.PathValue("name"), q.To, q.Vars)
	if err != nil {
		return nil, err
	}
	return placed{id}, nil
}

var errAct = errors.New("nobody can do that: pickUp, refuse, busy, press, say and hangUp can be done")

func (d *desk) act(r *http.Request, q request) (any, error) {
	switch do := phone.Do(r.PathValue("act")); do {
	case phone.PickUp, phone.Refuse, phone.Busy, phone.Press, phone.Say, phone.HangUp:
		id := r.PathValue("id")
		if d.Call != nil {
			id = d.Call(id)
		}
		return nil, d.carrier.Act(r.Context(), id, do, q.Text)
	}
	return nil, errAct
}

func (d *desk) skip(r *http.Request, q request) (any, error) {
	by, err := time.ParseDuration(q.Duration)
	if err != nil || by < 0 {
		return nil, fmt.Errorf("%q is no duration", q.Duration)
	}
	return nil, d.carrier.Skip(r.Context(), by)
}

// refusal is the answer to what cannot be done.
type refusal struct {
	Error string `json:"error"`
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // who asked may be gone
}
