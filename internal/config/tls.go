package config

import "errors"

// checkTLS checks the settings of TLS. The files are read later.
func (s *Settings) checkTLS() error {
	if (s.TLSCert == "") != (s.TLSKey == "") {
		return errors.New("TLS_CERT and TLS_KEY belong together: set both, or neither")
	}
	return nil
}
