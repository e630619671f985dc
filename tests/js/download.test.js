// Does a table hold the numbers themselves, and words that no spreadsheet runs?
import assert from "node:assert/strict";
import { test } from "node:test";

import { table } from "../../regviz/live/js/download.js";
import { literal, markup } from "../../regviz/live/js/markup.js";

const expected = { a: [3, 4] };
const figureOf = (data, layout = {}, moving = []) => ({
  board: { arrays: { evaluate: ({ vector, asinh }) => (asinh === null ? expected[vector.array] : []) }, index: {} },
  spec: { moving },
  plotlyFigure: () => ({ data, layout }),
});
const rows = (figure) => table(figure).trimEnd().split("\n").slice(1);

test("what is drawn is written, a gap as nothing", () => {
  assert.deepEqual(rows(figureOf([{ name: "w", x: [1, 2], y: [0.5, NaN], text: ["p", "q"] }])), [
    '"w","p",1,0.5',
    '"w","q",2,',
  ]);
});

test("a logarithm is undone, with a place of its own for zero", () => {
  const figure = figureOf([{ x: [-5, -1], y: [0, Math.asinh(2)] }], { meta: { x: ["log10", -5], y: ["asinh", 0.5] } });
  assert.deepEqual(rows(figure), ['"","",0,0', '"","",0.1,1']);
});

test("what hover shows, or the expression without its asinh, is the number itself", () => {
  const moving = [
    { trace: 0, y: { vector: { array: "b" } }, customdata: {} },
    { trace: 1, y: { vector: { array: "a" }, asinh: 2 } },
  ];
  const trace = { x: [1, 2], y: [9, 9] };
  const data = [{ ...trace, customdata: [5, 6] }, trace, { ...trace, meta: { y: [7, 8] } }];
  assert.deepEqual(rows(figureOf(data, {}, moving)).map((row) => row.split(",").at(-1)), ["5", "6", "3", "4", "7", "8"]);
});

test("cells of a heat map stand with both coordinates", () => {
  const data = [{ type: "heatmap", x: [1, 2], y: [5, 6], z: [[0, 1], [2, 3]], meta: { drawn: ["log10", null] } }]; // prettier-ignore
  assert.deepEqual(rows(figureOf(data)), ['"","",1,5,1', '"","",2,5,10', '"","",1,6,100', '"","",2,6,1000']);
});

test("names are quoted, are no markup and no formulas", () => {
  const names = rows(figureOf(["=1+1", 'say "a"', "a &lt; b", "-x"].map((name) => ({ name, x: [1], y: [1] }))));
  assert.deepEqual(names.map((row) => row.split(',""')[0]), [`"'=1+1"`, '"say ""a"""', '"a < b"', `"'-x"`]);
});

test("words as markup are the same words again", () => {
  const words = "a < b && <i>c</i> &lt; &amp;lt;";
  assert.equal(literal(markup(words)), words);
  assert.ok(!/[<>]/.test(markup(words)));
});
