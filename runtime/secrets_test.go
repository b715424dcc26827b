package runtime_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxmlflow/bxmlflow/flow"
	"github.com/bxmlflow/bxmlflow/runtime"
	"github.com/bxmlflow/bxmlflow/runtime/store"
	"github.com/bxmlflow/bxmlflow/runtime/store/memory"
)

// treasure is a secret that needs escaping in a document.
const treasure = `s3cr"et&<value>`

const guarded = `
flow: guarded
start: {initiate: listen}
states:
  listen:
    entry:
      - http: {method: POST, url: "http://HOST/x", headers: {Authorization: 'Bearer ${secret("crm")}'}, json: {a: 1}}
    bxml:
      - Gather:
          maxDigits: 1
          gatherUrl: https://other.example.com/
          username: bxml
          password: ${secret("verb")}
    after: {5s: again}
    on: {gather: again}
  again:
    bxml:
      - Gather: {maxDigits: 1, gatherUrl: "https://other.example.com/", username: bxml, password: '${secret("verb")}'}
    on: {gather: bye}
  bye: {type: final, bxml: [Hangup]}
`

// watched is a store that remembers all that was written to it.
type watched struct {
	store.Store
	mu      sync.Mutex
	written bytes.Buffer
}

func (w *watched) Save(ctx context.Context, u *store.Update) (uint64, error) {
	w.mu.Lock()
	w.written.Write(u.Data)
	w.written.Write(u.Answer)
	w.mu.Unlock()
	return w.Store.Save(ctx, u)
}

func vault(name string) (string, error) {
	if name == "crm" || name == "verb" {
		return treasure + name, nil
	}
	return "", errors.New("not in the vault")
}

func TestSecretsLeaveAndAreKeptNowhere(t *testing.T) {
	var mu sync.Mutex
	var sent []string
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		sent = append(sent, r.Header.Get("Authorization"))
	}))
	defer service.Close()
	host := strings.TrimPrefix(service.URL, "http://")
	kept := &watched{Store: memory.New()}
	s := newStage(t, func(c *runtime.Config) {
		c.Secrets, c.Store, c.Hosts = vault, kept, []runtime.Host{{Name: host, Private: true}}
	}, strings.ReplaceAll(guarded, "HOST", host))
	first := s.post("/flows/guarded", webhook("initiate", callA))
	const escaped = `password="s3cr&quot;et&amp;&lt;value&gt;verb"`
	if !strings.Contains(first.body, escaped) && !strings.Contains(first.body, strings.ReplaceAll(escaped, "&quot;", "&#34;")) {
		t.Errorf("the document has no password: %s", first.body)
	}
	if again := s.post("/flows/guarded", webhook("initiate", callA)); again.body != first.body {
		t.Errorf("the same webhook gets\n%s\n%s", first.body, again.body)
	}
	s.pass(10 * time.Second)
	if len(sent) != 1 || sent[0] != "Bearer "+treasure+"crm" {
		t.Errorf("the service got %q", sent)
	}
	pushed := s.carrier.sent(t, callA)
	if strings.Contains(pushed, "\x1a") || !strings.Contains(pushed, "value&gt;verb") {
		t.Errorf("the document that was sent: %s", pushed)
	}
	s.wantSilence(t, "s3cr")
	if bytes.Contains(kept.written.Bytes(), []byte("s3cr")) {
		t.Errorf("the store holds the secret")
	}
	if !bytes.Contains(kept.written.Bytes(), []byte("\x1averb\x1a")) {
		t.Errorf("the store does not hold its name")
	}
}

func TestSecretsThatAreNotKnownAreFoundOut(t *testing.T) {
	text := strings.ReplaceAll(guarded, "HOST", "api.example.com")
	config := runtime.Config{
		Flows: set(t, flow.Options{}, text), Carrier: &carrier{}, PublicURL: "https://voice.example.com", ApplicationID: "app",
	}
	if _, err := runtime.New(config); err == nil || !strings.Contains(err.Error(), `flow "guarded" needs the secret "crm": set Secrets`) {
		t.Errorf("none at all: %v", err)
	}
	config.Secrets = func(name string) (string, error) { return "", fmt.Errorf("no %s", name) }
	if _, err := runtime.New(config); err == nil || !strings.Contains(err.Error(), `flow "guarded" needs the secret "crm": no crm`) {
		t.Errorf("another: %v", err)
	}
}

func TestADocumentWhoseSecretIsGoneIsTheApology(t *testing.T) {
	gone := false
	s := newStage(t, func(c *runtime.Config) {
		c.Secrets = func(name string) (string, error) {
			if gone {
				return "", errors.New("vault closed")
			}
			return vault(name)
		}
	}, strings.ReplaceAll(guarded, "HOST", "api.example.com"))
	gone = true
	if got := s.post("/flows/guarded", webhook("initiate", callA)).words(t); got != runtime.DefaultApology {
		t.Errorf("the caller hears %q", got)
	}
	if !strings.Contains(s.log.String(), "vault closed") {
		t.Errorf("nobody is told: %s", s.log)
	}
}
