// Package explore decides what can happen in an abstract model: which of a list of conditions can be true, and which situations
// can be reached by which steps.
//
// It knows nothing of flows, telephony or files. What is true in some cases and unknown in others is told by the caller, and so
// is what follows from a situation. All its answers are about the model: they hold for what the model stands for when that does
// nothing that the model cannot do.
package explore
