package config

import (
	"fmt"
	"regexp"
)

// regionName matches the names of regions: short, and without what has to be escaped in metrics.
var regionName = regexp.MustCompile(`^[A-Za-z0-9._-]{0,63}$`)

// checkRegion refuses a region that can't be a label.
func (s *Settings) checkRegion() error {
	if !regionName.MatchString(s.Region) {
		return fmt.Errorf("REGION must have at most 63 letters, digits, dots, underscores and hyphens, for example eu-west-1; it is %q", s.Region)
	}
	if s.RegionHeader != "" && !headerName.MatchString(s.RegionHeader) {
		return fmt.Errorf("REGION_HEADER must be the name of a header, for example CF-IPCountry; it is %q", s.RegionHeader)
	}
	return nil
}
