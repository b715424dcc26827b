//go:build race

package token

// raceEnabled: with the race detector a sync.Pool drops a part of what it gets,
// on purpose.
const raceEnabled = true
