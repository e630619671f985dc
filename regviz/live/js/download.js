// What does one take home of a figure? A file; and as a table, the numbers behind it.

import { literal } from "./markup.js";

/** @param {Blob} blob @param {string} name */
export function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/**
 * From what is drawn on another scale to the number itself.
 * @type {Record<string, (value: number, by: number) => number>}
 */
const UNDONE = {
  log10: (value, zero) => (zero !== null && Math.abs(value - zero) < 1e-6 ? 0 : 10 ** value),
  asinh: (value, unit) => unit * Math.sinh(value),
  times: (value, factor) => value / factor,
};

/**
 * It was drawn in single precision.
 * @param {[string, number]} how @param {any} value @returns {any}
 */
function undo(how, value) {
  if (typeof value === "number") return Number(UNDONE[how[0]](value, how[1]).toPrecision(6));
  return value && Array.from(value, (part) => undo(how, part));
}

/** @param {string} text */
const safe = (text) => text.replace(/^[=+@\t\r-]/, "'$&"); // no formulas
/** @param {unknown} text */
const quote = (text) => `"${safe(literal(String(text))).replaceAll('"', '""')}"`;
/** @param {any} value */
const cell = (value) => (typeof value === "number" ? (Number.isFinite(value) ? value : "") : quote(value ?? ""));

/**
 * The numbers behind a figure as CSV. Where a coordinate is drawn on another scale, meta or customdata has the number
 * itself, or the expression without its asinh; else meta.drawn of the trace says it of z, and meta of the layout of x
 * and y: ["log10", place of 0], ["asinh", unit] or ["times", factor].
 * @param {import("./figure.js").Figure} figure @returns {string}
 */
export function table(figure) {
  const { arrays, index } = figure.board;
  const { data, layout } = figure.plotlyFigure(true);
  const space = data.some((trace) => trace.z) ? ["z"] : [];
  const lines = [["trace", "label", "x", "y", ...space].join()];
  data.forEach((trace, k) => {
    const live = figure.spec.moving.find((candidate) => candidate.trace === k);
    const drawn = live?.customdata ? (live.x ? "x" : "y") : null;
    /** @param {"x" | "y" | "z"} key */
    const numbers = (key) => {
      if (key === drawn) return trace.customdata;
      if (trace.meta?.[key]) return trace.meta[key];
      const how = key === "z" ? trace.meta?.drawn : layout.meta?.[key];
      if (how) return undo(how, trace[key]);
      const moving = live?.[key];
      return moving?.asinh == null ? trace[key] : arrays.evaluate({ ...moving, asinh: null }, index);
    };
    const [xs, ys, zs] = [numbers("x"), numbers("y"), numbers("z")];
    /** @param {unknown} label @param {any[]} values */
    const write = (label, ...values) => {
      const cells = values.slice(0, 2 + space.length).map(cell);
      lines.push([quote(trace.name ?? ""), quote(label ?? ""), ...cells].join());
    };
    const [across, down] = [[...trace.x.keys()], [...trace.y.keys()]];
    if (trace.type === "heatmap") for (const i of down) for (const j of across) write("", xs[j], ys[i], zs[i][j]);
    else for (const i of across) write(Array.isArray(trace.text) ? trace.text[i] : "", xs[i], ys[i], zs?.[i]);
  });
  return lines.join("\n") + "\n";
}
