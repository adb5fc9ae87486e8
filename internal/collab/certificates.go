package collab

import "context"

// A CertificateStore keeps what instances share of certificates that they have by ACME. Its values are secret, and belong to
// the deployment, not to an organization.
type CertificateStore interface {
	// Certificate returns the value of a name; "" if there is none.
	Certificate(ctx context.Context, name string) (string, error)
	// KeepCertificate makes value the value of a name; "" forgets the name.
	KeepCertificate(ctx context.Context, name, value string) error
	// ClaimCertificate reports whether holder may order the certificate of a name until a time. Until then nobody else may.
	// The holder may claim again, for a longer or a shorter time.
	ClaimCertificate(ctx context.Context, name, holder string, now, until Time) (bool, error)
}
