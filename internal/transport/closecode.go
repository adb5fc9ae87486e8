// Package transport has what the transports share: close codes, the causes of a connection's end, refusals as
// HTTP responses, bounds, and figures. Package websocket serves sockets, and package stream serves HTTP.
package transport

import (
	"context"
	"errors"

	"github.com/gobwas/ws"
)

// A CloseCode is one way in which a connection ends.
type CloseCode struct {
	Code ws.StatusCode
	// Label names the code in metrics.
	Label string
	// Reason is the reason in the close frame, or "" if it depends on the cause.
	Reason string
	// Returns reports whether the npm package graphql-ws connects again after the code.
	Returns bool
	// Promised reports whether docs/protocol.md lists the code. The server sends no other code, except
	// as the answer to a close frame of the client.
	Promised bool
}

// Close codes of RFC 6455 and of graphql-transport-ws.
const (
	CloseNormal         = ws.StatusNormalClosure
	CloseGoingAway      = ws.StatusGoingAway
	CloseProtocolError  = ws.StatusProtocolError
	CloseNotUTF8        = ws.StatusInvalidFramePayloadData
	CloseTooBig         = ws.StatusMessageTooBig
	CloseInternal       = ws.StatusInternalServerError
	CloseLost           = ws.StatusAbnormalClosure // no close frame was sent or received
	CloseServiceRestart = ws.StatusCode(1012)
	CloseTryAgain       = ws.StatusCode(1013)
	CloseBadMessage     = ws.StatusCode(4400)
	CloseNoInit         = ws.StatusCode(4401)
	CloseForbidden      = ws.StatusCode(4403)
	CloseNoProtocol     = ws.StatusCode(4406)
	CloseInitTimeout    = ws.StatusCode(4408)
	CloseDuplicate      = ws.StatusCode(4409)
	CloseTwoInits       = ws.StatusCode(4429)
)

// CloseCodes are all close codes with a meaning here.
var CloseCodes = []CloseCode{
	{Code: CloseNormal, Label: "1000", Returns: true, Promised: true},
	{Code: CloseGoingAway, Label: "1001", Returns: true},
	{Code: CloseProtocolError, Label: "1002", Reason: "a frame breaks RFC 6455", Promised: true},
	{Code: ws.StatusUnsupportedData, Label: "1003"},
	{Code: ws.StatusNoStatusRcvd, Label: "1005", Returns: true},
	{Code: CloseLost, Label: "1006", Returns: true, Promised: true},
	{Code: CloseNotUTF8, Label: "1007", Promised: true},
	{Code: ws.StatusPolicyViolation, Label: "1008"},
	{Code: CloseTooBig, Label: "1009", Promised: true},
	{Code: CloseInternal, Label: "1011", Promised: true},
	{Code: CloseServiceRestart, Label: "1012", Reason: ErrDraining.Error(), Returns: true, Promised: true},
	{Code: CloseTryAgain, Label: "1013", Returns: true, Promised: true},
	{Code: CloseBadMessage, Label: "4400", Promised: true},
	{Code: CloseNoInit, Label: "4401", Reason: "Unauthorized", Promised: true},
	{Code: CloseForbidden, Label: "4403", Returns: true, Promised: true},
	{Code: CloseNoProtocol, Label: "4406", Reason: "Subprotocol not acceptable", Promised: true},
	{Code: CloseInitTimeout, Label: "4408", Reason: "Connection initialisation timeout", Returns: true, Promised: true},
	{Code: CloseDuplicate, Label: "4409", Promised: true},
	{Code: CloseTwoInits, Label: "4429", Reason: "Too many initialisation requests", Promised: true},
}

// Causes of the end of a connection.
var (
	// ErrConnectionLost means that neither the client nor the server closed the connection. The client may
	// reconnect soon.
	ErrConnectionLost = errors.New("the connection broke")
	ErrExpired        = errors.New("the token has expired")
	ErrDraining       = errors.New("the server restarts")
	ErrClosed         = errors.New("the connection was closed")
)

// CodeOf returns the close code for the cause of a connection's end. Over HTTP there is no close
// frame; the code is then only counted.
func CodeOf(cause error) ws.StatusCode {
	switch {
	case errors.Is(cause, ErrDraining):
		return CloseServiceRestart
	case errors.Is(cause, ErrExpired):
		return CloseForbidden
	case errors.Is(cause, ErrConnectionLost):
		return CloseLost
	case errors.Is(cause, context.Canceled):
		return CloseGoingAway // the client cancelled the request, or is gone
	}
	return CloseNormal
}

// ReasonOf returns the reason in the close frame of a code with a fixed reason.
func ReasonOf(code ws.StatusCode) string {
	for _, known := range CloseCodes {
		if known.Code == code {
			return known.Reason
		}
	}
	return ""
}

// CodeLabel returns the label of a code in metrics. All unknown codes share one, so that clients can't create
// labels.
func CodeLabel(code ws.StatusCode) string {
	for _, known := range CloseCodes {
		if known.Code == code {
			return known.Label
		}
	}
	return otherCode
}

// CodeLabels are all labels of codes in metrics.
func CodeLabels() (labels []string) {
	for _, known := range CloseCodes {
		labels = append(labels, known.Label)
	}
	return append(labels, otherCode)
}

const otherCode = "other"
