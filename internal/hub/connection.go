package hub

import "errors"

// ErrConnectionLost is the cause of the cancelled context of a subscription
// whose connection broke, rather than being closed by one of its ends. The
// client may be back in a moment.
var ErrConnectionLost = errors.New("the connection broke")
