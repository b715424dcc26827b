package simulator

import "maps"

// verbs is the table of verbs: how each of them begins. The file of a family says what its verbs do.
func verbs() map[string]starter {
	all := map[string]starter{}
	for _, family := range []map[string]starter{
		mediaVerbs(), gatherVerbs(), recordVerbs(), controlVerbs(), // one leg
		legVerbs(), recordingVerbs(), streamVerbs(),
	} {
		maps.Copy(all, family)
	}
	return all
}

// answering makes a starter that answers an inbound call first, as every verb does that needs the media of the call.
func answering(start starter) starter {
	return func(x *execution) verb {
		x.leg.answer()
		return start(x)
	}
}
