package config

import (
	"fmt"
	"net/netip"
)

// ownNetworks are the networks that no client on the internet comes from: this
// machine, and private ones.
var ownNetworks = []string{"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"}

// parseNetworks reads networks, each as 10.0.0.0/8 or as one address.
func parseNetworks(texts []string) ([]netip.Prefix, error) {
	networks := make([]netip.Prefix, 0, len(texts))
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if at, single := netip.ParseAddr(text); single == nil {
			network, err = netip.PrefixFrom(at, at.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither a network nor an address", text)
		}
		networks = append(networks, network.Masked())
	}
	return networks, nil
}
