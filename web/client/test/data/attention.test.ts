import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { attention } from "../../src/data/attention.js";

/** A document that is shown or hidden, as the browser says. */
class Page extends EventTarget {
  visibilityState: "visible" | "hidden" = "visible";

  become(state: "visible" | "hidden"): void {
    this.visibilityState = state;
    this.dispatchEvent(new Event("visibilitychange"));
  }
}

let page: Page;
let leaving: AbortController;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", (page = new Page()));
  leaving = new AbortController();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const minutes = (count: number) => vi.advanceTimersByTime(count * 60_000);

test("nobody looks at a page that was not touched for five minutes, until it is touched", () => {
  const looks = attention(leaving.signal);
  minutes(4.9);
  expect(looks.get()).toBe(true);
  page.dispatchEvent(new Event("pointermove"));
  minutes(4.9);
  expect(looks.get()).toBe(true);
  minutes(0.2);
  expect(looks.get()).toBe(false);
  page.dispatchEvent(new Event("keydown"));
  expect(looks.get()).toBe(true);
  minutes(5.1);
  expect(looks.get()).toBe(false);
});

test("nobody looks at a hidden page, and somebody does at once when it is shown, for as long as after a touch", () => {
  page.visibilityState = "hidden";
  const looks = attention(leaving.signal);
  expect(looks.get()).toBe(false);
  minutes(60);
  page.become("visible");
  expect(looks.get()).toBe(true);
  minutes(4.9);
  expect(looks.get()).toBe(true);
  page.become("hidden");
  expect(looks.get()).toBe(false);
});

test("after its end it follows nothing", () => {
  const looks = attention(leaving.signal);
  leaving.abort();
  page.become("hidden");
  expect(looks.get()).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
});
