package certificates

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"time"
)

// encode returns a certificate, with those of its issuers, and its key in PEM.
func encode(chain [][]byte, key crypto.Signer) (string, error) {
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	_ = pem.Encode(&out, &pem.Block{Type: "PRIVATE KEY", Bytes: private}) // a Builder takes everything
	for _, der := range chain {
		_ = pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der})
	}
	return out.String(), nil
}

// decode reads what encode returned. The certificate has its Leaf.
func decode(text string) (*tls.Certificate, error) {
	certificate, err := tls.X509KeyPair([]byte(text), []byte(text))
	if err != nil {
		return nil, err
	}
	if certificate.Leaf == nil { // by a setting of Go, it is not kept
		if certificate.Leaf, err = x509.ParseCertificate(certificate.Certificate[0]); err != nil {
			return nil, err
		}
	}
	return &certificate, nil
}

// decodeKey reads the key of what encode returned.
func decodeKey(text string) (crypto.Signer, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil, errors.New("it is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	signer, isSigner := key.(crypto.Signer)
	if !isSigner {
		return nil, errors.New("it can't sign")
	}
	return signer, nil
}

// selfSigned returns a certificate that nobody trusts.
func selfSigned(hosts []string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	const years = 10
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: hosts,
		NotBefore: time.Now().AddDate(0, 0, -1), NotAfter: time.Now().AddDate(years, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
