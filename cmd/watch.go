package cmd

import (
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// settle is how long files must be quiet before they are read: editors and copies write in several steps.
const settle = 100 * time.Millisecond

// watcher tells when files below paths may have changed. The zero watcher never does.
type watcher struct {
	changes chan struct{}
	paths   []string
	log     *slog.Logger
	notify  *fsnotify.Watcher
}

func newWatcher(paths []string, log *slog.Logger) (*watcher, error) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch: %w", err)
	}
	w := &watcher{changes: make(chan struct{}, 1), paths: paths, log: log, notify: notify}
	w.follow()
	go w.run()
	return w, nil
}

// close ends the watcher.
func (w *watcher) close() {
	if w.notify != nil {
		w.notify.Close() // nothing depends on it any more
	}
}

// follow watches every folder there is now. Folders rather than files are watched, since editors replace files.
func (w *watcher) follow() {
	if w.notify == nil {
		return
	}
	for _, path := range w.paths {
		for _, folder := range folders(path) {
			if err := w.notify.Add(folder); err != nil {
				w.log.Warn("folder is not watched", "folder", folder, "error", err)
			}
		}
	}
}

// folders returns the folder of a file, or a folder and those below it in which flows are searched.
func folders(path string) []string {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		return []string{filepath.Dir(path)}
	}
	var found []string
	err := filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || !d.IsDir():
			return nil // it went away meanwhile, which is a change of its own
		case name != path && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules"):
			return filepath.SkipDir
		}
		found = append(found, name)
		return nil
	})
	if err != nil || len(found) == 0 {
		return []string{path}
	}
	return found
}

// run turns bursts of notifications into single changes.
func (w *watcher) run() {
	quiet := time.NewTimer(settle) // files may have changed between being read and being watched
	for {
		select {
		case event, ok := <-w.notify.Events:
			if !ok {
				return
			}
			if event.Op != fsnotify.Chmod {
				quiet.Reset(settle)
			}
		case err, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			w.log.Warn("watching flows", "error", err)
			quiet.Reset(settle) // notifications may be lost: look for ourselves
		case <-quiet.C:
			select {
			case w.changes <- struct{}{}:
			default: // one is waiting already
			}
		}
	}
}
