package runtime

// RunDue does the first thing that is due of a machine.
func RunDue(e *Engine, key string) error {
	w := e.work()
	defer e.release(w)
	_, err := w.runDue(key)
	return err
}
