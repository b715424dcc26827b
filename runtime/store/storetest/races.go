package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/bxmlflow/bxmlflow/runtime/store"
)

const writers = 8

// together runs fn on every writer at once and waits for all.
func together(fn func(writer int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range writers {
		group.Go(func() {
			<-start
			fn(i)
		})
	}
	close(start)
	group.Wait()
}

func oneWins(s *suite) {
	const each = 50
	s.save(store.Update{Key: call, Data: []byte("0")})
	var wins sync.Map // version to writer
	together(func(writer int) {
		var r store.Record
		for done := 0; done < each; {
			if err := s.Load(s.ctx(), call, &r); err != nil {
				s.Errorf("load: %v", err)
				return
			}
			count, _ := strconv.Atoi(string(r.Data))
			u := store.Update{Key: call, Version: r.Version, Data: strconv.AppendInt(nil, int64(count)+1, 10)}
			version, err := s.Save(s.ctx(), &u)
			if errors.Is(err, store.ErrConflict) {
				continue
			}
			if err != nil {
				s.Errorf("save: %v", err)
				return
			}
			if other, twice := wins.LoadOrStore(version, writer); twice {
				s.Errorf("version %d was won by writers %v and %d", version, other, writer)
			}
			done++
		}
	})
	s.want("increments", string(s.load(call).Data), strconv.Itoa(writers*each))
}

// winners counts the writers for whom the save succeeds; the others must get a
// conflict.
func (s *suite) winners(update func(writer int) store.Update) int {
	var won atomic.Int64
	together(func(writer int) {
		u := update(writer)
		switch _, err := s.Save(s.ctx(), &u); {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, store.ErrConflict):
			s.Errorf("save: %v, want nil or ErrConflict", err)
		}
	})
	return int(won.Load())
}

func oneCreates(s *suite) {
	for i := range 20 {
		key := fmt.Sprintf("call-%d", i)
		won := s.winners(func(writer int) store.Update {
			return store.Update{Key: key, Data: []byte{byte(writer)}}
		})
		s.want("creators of "+key, won, 1)
	}
}

func oneAlias(s *suite) {
	for i := range 20 {
		alias := fmt.Sprintf("alias-%d", i)
		won := s.winners(func(writer int) store.Update {
			if writer == 0 {
				return store.Update{Key: alias} // as a key
			}
			return store.Update{Key: fmt.Sprintf("leg-%d-%d", i, writer), Aliases: []string{alias}}
		})
		s.want("owners of "+alias, won, 1)
		s.load(alias)
	}
}

// wholeWrites saves records whose parts all repeat one byte.
func wholeWrites(s *suite) {
	part := func(n int, size int) []byte { return bytes.Repeat([]byte{byte('a' + n%26)}, size) }
	version := s.save(store.Update{Key: call, Data: part(0, 10), Answer: part(0, 10)})
	together(func(writer int) {
		if writer == 0 {
			for n := 1; n <= 200; n++ {
				u := store.Update{
					Key: call, Version: version, Data: part(n, 10+n), Answer: part(n, 500-n), Due: int64(n), Expires: int64(n),
				}
				var err error
				if version, err = s.Save(s.ctx(), &u); err != nil {
					s.Errorf("save: %v", err)
					return
				}
			}
			return
		}
		var r store.Record
		for range 200 {
			if err := s.Load(s.ctx(), call, &r); err != nil {
				s.Errorf("load: %v", err)
				return
			}
			n := int(r.Due)
			if n == 0 {
				continue
			}
			whole := r.Expires == r.Due && bytes.Equal(r.Data, part(n, 10+n)) && bytes.Equal(r.Answer, part(n, 500-n))
			if !whole {
				s.Errorf("at version %d the record mixes two writes", r.Version)
				return
			}
		}
	})
}

func secretOnce(s *suite) {
	var made atomic.Int64
	var secrets [writers][]byte
	together(func(writer int) {
		var err error
		secrets[writer], err = s.Secret(s.ctx(), "turns", func() ([]byte, error) {
			return fmt.Appendf(nil, "secret %d", made.Add(1)), nil
		})
		if err != nil {
			s.Errorf("secret: %v", err)
		}
	})
	for _, secret := range secrets {
		s.want("secret", string(secret), string(secrets[0]))
	}
	again, err := s.Secret(s.ctx(), "turns", func() ([]byte, error) {
		s.Error("a secret was made again")
		return nil, nil
	})
	if err != nil {
		s.Fatalf("secret: %v", err)
	}
	s.want("secret asked for later", string(again), string(secrets[0]))
}

func secretNames(s *suite) {
	ask := func(name, value string) []byte {
		secret, err := s.Secret(s.ctx(), name, func() ([]byte, error) { return []byte(value), nil })
		if err != nil {
			s.Fatalf("secret %q: %v", name, err)
		}
		return secret
	}
	made := ask("a", "value \x00\xff a")
	s.want("secret a", string(made), "value \x00\xff a")
	s.want("secret b", string(ask("b", "value b")), "value b")
	clear(made)
	kept := ask("a", "other")
	clear(kept)
	s.want("secret a after its bytes were changed", string(ask("a", "other")), "value \x00\xff a")
	s.absent("a")
}

func secretFails(s *suite) {
	fault := errors.New("no entropy")
	_, err := s.Secret(s.ctx(), "a", func() ([]byte, error) { return nil, fault })
	if !errors.Is(err, fault) {
		s.Errorf("secret: %v, want the function's error", err)
	}
	secret, err := s.Secret(s.ctx(), "a", func() ([]byte, error) { return []byte("later"), nil })
	if err != nil {
		s.Fatalf("secret: %v", err)
	}
	s.want("secret", string(secret), "later")
}

// operations calls every method but Close once.
func (s *suite) operations(ctx context.Context) map[string]error {
	errs := map[string]error{}
	errs["load"] = s.Load(ctx, call, new(store.Record))
	_, errs["save"] = s.Save(ctx, &store.Update{Key: "new", Data: []byte("x"), Aliases: []string{"alias"}})
	errs["delete"] = s.Delete(ctx, call, 1)
	errs["due"] = s.Due(ctx, 1, 1, func(string) error { return errors.New("called") })
	errs["expired"] = s.Expired(ctx, 1, 1, func(string, uint64) error { return errors.New("called") })
	_, errs["secret"] = s.Secret(ctx, "a", func() ([]byte, error) { return nil, errors.New("called") })
	return errs
}

func cancelled(s *suite) {
	version := s.save(store.Update{Key: call, Pending: true, Expires: 1})
	ctx, cancel := context.WithCancel(s.ctx())
	cancel()
	for operation, err := range s.operations(ctx) {
		if !errors.Is(err, context.Canceled) {
			s.Errorf("%s: %v, want context.Canceled", operation, err)
		}
	}
	s.absent("new")
	s.absent("alias")
	s.want("version", s.load(call).Version, version)
}

func closed(s *suite) {
	s.save(store.Update{Key: call, Pending: true, Expires: 1})
	for range 2 {
		if err := s.Close(); err != nil {
			s.Fatalf("close: %v", err)
		}
	}
	for operation, err := range s.operations(s.ctx()) {
		if !errors.Is(err, store.ErrClosed) {
			s.Errorf("%s: %v, want ErrClosed", operation, err)
		}
	}
}
