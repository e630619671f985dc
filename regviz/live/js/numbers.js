// How is a number written? By the same rules as in Python: `numberText` is number_text of board.py, `formatNumber` is
// format_number there.

/** @param {number} x @param {number} digits significant ones @returns {string} */
export function numberText(x, digits) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "–" : x > 0 ? "∞" : "-∞";
  if (x === 0) return "0";
  const [mantissa, power] = rounded(x, digits).split("e");
  const exponent = +power;
  if (exponent >= -4 && exponent < 6) return trim((+`${mantissa}e${exponent}`).toFixed(Math.max(digits - 1 - exponent, 0)));
  return `${trim(mantissa)}e${exponent}`;
}

/** @param {string} text */
const trim = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);

/**
 * Like toExponential, but an exact tie goes to the even digit, as in Python.
 * @param {number} x @param {number} digits
 */
function rounded(x, digits) {
  const text = x.toExponential(digits - 1);
  if (+x.toPrecision(digits + 1) !== x) return text; // it has more digits than a tie
  const [exact, exponent] = x.toExponential(digits + 40).split("e");
  const cut = text.indexOf("e");
  const kept = exact.slice(0, cut);
  const tie = /^\.?50*$/.test(exact.slice(cut)) && /[02468]$/.test(kept);
  return tie ? `${kept}e${exponent}` : text;
}

/**
 * The nearest whole number, the even one of two.
 * @param {number} x
 */
export const integer = (x) => Math.round(x) - (Math.abs(x % 1) === 0.5 && Math.round(x) % 2 ? 1 : 0);

/** @param {number} x @param {string} form "int", "%", or how many significant digits @returns {string} */
export function formatNumber(x, form) {
  if (form === "int") return numberText(integer(x), 15);
  if (form === "%") return Number.isFinite(x) ? `${integer(100 * x)} %` : numberText(x, 1);
  return numberText(x, +form);
}

/**
 * What stands at a point of a trace of mode "text"; nothing in a gap.
 * @param {number} x
 */
export const written = (x) => (Number.isFinite(x) ? numberText(x, 3) : "");
