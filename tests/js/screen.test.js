// Is a coordinate at its pixel, and the pixel's coordinate the same again?
import assert from "node:assert/strict";
import { test } from "node:test";

import { hundredth, inverse, scale } from "../../regviz/live/js/screen.js";

test("the ends of a range are the ends of the axis, upwards the other way round", () => {
  const [across, up] = [scale({}, [-2, 6], 200, false), scale({}, [-2, 6], 200, true)];
  assert.deepEqual([-2, 0, 6].map(across), [0, 50, 200]);
  assert.deepEqual([-2, 0, 6].map(up), [200, 150, 0]);
});

test("a logarithmic axis has its range in powers of ten", () => {
  const to = scale({ type: "log" }, [-2, 2], 100, false);
  assert.deepEqual([0.01, 1, 100].map(to), [0, 50, 100]);
  assert.equal(to(0), -Infinity);
  assert.ok(Number.isNaN(to(-1)));
});

test("a reversed range runs backwards", () => {
  assert.deepEqual([2, 1].map(scale({}, [3, 1], 10, false)), [5, 10]);
});

test("the inverse leads back", () => {
  for (const upwards of [false, true]) {
    const to = scale({}, [-1.5, 4], 317, upwards);
    for (const value of [-9, -1.5, 0, 1 / 3, 4]) assert.ok(Math.abs(inverse(to)(to(value)) - value) < 1e-12);
  }
});

test("pixels are rounded to hundredths", () => {
  assert.deepEqual([1.005, -3.14159, 7].map(hundredth), [1, -3.14, 7]);
});
