// Is a position kept where it is said to live?
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { atEnd } from "../../regviz/live/js/axis.js";
import { Address, Memory } from "../../regviz/live/js/position.js";

beforeEach(() => {
  const window = new EventTarget();
  window.location = { pathname: "/paths", search: "?alpha=0.1&data=sine&other=1", hash: "#here" };
  window.history = { pushState: (_, __, address) => (window.pushed = address) };
  globalThis.window = window;
});

test("memory holds what was written and nothing else", () => {
  const home = new Memory({ a: "1" });
  assert.deepEqual(home.read(["a", "b"]), { a: "1", b: null });
  home.write({ b: "2" });
  home.write({ a: null });
  assert.deepEqual(home.read(["a", "b"]), { a: null, b: "2" });
  assert.deepEqual(new Memory().read(["a"]), { a: null }, "another board's memory is its own");
  home.watch()();
});

test("an address is read by name and keeps what is not the board's", () => {
  const home = new Address();
  assert.deepEqual(home.read(["alpha", "l1_ratio"]), { alpha: "0.1", l1_ratio: null });
  home.write({ alpha: null, l1_ratio: "0.5 & more" });
  assert.equal(window.pushed, "/paths?data=sine&other=1&l1_ratio=0.5+%26+more#here");
});

test("another page's address is not this board's, until it arrives there", () => {
  const home = new Address();
  window.location.pathname = "/network";
  assert.equal(home.read(["alpha"]), null);
  home.arrive();
  assert.deepEqual(home.read(["alpha"]), { alpha: "0.1" });
});

test("browser back is heard until it is no longer wanted", () => {
  let heard = 0;
  const stop = new Address().watch(() => heard++);
  window.dispatchEvent(new Event("popstate"));
  stop();
  window.dispatchEvent(new Event("popstate"));
  assert.equal(heard, 1);
});

test("only time that starts at its end is at its end", () => {
  const time = { play: true, start: 2, values: [0, 1, 2] };
  assert.ok(atEnd(time, 2));
  assert.ok(!atEnd(time, 1));
  assert.ok(!atEnd({ ...time, start: 1 }, 1));
  assert.ok(!atEnd({ ...time, play: false }, 2));
});
