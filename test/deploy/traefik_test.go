package deploy_test

import (
	"os"
	"slices"
	"testing"

	"github.com/goccy/go-yaml"
)

// Traefik itself can't be built from its module, so this only reads its file: everything that it names is there.
func TestTraefikFile(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../deploy/traefik.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		HTTP struct {
			Routers map[string]struct {
				EntryPoints   []string `yaml:"entryPoints"`
				Middlewares   []string
				Rule, Service string
			}
			Middlewares map[string]struct{ Retry struct{ Attempts int } }
			Services    map[string]struct {
				LoadBalancer struct {
					Strategy           string
					Servers            []struct{ URL string }
					HealthCheck        struct{ Path, Interval, Timeout string } `yaml:"healthCheck"`
					ResponseForwarding struct {
						FlushInterval string `yaml:"flushInterval"`
					} `yaml:"responseForwarding"`
					ServersTransport string `yaml:"serversTransport"`
				} `yaml:"loadBalancer"`
			}
			ServersTransports map[string]struct {
				ForwardingTimeouts struct {
					DialTimeout string `yaml:"dialTimeout"`
				} `yaml:"forwardingTimeouts"`
			} `yaml:"serversTransports"`
		}
	}
	if err := yaml.UnmarshalWithOptions(text, &file, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	router := file.HTTP.Routers["tandem"]
	balancer := file.HTTP.Services[router.Service].LoadBalancer
	var urls []string
	for _, server := range balancer.Servers {
		urls = append(urls, server.URL)
	}
	if !slices.Equal(urls, []string{"http://tandem-1:8080", "http://tandem-2:8080"}) || balancer.HealthCheck.Path != "/readyz" {
		t.Errorf("the service is %+v", balancer)
	}
	if file.HTTP.ServersTransports[balancer.ServersTransport].ForwardingTimeouts.DialTimeout == "" {
		t.Errorf("there is no transport %q", balancer.ServersTransport)
	}
	for _, name := range router.Middlewares {
		if file.HTTP.Middlewares[name].Retry.Attempts != len(urls) {
			t.Errorf("the middleware %q does not try each instance once", name)
		}
	}
}
