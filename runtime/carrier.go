package runtime

import (
	"context"
	"iter"
	"time"

	"github.com/bxmlflow/bxmlflow/runtime/bandwidth"
)

// Carrier is the part of the Voice REST API that the runtime uses; *bandwidth.Client is one. Methods are called
// concurrently. An error that is a *bandwidth.Error tells what the carrier said.
type Carrier interface {
	CreateCall(context.Context, *bandwidth.CreateCall) (*bandwidth.CreatedCall, error)
	// Call reads the state of a call.
	Call(ctx context.Context, callID string) (*bandwidth.CallState, error)
	// Calls lists the calls that pass the filter. An error is the last thing that it yields.
	Calls(context.Context, *bandwidth.CallFilter) iter.Seq2[*bandwidth.CallState, error]
	UpdateCall(ctx context.Context, callID string, update *bandwidth.UpdateCall) error
	UpdateCallBXML(ctx context.Context, callID string, document []byte) error
	UpdateConference(ctx context.Context, conferenceID string, update *bandwidth.UpdateConference) error
	UpdateConferenceMember(ctx context.Context, conferenceID, memberID string, update *bandwidth.UpdateConferenceMember) error
	UpdateConferenceBXML(ctx context.Context, conferenceID string, document []byte) error
	UpdateCallRecordingState(ctx context.Context, callID string, update *bandwidth.UpdateCallRecording) error
	DeleteRecording(ctx context.Context, callID, recordingID string) error
	TranscribeRecording(ctx context.Context, callID, recordingID string, request *bandwidth.TranscribeRecording) error
}

// Operations of effects that the runtime makes itself; other operations are those of the REST API under its own names
// ("updateConference"), with their fields in Request.Args.
const (
	opDial   = "createCall" // make a leg; Request.Dial
	opHangUp = "endCall"    // end the call Request.Target; done when it is gone already
	opPush   = "updateBxml" // send the document of the effect's turn to the call or conference of the machine itself
	opTell   = "tell"       // deliver Request.Tell to another machine
)

// Dial is what a `createCall` effect asks for. The machine of the leg is made before the call is.
type Dial struct {
	Machine string `json:"machine"`        // key of the leg's machine: its own for a call that is started from outside
	Name    string `json:"name,omitempty"` // of the leg
	Flow    string `json:"flow"`
	Hash    string `json:"hash,omitempty"` // version of the flow in hexadecimal; "" for the current one
	Target  string `json:"target,omitempty"`
	To      string `json:"to"`
	From    string `json:"from"`
	Tag     string `json:"tag,omitempty"`
	// CallTimeout is in seconds, 0 for the carrier's default. Detection has the fields of machineDetection in the REST API.
	CallTimeout float64        `json:"callTimeout,omitempty"`
	Detection   map[string]any `json:"machineDetection,omitempty"`
	Keep        bool           `json:"keep,omitempty"`
	// Asked is when the request was sent, to find the call when its answer was lost; zero before.
	Asked time.Time `json:"asked,omitzero"`
	// Vars and Params are given by name; the others have their defaults. They are kept apart from the JSON form.
	Vars   map[string]any `json:"-"`
	Params map[string]any `json:"-"`
}

// Tell is an internal event on its way to another machine.
type Tell struct {
	To    string // machine key or callId
	Event InternalEvent
}
