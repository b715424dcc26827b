// Package bandwidth is a client for the REST API of Bandwidth's Programmable Voice: calls, conferences and their members,
// recordings, transcriptions, statistics, and the endpoints of WebRTC. It needs the standard library only and is of use
// without the rest of bxmlflow.
//
//	client, err := bandwidth.New(bandwidth.Config{
//		AccountID: "9900000",
//		ClientID:  os.Getenv("BW_CLIENT_ID"), ClientSecret: os.Getenv("BW_CLIENT_SECRET"),
//		Limiter: rate.NewLimiter(5, 1), // golang.org/x/time/rate fits: calls per second of the account
//	})
//	...
//	call, err := client.CreateCall(ctx, &bandwidth.CreateCall{
//		To: "+15551234567", From: "+15557654321", ApplicationID: "...", AnswerURL: "https://voice.example.com/flows/reminder",
//	})
//
// Fields and operations have Bandwidth's names. An optional field that is left at its zero value is not sent, and Bandwidth's
// default holds. Fields of an answer that are unknown here are passed over.
//
// # Errors
//
// Every error of an operation is an [*Error]. Its methods answer what a caller has to decide: [Error.NotFound] and
// [Error.Conflict]; [Error.NotSent], nothing reached Bandwidth; [Error.Ambiguous], the request may have been carried out
// although no usable answer came; [Error.Temporary] and [Error.Retryable], whether trying later is of use and whether it is
// harmless. A request that Bandwidth would refuse with 400 is refused before it is sent, with an [*InvalidError] inside.
//
// # Retries
//
// A request is repeated, with exponential backoff and full jitter, when that cannot do a thing twice: after 429 and when it
// was never sent, always; after a 5xx, a cut connection or a timeout only where doing it twice is doing it once, which are
// reads, deletions and the settings of members and recordings. CreateCall, UpdateCall, UpdateConference,
// TranscribeRecording, CreateEndpoint and the BXML updates are not repeated then: a second document would begin again, or
// replace what the call has come to since. Retry-After is honoured up to 30 s; a longer one is left to the caller in
// Error.RetryAfter.
//
// # Credentials
//
// Basic authentication and OAuth2 client credentials are supported, one of them at a time. A token is fetched once for all
// goroutines and renewed 60 s before it expires; a 401 renews it once and repeats the request once. Secrets show neither in
// errors nor when a Config or a Client is printed or logged. Redirects are never followed.
package bandwidth
