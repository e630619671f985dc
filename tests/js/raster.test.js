// Does a heat map show each cell where it lies, and its level where it is crossed?
import assert from "node:assert/strict";
import { test } from "node:test";

import { cells, levelLine, lineOfLevel } from "../../regviz/live/js/raster.js";

test("two cells meet half-way, and the outer ones are as wide outwards", () => {
  const { at, ends } = cells([10, 20, 40], 100);
  assert.deepEqual(ends, [5, 50]);
  assert.equal(at.length, 45);
  assert.deepEqual([at.indexOf(1) + 5, at.indexOf(2) + 5], [15, 30]);
});

test("cells end with the axis, and a falling axis has them the other way round", () => {
  assert.deepEqual(cells([1, 9], 10).ends, [0, 10]);
  const { at } = cells([9, 1], 10);
  assert.deepEqual([...at], [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test("a single cell fills the axis", () => {
  assert.deepEqual([...cells([5], 3).at], [0, 0, 0]);
});

test("the line of a level crosses each edge where a straight line does", () => {
  assert.equal(levelLine([0, 4, 0, 4], [0, 40], [0, 20], 1), "M10 0L10 20");
  assert.equal(levelLine([0, 4, 0, 4], [0, 40], [0, 20], 5), "");
  assert.equal(levelLine([0, 0, 0, 4], [0, 40], [0, 20], 1), "M40 5L10 20");
});

test("a saddle has two pieces", () => {
  assert.equal(levelLine([4, 0, 0, 4], [0, 40], [0, 40], 2).match(/M/g)?.length, 2);
});

test("the same line, as Plotly is told", () => {
  const { type, contours } = lineOfLevel({ x: [0], y: [0], z: [[1]], meta: { level: 0.5 } });
  assert.deepEqual([type, contours.start, contours.end], ["contour", 0.5, 0.5]);
});
