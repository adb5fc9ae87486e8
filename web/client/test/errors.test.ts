import { expect, test } from "vitest";
import { failureOf, Unavailable } from "../src/errors.js";

test("the first error of an answer decides, and all of them are kept", () => {
  const errors = [{ message: "Too often.", extensions: { code: "RATE_LIMITED", retryAfterMs: 1_500 } }, { message: "And more." }];
  const failure = failureOf({ errors });
  expect(failure).toMatchObject({ code: "RATE_LIMITED", message: "Too often.", retryAfterMs: 1_500, retryable: true, errors });
  expect(failureOf({})).toBeUndefined();
});

test("an answer that did not come may come later", () => {
  expect(new Unavailable("No answer.")).toMatchObject({ code: "UNAVAILABLE", retryable: true });
});
