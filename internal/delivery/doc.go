// Package delivery sends what waits in the queue: notifications to browsers, and digests by e-mail.
//
// Every instance works on the queue. It claims a few jobs of one organization after another, so that a large one delays
// the others by one round at most. A claim ends after leaseTime; if the instance dies, another one takes its jobs over then. A job and the
// recording of its result have their time within the claim, however slow the store is.
// A message is sent at least once: an instance that dies between the answer of the push service and the commit leaves a job
// that is sent again, under the same tag.
package delivery
