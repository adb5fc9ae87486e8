package certificates

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/crypto/acme"
)

// mostRetries bounds how often a request to the authority is sent again.
const mostRetries = 5

// order has a certificate issued, and returns it with its key.
func (i *Issuer) order(ctx context.Context, host string) (string, error) {
	client, err := i.account(ctx)
	if err != nil {
		return "", err
	}
	order, err := client.AuthorizeOrder(ctx, acme.DomainIDs(host))
	if err != nil {
		return "", err
	}
	for _, url := range order.AuthzURLs {
		if err := i.verify(ctx, client, host, url); err != nil {
			return "", err
		}
	}
	if order, err = client.WaitOrder(ctx, order.URI); err != nil {
		return "", err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	request, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{DNSNames: []string{host}}, key)
	if err != nil {
		return "", err
	}
	chain, _, err := client.CreateCertFromOrder(ctx, order, request, true)
	if err != nil {
		return "", err
	}
	return encode(chain, key)
}

// account returns a client with the account of all instances at the authority, which it makes if there is none. Its key is in
// the store.
func (i *Issuer) account(ctx context.Context) (*acme.Client, error) {
	proposed, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	text, err := encode(nil, proposed)
	if err != nil {
		return nil, err
	}
	name := "acme " + i.config.Directory
	if text, err = i.store.DeploymentKey(ctx, name, text); err != nil {
		return nil, err
	}
	key, err := decodeKey(text)
	if err != nil {
		return nil, fmt.Errorf("the key %q in the database is damaged (%w); restore it, or delete its row", name, err)
	}
	client := &acme.Client{Key: key, DirectoryURL: i.config.Directory, HTTPClient: i.http, RetryBackoff: retry, UserAgent: "tandem"}
	account := &acme.Account{}
	if i.config.Email != "" {
		account.Contact = []string{"mailto:" + i.config.Email}
	}
	if _, err := client.Register(ctx, account, acme.AcceptTOS); err != nil && !errors.Is(err, acme.ErrAccountAlreadyExists) {
		return nil, err
	}
	return client, nil
}

// retry returns when to send a request again; 0 for never.
func retry(n int, _ *http.Request, _ *http.Response) time.Duration {
	if n > mostRetries {
		return 0
	}
	return time.Duration(n) * time.Second
}

// verify has the authority verify that the host is this deployment's.
func (i *Issuer) verify(ctx context.Context, client *acme.Client, host, url string) error {
	authorization, err := client.GetAuthorization(ctx, url)
	if err != nil || authorization.Status == acme.StatusValid {
		return err
	}
	kind := "tls-alpn-01"
	if i.config.UsesHTTP {
		kind = "http-01"
	}
	for _, challenge := range authorization.Challenges {
		if challenge.Type != kind {
			continue
		}
		answer, err := i.answer(client, host, challenge)
		if err != nil {
			return err
		}
		if err := i.store.KeepCertificate(ctx, challengeOf(host), answer); err != nil {
			return err
		}
		if _, err := client.Accept(ctx, challenge); err != nil {
			return err
		}
		_, err = client.WaitAuthorization(ctx, authorization.URI)
		return err
	}
	return fmt.Errorf("the authority offers no challenge of the type %s; set or unset ACME_HTTP_ADDR", kind)
}

// answer returns what the authority has to find; for HTTP-01 after the path where it looks. Every instance finds it in the store.
func (i *Issuer) answer(client *acme.Client, host string, challenge *acme.Challenge) (string, error) {
	if i.config.UsesHTTP {
		answer, err := client.HTTP01ChallengeResponse(challenge.Token)
		return client.HTTP01ChallengePath(challenge.Token) + "\n" + answer, err
	}
	certificate, err := client.TLSALPN01ChallengeCert(challenge.Token, host)
	if err != nil {
		return "", err
	}
	return encode(certificate.Certificate, certificate.PrivateKey.(crypto.Signer))
}

// forgetAnswer takes the answer for a host out of the store.
func (i *Issuer) forgetAnswer(ctx context.Context, host string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTime)
	defer cancel()
	if err := i.store.KeepCertificate(ctx, challengeOf(host), ""); err != nil {
		i.log.Warn("the answer to a challenge stays in the database", "error", err)
	}
}
