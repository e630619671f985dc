// Which stop of an axis is meant? `nearest` is Axis.nearest of board.py.

/**
 * The index of the value closest to x.
 * @param {ArrayLike<number>} values @param {number} x @returns {number}
 */
export function closest(values, x) {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (Math.abs(values[i] - x) < Math.abs(values[best] - x)) best = i;
  return best;
}

/** @param {Live.Stops} axis @param {unknown} raw a number, or what somebody wrote @returns {number} */
export function nearest(axis, raw) {
  const isNumber = typeof raw === "number" || /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(String(raw ?? ""));
  const value = isNumber ? Number(raw) : NaN;
  if (!Number.isFinite(value)) return axis.start ?? 0;
  return closest(axis.values, value);
}

/**
 * Time that starts at its end stays there when there is more of it: its end goes into no URL.
 * @param {Live.Axis} axis @param {number} stop
 */
export function atEnd(axis, stop) {
  return axis.play && axis.start === axis.values.length - 1 && stop === axis.start;
}
