package diag

// Nearest is a placeholder until the real one is written.
func Nearest(word string, candidates []string) (string, bool) { return "", false }
