package flow

import "unsafe"

// alias returns b as a string without copying it. The string is valid only as long as b is not changed: it must not
// outlive the call that it is passed to.
func alias(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
