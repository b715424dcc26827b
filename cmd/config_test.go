package cmd

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"

	"github.com/bxmlflow/bxmlflow/runtime"
)

// configured reads a configuration and returns it, or what was written about it. The file is named bxmlflow.yaml in a
// folder of its own, which messages do not show.
func configured(t *testing.T, file string, env map[string]string, args ...string) (*config, string) {
	t.Helper()
	dir := t.TempDir()
	if file != "" {
		path := filepath.Join(dir, configFile)
		write(t, path, file)
		args = append([]string{"--config", path}, args...)
	}
	var messages bytes.Buffer
	a := &app{IO: IO{Err: &messages, Env: func(name string) (string, bool) { v, ok := env[name]; return v, ok }}}
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	configFlags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	c, err := a.configure(flags)
	if err != nil && err.Error() != (failure{}).Error() {
		messages.WriteString(err.Error())
	}
	return c, strings.ReplaceAll(messages.String(), dir+string(filepath.Separator), "")
}

func TestConfiguration(t *testing.T) {
	tests := []struct {
		name string
		file string
		env  map[string]string
		args []string
		want func(*config)
	}{
		{name: "nothing is said", want: func(*config) {}},
		{
			name: "the file sets everything",
			file: `
addr: 127.0.0.1:9000
public-url: https://voice.example.com
fallback-url: https://backup.example.com
credentials:
  - {username: bw, password: "new"}
  - {username: bw, password: "old"}
require-token: true
verb-credentials: true
insecure: true
token-keys: [000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=]
apology: Sorry.
deadline: 3s
drain-timeout: 1m
store: memory
hosts: [api.example.com, {name: "localhost:9000", private: true}]
params:
  front-desk: {agent: +15551234567, ring: 9}
  after-hours: {holidays: ["2026-12-25", 7, 1.5, true, null]}
watch: false
log-format: json
log-level: warn
admin-addr: 127.0.0.1:9001
account-id: "9900000"
application-id: app
client-id: id
client-secret: s1
api-username: user
api-password: s2
api-url: https://voice.example.com/api/v2
token-url: https://api.example.com/token
calls-per-second: 2.5
secrets: {crm: s3}
simulate: true
simulate-addr: 127.0.0.1:9002
`,
			want: func(c *config) {
				key := make([]byte, 32)
				for i := range key {
					key[i] = byte(i)
				}
				*c = config{
					addr: "127.0.0.1:9000", publicURL: "https://voice.example.com", fallbackURL: "https://backup.example.com",
					credentials:  []runtime.Credential{{Username: "bw", Password: "new"}, {Username: "bw", Password: "old"}},
					requireToken: true, verbCredentials: true, insecure: true, tokenKeys: [][]byte{key, key}, apology: "Sorry.",
					deadline: 3 * time.Second, drainTimeout: time.Minute, store: "memory",
					hosts: []runtime.Host{{Name: "api.example.com"}, {Name: "localhost:9000", Private: true}},
					params: []param{
						{flow: "front-desk", name: "agent", value: "+15551234567"},
						{flow: "front-desk", name: "ring", value: "9"},
						{flow: "after-hours", name: "holidays", value: []any{"2026-12-25", 7, 1.5, true, nil}},
					},
					logFormat: "json", logLevel: slog.LevelWarn, adminAddr: "127.0.0.1:9001",
					api: api{
						account: "9900000", application: "app", clientID: "id", clientSecret: "s1", username: "user", password: "s2",
						url: "https://voice.example.com/api/v2", tokenURL: "https://api.example.com/token", callsPerSecond: 2.5,
					},
					secrets: map[string]string{"crm": "s3"}, simulate: true, simulateSet: true, simulateAddr: "127.0.0.1:9002",
				}
			},
		},
		{
			name: "the environment counts more than the file, and flags more than both",
			file: "{addr: ':1', apology: file, deadline: 1s}",
			env:  map[string]string{"BXMLFLOW_APOLOGY": "variable", "BXMLFLOW_DEADLINE": "2s", "BXMLFLOW_STORE": ""},
			args: []string{"--deadline", "3s"},
			want: func(c *config) { c.addr, c.apology, c.deadline = ":1", "variable", 3*time.Second },
		},
		{
			name: "yes and no from everywhere",
			file: "{require-token: true, watch: true, insecure: true}",
			env:  map[string]string{"BXMLFLOW_REQUIRE_TOKEN": "0", "BXMLFLOW_WATCH": "1"},
			args: []string{"--watch=false", "--insecure"},
			want: func(c *config) { c.watch, c.insecure = false, true },
		},
		{
			name: "params are laid over each other one by one",
			file: "params: {a: {x: file, y: file, z: file}}",
			env:  map[string]string{"BXMLFLOW_PARAMS": "{a: {y: variable, z: variable}}"},
			args: []string{"--param", "a.z=flag=with, signs", "--param", "b.x=2"},
			want: func(c *config) {
				c.params = []param{
					{flow: "a", name: "x", value: "file"}, {flow: "a", name: "y", value: "variable"},
					{flow: "a", name: "z", value: "flag=with, signs"}, {flow: "b", name: "x", value: "2"},
				}
			},
		},
		{
			name: "a user name and a password from the environment replace those of the file",
			file: "credentials: {username: a, password: b}",
			env:  map[string]string{"BXMLFLOW_USERNAME": "c", "BXMLFLOW_PASSWORD": "d"},
			want: func(c *config) { c.credentials = []runtime.Credential{{Username: "c", Password: "d"}} },
		},
		{
			name: "two pairs from the environment",
			env:  map[string]string{"BXMLFLOW_CREDENTIALS": "[{username: a, password: b}, {username: c, password: d}]"},
			want: func(c *config) {
				c.credentials = []runtime.Credential{{Username: "a", Password: "b"}, {Username: "c", Password: "d"}}
			},
		},
		{
			name: "hosts in one word",
			args: []string{"--hosts", "api.example.com, localhost:9000=private"},
			want: func(c *config) {
				c.hosts = []runtime.Host{{Name: "api.example.com"}, {Name: "localhost:9000", Private: true}}
			},
		},
		{
			name: "secrets from the environment",
			env:  map[string]string{"BXMLFLOW_CLIENT_SECRET": "a", "BXMLFLOW_SECRETS": "{crm: b}", "BXMLFLOW_SECRET_SHOP_KEY": "c"},
			want: func(c *config) { c.api.clientSecret, c.secrets = "a", map[string]string{"crm": "b"} },
		},
		{name: "an empty file", file: "# nothing yet\n", want: func(*config) {}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := defaultConfig()
			tt.want(&want)
			got, messages := configured(t, tt.file, tt.env, tt.args...)
			if messages != "" || got == nil {
				t.Fatalf("refused:\n%s", messages)
			}
			if diff := cmp.Diff(&want, got, cmp.AllowUnexported(config{}, param{}, api{}), cmpopts.IgnoreFields(param{}, "span")); diff != "" {
				t.Errorf("configuration (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfigurationsWithMistakes(t *testing.T) {
	tests := []struct {
		name string
		file string
		env  map[string]string
		args []string
		want string
	}{
		{name: "a key in the spelling of flows", file: "addr: ':1'\npublicUrl: https://x.example.com\n",
			want: "bxmlflow.yaml:2:1: error: unknown key \"publicUrl\" [config-key]\n    help: did you mean \"public-url\"?\n"},
		{name: "a misspelt key", file: "deadlin: 5s", want: `help: did you mean "deadline"?`},
		{name: "a key twice", file: "addr: ':1'\naddr: ':2'\n", want: "bxmlflow.yaml:2:1: error:"},
		{name: "a list at the top", file: "- addr", want: "bxmlflow.yaml:1:1: error: a configuration is a mapping of keys to values"},
		{name: "broken YAML", file: "addr: [", want: "bxmlflow.yaml:1:7: error:"},
		{name: "an address without a port", file: "addr: localhost", want: `bxmlflow.yaml:1:7: error: "localhost" is no address`},
		{name: "a value that is missing", file: "apology:", want: "a text is needed here"},
		{name: "a duration without a unit", env: map[string]string{"BXMLFLOW_DEADLINE": "5"}, want: `BXMLFLOW_DEADLINE: error: "5" is no duration`},
		{name: "a negative duration", args: []string{"--drain-timeout", "-1s"}, want: `--drain-timeout: error: "-1s" is no duration`},
		{name: "neither yes nor no", file: "insecure: sometimes", want: `bxmlflow.yaml:1:11: error: "sometimes" is neither true nor false`},
		{name: "calls per second that are none", file: "calls-per-second: fast", want: `"fast" is no number of calls per second`},
		{name: "secrets that are a list", file: "secrets: [hush]", want: "secrets are a mapping of names to values"},
		{name: "an admin address without a port", file: "admin-addr: localhost", want: `"localhost" is no address`},
		{name: "a store of a later version", file: "store: redis://user:hush@localhost", want: "bxmlflow.yaml:1:8: error: this store is not supported yet"},
		{name: "a log format", args: []string{"--log-format", "jsn"}, want: `--log-format: error: "jsn" is not text or json`},
		{name: "a log level", file: "log-level: loud", want: `"loud" is not debug, info, warn or error`},
		{name: "three credentials", file: "credentials: [{username: a, password: hush}, {username: b, password: hush}, {username: c, password: hush}]",
			want: "bxmlflow.yaml:1:14: error: 3 credentials, at most two"},
		{name: "a credential without a password", file: "credentials:\n  - username: a\n", want: "bxmlflow.yaml:2:5: error: a credential needs a username and a password"},
		{name: "a misspelt part of a credential", file: "credentials: {username: a, passwort: hush, password: hush}", want: `unknown key "passwort"`},
		{name: "a user name with a colon", file: "credentials: {username: 'a:b', password: hush}", want: "cannot contain a colon"},
		{name: "a credential that is a text", file: "credentials: hush", want: "a credential is a mapping with the keys username and password"},
		{name: "a user name alone", env: map[string]string{"BXMLFLOW_USERNAME": "a"}, want: "BXMLFLOW_USERNAME: error: BXMLFLOW_PASSWORD is missing"},
		{name: "a password alone", env: map[string]string{"BXMLFLOW_PASSWORD": "hush"}, want: "BXMLFLOW_PASSWORD: error: BXMLFLOW_USERNAME is missing"},
		{name: "a colon in the variable", env: map[string]string{"BXMLFLOW_USERNAME": "a:b", "BXMLFLOW_PASSWORD": "hush"}, want: "BXMLFLOW_USERNAME: error: a username cannot contain a colon"},
		{name: "credentials in both ways", env: map[string]string{"BXMLFLOW_USERNAME": "a", "BXMLFLOW_CREDENTIALS": "{username: a, password: hush}"},
			want: "BXMLFLOW_CREDENTIALS is set too"},
		{name: "a short token key", file: "token-keys:\n  - hush\n", want: "bxmlflow.yaml:2:5: error: a token key is 32 bytes in hexadecimal or base64"},
		{name: "a host without a name", file: "hosts: [{private: true}]", want: "bxmlflow.yaml:1:9: error: a host needs a name"},
		{name: "params without a flow", file: "params: {agent: hush}", want: `bxmlflow.yaml:1:17: error: the params of flow "agent" are a mapping`},
		{name: "params that are a list", file: "params: [a]", want: "params are given by flow"},
		{name: "a param without a value", file: "params: {a: {b: }}", want: `param "b" of flow "a" has no value`},
		{name: "a flag that sets no param", args: []string{"--param", "agent=hush"}, want: `--param: error: "agent" sets no param`},
		{name: "a file that does not exist", args: []string{"--config", "none.yaml"}, want: "read configuration: open none.yaml"},
		{name: "a file that the environment names and that does not exist", env: map[string]string{"BXMLFLOW_CONFIG": "none.yaml"}, want: "open none.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, messages := configured(t, tt.file, tt.env, tt.args...)
			if c != nil || !strings.Contains(messages, tt.want) {
				t.Errorf("it says\n%s\nwithout %q", messages, tt.want)
			}
			if strings.Contains(messages, "hush") {
				t.Errorf("a secret is shown:\n%s", messages)
			}
		})
	}
}

func TestTheConfigurationHereIsReadByItself(t *testing.T) {
	t.Chdir(folder(t, map[string]string{configFile: "apology: Sorry."}))
	if c, messages := configured(t, "", nil); c == nil || c.apology != "Sorry." {
		t.Errorf("the file was not read: %s", messages)
	}
}

func TestOnlyLoopbackAddressesAreOpen(t *testing.T) {
	tests := map[string]bool{
		"127.0.0.1:8080": true, "localhost:80": true, "[::1]:0": true, "127.8.9.1:1": true,
		":8080": false, "0.0.0.0:8080": false, "[::]:8080": false, "192.168.1.2:80": false, "localhost.example.com:80": false,
	}
	for addr, open := range tests {
		c := config{addr: addr}
		if got := c.guarded() == nil; got != open {
			t.Errorf("%s without credentials: started %t, want %t", addr, got, open)
		}
		c.credentials = []runtime.Credential{{Username: "a", Password: "b"}}
		if err := c.guarded(); err != nil {
			t.Errorf("%s with credentials: %v", addr, err)
		}
	}
}

func TestTheAdminAddressIsForThisMachineOnly(t *testing.T) {
	c := config{addr: "127.0.0.1:0", adminAddr: "0.0.0.0:9001"}
	if err := c.guarded(); err == nil || !strings.Contains(err.Error(), "admin-addr") {
		t.Errorf("an admin address that others reach: %v", err)
	}
	c.adminAddr = "127.0.0.1:9001"
	if err := c.guarded(); err != nil {
		t.Error(err)
	}
}

func TestSecretsHaveVariables(t *testing.T) {
	a := &app{IO: IO{Env: func(name string) (string, bool) {
		return map[string]string{"BXMLFLOW_SECRET_CRM_KEY": "variable", "BXMLFLOW_SECRET_SHOP": "variable"}[name], true
	}}}
	c := &config{secrets: map[string]string{"shop": "file"}}
	for name, want := range map[string]string{"crmKey": "variable", "crm-key": "variable", "shop": "file", "other": ""} {
		if got, err := a.secret(c, name); got != want || (err == nil) != (want != "") {
			t.Errorf("%s is %q, %v", name, got, err)
		}
	}
}

func TestTheRESTAPINeedsAllOfItsKeys(t *testing.T) {
	tests := map[string]struct {
		api  api
		want string
	}{
		"nothing":        {api{}, ""},
		"all":            {api{account: "1", clientID: "a", clientSecret: "b"}, ""},
		"a user":         {api{account: "1", username: "a", password: "b"}, ""},
		"no account":     {api{clientID: "a", clientSecret: "b"}, "account-id"},
		"no secret":      {api{account: "1", clientID: "a"}, "client-secret"},
		"no credentials": {api{account: "1"}, "client-id and client-secret"},
		"no password":    {api{account: "1", username: "a"}, "api-password"},
		"a wrong URL":    {api{account: "1", username: "a", password: "b", url: "voice"}, "REST API"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := tt.api.client(nil)
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("it says %v, want %q", err, tt.want)
			}
		})
	}
}

func TestTheDocumentationNamesEveryKeyAndItsExampleWorks(t *testing.T) {
	page, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings() {
		if !strings.Contains(string(page), "\n| `"+s.key+"` |") {
			t.Errorf("docs/operations.md does not tell of %s", s.key)
		}
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	example, _, _ := strings.Cut(rest, "```")
	c, messages := configured(t, example, nil)
	if c == nil || messages != "" || len(c.credentials) != 1 || len(c.hosts) != 2 || len(c.params) != 2 {
		t.Errorf("the example gives %+v and\n%s", c, messages)
	}
}
