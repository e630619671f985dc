// Where on the screen is a coordinate, and which coordinate is at a pixel?

export const far = 1e5; // SVG coordinates stay within this many pixels, whatever the data

/** @param {number} x pixels */
export const hundredth = (x) => Math.round(x * 100) / 100;

/**
 * @param {{type?: string}} axis of Plotly
 * @param {number[]} range
 * @param {number} length pixels
 * @param {boolean} upwards
 * @returns {Live.Scale}
 */
export function scale(axis, [low, high], length, upwards) {
  const position = axis.type === "log" ? Math.log10 : /** @param {number} v */ (v) => v;
  const slope = length / (high - low);
  return upwards ? (v) => length - (position(v) - low) * slope : (v) => (position(v) - low) * slope;
}

/**
 * The inverse of a linear scale.
 * @param {Live.Scale} to @returns {Live.Scale}
 */
export function inverse(to) {
  const slope = to(1) - to(0);
  return (pixel) => (pixel - to(0)) / slope;
}
