// What does the penalty do to two weights, at the position under the pointer? The mirror of picture.py beside this file
// and of what it calls in regviz/core/toy.
//
// Same names (in camelCase), same order, same formulas; the docstrings there say what every array is, and a test
// holds the two against each other. No drawing and no state: numbers in, Float64Arrays out. `o1, o2` is the optimum,
// `c` the correlation, `rho` the L1 ratio. Points are pairs of arrays, x and y.

const POINTS = 129;
const REACH = 6;
const OPTIMA = 3;
const LEVELS = [0.6, 1.2, 1.8, 2.4, 3];
const FORCE = 0.5;
const ALPHAS = [1e-3, 1e1];
const SLOT = 12;
const THIRD = -1.2;
const GLOBE = 17;
const LEARNING_RATE = 0.1;
const STEPS = 60;
const INPUTS = Float64Array.from({ length: 121 }, (_, i) => (i - 60) / 20);
const PROFILE = Float64Array.from({ length: 161 }, (_, i) => (i - 80) / 20);
const SAMPLES = 56;
const LINE = 64;

// The sparsest first: of several that hold at a tie the first is taken.
const PATTERNS = [[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [1, -1], [-1, 1], [-1, -1]]; // prettier-ignore
const BOTH = PATTERNS.slice(5);
const ROUNDING = 4 * Number.EPSILON;

// ---- the solution ---------------------------------------------------------------------------------------------

/**
 * argmin_w D(w) + α P(w): { a, b, kkt }.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} alpha @param {number} rho
 */
export function solve(c, o1, o2, alpha, rho) {
  const l1 = alpha * rho;
  const l2 = alpha * (1 - rho);
  const [b1, b2] = pull(c, o1, o2);
  let best = { a: 0, b: 0, kkt: Infinity };
  if (Math.abs(c) === 1) {
    const x = softThreshold(b1, l1) / (2 + l2);
    best = { a: x + 0, b: c * x + 0, kkt: violation(c, o1, o2, l1, l2, x, c * x) };
  } else if (alpha === 0) {
    best = { a: o1, b: o2, kkt: violation(c, o1, o2, l1, l2, o1, o2) };
  } else {
    const tolerance = ROUNDING * (Math.abs(o1) + Math.abs(o2) + l1);
    for (let k = 0; k < PATTERNS.length && !(best.kkt <= tolerance); k++) {
      // The weights if these were their signs; 0 where a weight comes out on another side.
      const s1 = PATTERNS[k][0];
      const s2 = PATTERNS[k][1];
      let w1 = 0;
      let w2 = 0;
      if (s2 === 0) {
        w1 = (b1 - s1 * l1) / (1 + l2);
      } else if (s1 === 0) {
        w2 = (b2 - s2 * l1) / (1 + l2);
      } else {
        const plus = ((1 + c) * (o1 + o2) - l1 * (s1 + s2)) / (1 + c + l2);
        const minus = ((1 - c) * (o1 - o2) - l1 * (s1 - s2)) / (1 - c + l2);
        w1 = (plus + minus) / 2;
        w2 = (plus - minus) / 2;
      }
      if (!(s1 * w1 > 0)) w1 = 0;
      if (!(s2 * w2 > 0)) w2 = 0;
      const kkt = violation(c, o1, o2, l1, l2, w1, w2);
      if (kkt < best.kkt) best = { a: w1, b: w2, kkt };
    }
  }
  return best;
}

/**
 * G d by sum and difference: small results keep their digits as |c| → 1.
 * @param {number} c @param {number} d1 @param {number} d2
 */
function pull(c, d1, d2) {
  const plus = (1 + c) * (d1 + d2);
  const minus = (1 - c) * (d1 - d2);
  return [(plus + minus) / 2, (plus - minus) / 2];
}

/**
 * max_j dist(−∂_j D, α ∂P_j) at w, from w and o alone.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} l1 @param {number} l2 @param {number} w1
 * @param {number} w2
 */
function violation(c, o1, o2, l1, l2, w1, w2) {
  const d1 = o1 - w1;
  const d2 = o2 - w2;
  const plus = (1 + c) * (d1 + d2);
  const minus = (1 - c) * (d1 - d2);
  return Math.max(outside((plus + minus) / 2, w1, l1, l2), outside((plus - minus) / 2, w2, l1, l2));
}

/** @param {number} p @param {number} w @param {number} l1 @param {number} l2 */
function outside(p, w, l1, l2) {
  return w !== 0 ? Math.abs(p - (l1 * Math.sign(w) + l2 * w)) : Math.max(Math.abs(p) - l1, 0);
}

/**
 * The ends of the segment of all solutions, NaN where the solution is unique.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} alpha @param {number} rho
 */
function segment(c, o1, o2, alpha, rho) {
  const l1 = alpha * rho;
  const m = o1 + c * o2;
  const s = softThreshold(m, l1);
  const many = Math.abs(c) === 1 && alpha * (1 - rho) === 0 && (s !== 0 || l1 === 0);
  if (!many) return [Float64Array.of(NaN, NaN), Float64Array.of(NaN, NaN)];
  if (l1 > 0) return [Float64Array.of(s, 0), Float64Array.of(0, c * s)];
  const low = Math.max(-REACH, m - REACH);
  const high = Math.min(REACH, m + REACH);
  return [Float64Array.of(low, high), Float64Array.of(c * (m - low), c * (m - high))];
}

// ---- the same family as a budget -----------------------------------------------------------------------------

/**
 * t = ρ‖w‖₁ + (1 − ρ)/2 ‖w‖₂².
 * @param {number} w1 @param {number} w2 @param {number} rho
 */
export function budget(w1, w2, rho) {
  return rho * (Math.abs(w1) + Math.abs(w2)) + ((1 - rho) / 2) * (w1 * w1 + w2 * w2);
}

/**
 * The least α with w = 0; Infinity at ρ = 0, unless G o = 0.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} rho
 */
export function alphaMax(c, o1, o2, rho) {
  const [b1, b2] = pull(c, o1, o2);
  const largest = Math.max(Math.abs(b1), Math.abs(b2));
  return largest === 0 ? 0 : largest / rho;
}

/**
 * t(α).
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} alpha @param {number} rho
 */
function budgetAt(c, o1, o2, alpha, rho) {
  const { a, b } = solve(c, o1, o2, alpha, rho);
  return budget(a, b, rho);
}

/**
 * The α whose solution has the budget t: 0 if t is no constraint, alphaMax if t = 0. Bisection to the last bit.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} t @param {number} rho
 */
export function alphaOfBudget(c, o1, o2, t, rho) {
  if (t >= budgetAt(c, o1, o2, 0, rho)) return 0;
  const [b1, b2] = pull(c, o1, o2);
  let low = 0;
  let high = rho === 0 ? Math.sqrt((b1 * b1 + b2 * b2) / (2 * t)) : alphaMax(c, o1, o2, rho);
  if (t === 0) return high;
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(low < middle && middle < high)) return high;
    if (budgetAt(c, o1, o2, middle, rho) > t) low = middle;
    else high = middle;
  }
}

/**
 * For a dial: which axis values give the computed number `name` (such as "mix_budget") this value?
 * @param {string} name @param {number} value @param {Live.Position} position
 */
export function invert(name, value, position) {
  const [key, number] = name.split("_");
  if (number !== "budget") throw new Error(`no way to set ${name}`);
  const { correlation, optimum_a, optimum_b } = position;
  const rho = RATIOS(position)[key];
  const alpha = alphaOfBudget(correlation, optimum_a, optimum_b, Math.max(value, 0), rho);
  return { alpha: Math.min(alpha, 1e6) }; // beyond the last stop of any slider, and still a number
}

// ---- the path of solutions --------------------------------------------------------------------------------------

/**
 * [alphas, x, y] from w = 0 to α = 0.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} rho
 */
export function path(c, o1, o2, rho) {
  const top = alphaMax(c, o1, o2, rho);
  const alphas = new Float64Array(POINTS);
  alphas.set(kinks(c, o1, o2, rho, top));
  alphas.set(alphaSamples(1 + c, top, rho), 16);
  alphas.set(alphaSamples(1 - c, top, rho), 16 + SAMPLES);
  alphas[POINTS - 1] = top;
  alphas.sort().reverse();
  const x = new Float64Array(POINTS);
  const y = new Float64Array(POINTS);
  for (let i = 1; i < POINTS; i++) {
    const { a, b } = solve(c, o1, o2, alphas[i], rho);
    x[i] = a;
    y[i] = b;
  }
  return [alphas, x, y];
}

/**
 * α in [0, top] (top itself only if ρ > 0) at steps of κ/(κ + α(1 − ρ)) that are fine towards both ends.
 * @param {number} kappa @param {number} top @param {number} rho
 */
function alphaSamples(kappa, top, rho) {
  const alphas = new Float64Array(SAMPLES);
  for (let i = 0; i < SAMPLES; i++) {
    const step = i / (rho === 0 ? SAMPLES : SAMPLES - 1);
    const share = step * step * (3 - 2 * step);
    if (rho === 0) {
      alphas[i] = top > 0 ? kappa * (share / (1 - share)) : 0;
    } else {
      const below = kappa + (1 - rho) * top * (1 - share);
      alphas[i] = top * (share * (below > 0 ? kappa / below : 1));
    }
  }
  return alphas;
}

/**
 * Every α in (0, top) at which a weight may leave or reach zero; zeros beside them.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} rho @param {number} top
 */
function kinks(c, o1, o2, rho, top) {
  const [b1, b2] = pull(c, o1, o2);
  const found = new Float64Array(16);
  let n = 0;
  for (const [b, o] of [[b2, o2], [b1, o1]]) // prettier-ignore
    for (const sign of [1, -1])
      for (const edge of [1, -1]) {
        const square = edge * rho * (1 - rho);
        const linear = edge * rho - (1 - rho) * b - c * sign * rho;
        const constant = -((1 + c) * (1 - c) * o);
        const root = linear * linear - 4 * square * constant;
        const half = -(linear + (linear >= 0 ? 1 : -1) * Math.sqrt(Math.max(root, 0))) / 2;
        for (const [numerator, denominator] of [[half, square], [constant, half]]) { // prettier-ignore
          const alpha = root >= 0 && denominator !== 0 ? numerator / denominator : 0;
          found[n++] = 0 < alpha && alpha < top ? alpha : 0;
        }
      }
  return found;
}

const [LOG_LOW, LOG_HIGH] = ALPHAS.map(Math.log10);
const EVEN = Float64Array.from(
  { length: 2 * SAMPLES },
  (_, i) => 10 ** (LOG_LOW + ((LOG_HIGH - LOG_LOW) * i) / (2 * SAMPLES - 1)),
);

/**
 * [α, t(α)].
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} rho
 */
export function budgetCurve(c, o1, o2, rho) {
  const top = alphaMax(c, o1, o2, rho);
  const alphas = new Float64Array(POINTS);
  alphas.set(EVEN);
  alphas.set(kinks(c, o1, o2, rho, top), 2 * SAMPLES);
  alphas[POINTS - 1] = top;
  for (let i = 0; i < POINTS; i++) alphas[i] = Math.min(Math.max(alphas[i], ALPHAS[0]), ALPHAS[1]);
  alphas.sort();
  const t = new Float64Array(POINTS);
  for (let i = 0; i < POINTS; i++) t[i] = budgetAt(c, o1, o2, alphas[i], rho);
  return [alphas, t];
}

// ---- curves -----------------------------------------------------------------------------------------------------

// cos and sin of equal steps round the circle, exact on the axes.
const [COS, SIN] = (() => {
  const n = POINTS - 1;
  const quarter = n / 4;
  const cos = new Float64Array(POINTS);
  for (let i = 0; i < quarter; i++) {
    const value = i === 0 ? 1 : Math.cos((2 * Math.PI * i) / n);
    cos[i] = value;
    cos[n - i] = value;
    cos[n / 2 - i] = -value;
    cos[n / 2 + i] = -value;
  }
  return [cos, cos.map((_, i) => cos[(i + n - quarter) % n])];
})();

/**
 * The boundary P(w) = t.
 * @param {number} rho @param {number} t
 */
export function ball(rho, t) {
  const x = new Float64Array(POINTS);
  const y = new Float64Array(POINTS);
  for (let i = 0; i < POINTS; i++) {
    const q = rho * (Math.abs(COS[i]) + Math.abs(SIN[i]));
    const s = (1 - rho) * (COS[i] * COS[i] + SIN[i] * SIN[i]);
    const below = q + Math.sqrt(q * q + 2 * s * t);
    const radius = (2 * t) / (below > 0 ? below : 1);
    x[i] = radius * COS[i];
    y[i] = radius * SIN[i];
  }
  return [x, y];
}

/**
 * D(w).
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} w1 @param {number} w2
 */
export function loss(c, o1, o2, w1, w2) {
  const plus = w1 - o1 + (w2 - o2);
  const minus = w1 - o1 - (w2 - o2);
  return ((1 + c) * plus * plus + (1 - c) * minus * minus) / 4;
}

/**
 * The contour of D through w: an ellipse that starts at w, or two lines.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} w1 @param {number} w2
 */
export function contour(c, o1, o2, w1, w2) {
  const points = [new Float64Array(POINTS), new Float64Array(POINTS)];
  if (Math.abs(c) === 1) {
    const at = w1 + c * w2;
    twoLines(points, 0, c, at, 2 * (o1 + c * o2) - at);
  } else {
    const p = Math.sqrt((1 + c) / 2) * (w1 - o1 + (w2 - o2));
    const q = Math.sqrt((1 - c) / 2) * (w1 - o1 - (w2 - o2));
    ellipse(points, 0, c, o1, o2, p, q);
  }
  return points;
}

/**
 * (p, q) turned once round, written from `start` on.
 * @param {Float64Array[]} points @param {number} start @param {number} c @param {number} o1 @param {number} o2
 * @param {number} p @param {number} q
 */
function ellipse([x, y], start, c, o1, o2, p, q) {
  const long = Math.sqrt(2 * (1 + c));
  const across = Math.sqrt(2 * (1 - c));
  for (let i = 0; i < POINTS; i++) {
    const plus = (p * COS[i] - q * SIN[i]) / long;
    const minus = (p * SIN[i] + q * COS[i]) / across;
    x[start + i] = o1 + (plus + minus);
    y[start + i] = o2 + (plus - minus);
  }
}

/**
 * w_a + c w_b = first, then = second, within |w| <= REACH, written from `start` on; a line outside is NaN.
 * @param {Float64Array[]} points @param {number} start @param {number} c @param {number} first @param {number} second
 */
function twoLines([x, y], start, c, first, second) {
  x.fill(NaN, start, start + POINTS);
  y.fill(NaN, start, start + POINTS);
  for (const [offset, level] of [[start, first], [start + LINE + 1, second]]) { // prettier-ignore
    const low = Math.max(-REACH, level - REACH);
    const high = Math.min(REACH, level + REACH);
    if (low > high) continue;
    for (let i = 0; i < LINE; i++) {
      const at = low + ((high - low) * i) / (LINE - 1);
      x[offset + i] = at;
      y[offset + i] = c * (level - at);
    }
  }
}

/**
 * The contours D = m²/2 for m in LEVELS.
 * @param {number} c @param {number} o1 @param {number} o2
 */
export function bowl(c, o1, o2) {
  const length = LEVELS.length * (POINTS + 1) - 1;
  const points = [new Float64Array(length).fill(NaN), new Float64Array(length).fill(NaN)];
  const floor = o1 + c * o2;
  LEVELS.forEach((m, i) => {
    const start = i * (POINTS + 1);
    if (Math.abs(c) === 1) twoLines(points, start, c, floor - m, floor + m);
    else ellipse(points, start, c, o1, o2, m, 0);
  });
  return points;
}

// ---- forces -----------------------------------------------------------------------------------------------------

/**
 * −∇D at w, and the box [low, high] = α ∂P there: three pairs.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} alpha @param {number} rho @param {number} w1
 * @param {number} w2
 */
export function forces(c, o1, o2, alpha, rho, w1, w2) {
  const [smooth1, smooth2] = [w1, w2].map((w) => alpha * rho * Math.sign(w) + alpha * (1 - rho) * w);
  const [slack1, slack2] = [w1, w2].map((w) => (w === 0 ? alpha * rho : 0));
  return {
    pull: pull(c, o1 - w1, o2 - w2),
    low: [smooth1 - slack1, smooth2 - slack2],
    high: [smooth1 + slack1, smooth2 + slack2],
  };
}

// ---- which optima end at zero ---------------------------------------------------------------------------------

/**
 * { none, a, b, both }: lists of polygons, lists of [x, y].
 * @param {number} c @param {number} alpha @param {number} rho @param {number} reach
 */
function regions(c, alpha, rho, reach) {
  const l1 = alpha * rho;
  const l2 = alpha * (1 - rho);
  if (Math.abs(c) === 1) {
    const [right, left] = [1, -1].map((s) => cut(reach, [[s, s * c, l1]]));
    const strip = [[1, c, -l1], [-1, -c, -l1]]; // prettier-ignore
    return {
      none: c > 0 ? [right, [], [], left] : [[], right, left, []],
      a: [[], []],
      b: [[], []],
      both: [l1 > 0 ? cut(reach, strip) : line(reach, 1, c)],
    };
  }
  // w = A o − αρ B s on the pattern s, A and B symmetric with equal diagonals
  const plus = 1 + c + l2;
  const minus = 1 - c + l2;
  const own = ((1 + c) / plus + (1 - c) / minus) / 2;
  const other = ((1 + c) / plus - (1 - c) / minus) / 2;
  const none = BOTH.map(([s1, s2]) => {
    const at1 = (l1 * ((s1 + s2) / plus + (s1 - s2) / minus)) / 2;
    const at2 = (l1 * ((s1 + s2) / plus - (s1 - s2) / minus)) / 2;
    return cut(reach, [[s1 * own, s1 * other, s1 * at1], [s2 * other, s2 * own, s2 * at2]]); // prettier-ignore
  });
  // h b_k − c b_j = nJ o_j + nK o_k
  const [nJ, nK] = [c * l2, (1 + c) * (1 - c) + l2];
  /** @param {number[][][]} pieces */
  const mirrored = (pieces) => pieces.map((piece) => piece.map(([x, y]) => [y, x]));
  if (l1 > 0) {
    const b = [1, -1].map((s) => {
      const below = l1 * (1 + s * c + l2);
      const above = l1 * (1 - s * c + l2);
      return cut(reach, [[s, s * c, l1], [nJ, nK, -below], [-nJ, -nK, -above]]); // prettier-ignore
    });
    const both = cut(reach, [[1, c, -l1], [-1, -c, -l1], [c, 1, -l1], [-c, -1, -l1]]); // prettier-ignore
    return { none, a: mirrored(b), b, both: [both] };
  }
  const b = line(reach, nJ, nK).map((end) => [[0, 0], end]);
  return { none, a: mirrored(b), b, both: [[[0, 0]]] };
}

/**
 * The four regions as flat polygons and their shares of the square.
 * @param {number} c @param {number} alpha @param {number} rho @param {number} [reach]
 */
export function zeroMap(c, alpha, rho, reach = OPTIMA) {
  /** @type {Record<string, {points: Float64Array[], share: number}>} */
  const map = {};
  for (const [name, pieces] of Object.entries(regions(c, alpha, rho, reach))) {
    const share = pieces.reduce((sum, piece) => sum + area(piece), 0) / (4 * reach * reach);
    map[name] = { points: lay(pieces), share };
  }
  return map;
}

/**
 * The part of the square where every half-plane n · o >= k holds.
 * @param {number} reach @param {number[][]} planes
 */
function cut(reach, planes) {
  let polygon = [[-reach, -reach], [reach, -reach], [reach, reach], [-reach, reach]]; // prettier-ignore
  for (const [n1, n2, k] of planes) {
    /** @type {number[][]} */
    const kept = [];
    polygon.forEach(([x, y], i) => {
      const [x0, y0] = polygon.at(i - 1) ?? [x, y];
      const before = n1 * x0 + n2 * y0 - k;
      const here = n1 * x + n2 * y - k;
      if (before >= 0 !== here >= 0) {
        const share = before / (before - here);
        kept.push([x0 + (x - x0) * share, y0 + (y - y0) * share]);
      }
      if (here >= 0) kept.push([x, y]);
    });
    polygon = kept;
  }
  return polygon;
}

/**
 * The two ends of n · o = 0 in the square.
 * @param {number} reach @param {number} n1 @param {number} n2
 */
function line(reach, n1, n2) {
  const scale = reach / Math.max(Math.abs(n1), Math.abs(n2));
  return [[n2 * scale, -n1 * scale], [-n2 * scale, n1 * scale]]; // prettier-ignore
}

/**
 * Gauss's shoelace formula.
 * @param {number[][]} polygon
 */
function area(polygon) {
  let total = 0;
  polygon.forEach(([x, y], i) => {
    const [x0, y0] = polygon.at(i - 1) ?? [x, y];
    total += x0 * y - x * y0;
  });
  return Math.abs(total) / 2;
}

/**
 * Closed pieces of SLOT points each, NaN between them.
 * @param {number[][][]} pieces
 */
function lay(pieces) {
  const length = pieces.length * (SLOT + 1) - 1;
  const [x, y] = [new Float64Array(length).fill(NaN), new Float64Array(length).fill(NaN)];
  pieces.forEach((piece, i) => {
    if (!piece.length) return;
    const closed = [...piece, piece[0]];
    for (let k = 0; k < SLOT; k++)
      [x[i * (SLOT + 1) + k], y[i * (SLOT + 1) + k]] = closed[Math.min(k, closed.length - 1)];
  });
  return [x, y];
}

// ---- one weight: the fee and the tax --------------------------------------------------------------------------

/**
 * S(z) = sign(z) max(|z| − threshold, 0): what a fee leaves.
 * @param {number} z @param {number} threshold
 */
export function softThreshold(z, threshold) {
  return Math.sign(z) * Math.max(Math.abs(z) - threshold, 0);
}

/**
 * z / (1 + α(1 − ρ)): what a tax leaves.
 * @param {number} z @param {number} alpha @param {number} rho
 */
export function shrinkage(z, alpha, rho) {
  return z / (1 + alpha * (1 - rho));
}

/**
 * argmin_w ½(w − z)² + α P(w).
 * @param {number} z @param {number} alpha @param {number} rho
 */
const prox = (z, alpha, rho) => shrinkage(softThreshold(z, alpha * rho), alpha, rho);

/**
 * Proximal steps on the penalty alone.
 * @param {number} start @param {number} alpha @param {number} rho @param {number} learningRate @param {number} nSteps
 */
export function shrinkSteps(start, alpha, rho, learningRate, nSteps) {
  const w = new Float64Array(nSteps + 1);
  const fee = learningRate * alpha * rho;
  const tax = 1 + learningRate * alpha * (1 - rho);
  w[0] = start;
  for (let k = 0; k < nSteps; k++) w[k + 1] = softThreshold(w[k], fee) / tax;
  return w;
}

// ---- three weights ---------------------------------------------------------------------------------------------

/**
 * Two arrays of gaps.
 * @param {number} length
 */
const nothing = (length) => [0, 1].map(() => new Float64Array(length).fill(NaN));

/**
 * P(w) of any number of weights.
 * @param {number[]} w @param {number} rho
 */
function penaltyOf(w, rho) {
  return w.reduce((sum, v) => sum + rho * Math.abs(v) + ((1 - rho) / 2) * v * v, 0);
}

// Directions of a globe with exact poles, equator and meridians: latitude by longitude.
const DIRECTIONS = (() => {
  /** @param {number} k */
  const turn = (k) => {
    const n = 2 * (GLOBE - 1);
    const quarter = n / 4;
    const exact = k % quarter === 0 ? [1, 0, -1, 0][(k / quarter) % 4] : null;
    return exact ?? Math.cos((2 * Math.PI * k) / n);
  };
  const n = 2 * (GLOBE - 1);
  /** @param {number} k */
  const cos = (k) => turn(((k % n) + n) % n);
  /** @param {number} k */
  const sin = (k) => cos(k - n / 4);
  const points = [];
  for (let row = 0; row < GLOBE; row++)
    for (let k = 0; k <= n; k++) points.push([sin(row) * cos(k), sin(row) * sin(k), cos(row)]);
  return points;
})();

/**
 * P(w) = t in every direction: x, y, z.
 * @param {number} rho @param {number} t
 */
function ballSurface(rho, t) {
  const surface = [0, 1, 2].map(() => new Float64Array(DIRECTIONS.length));
  DIRECTIONS.forEach((u, i) => {
    const q = rho * (Math.abs(u[0]) + Math.abs(u[1]) + Math.abs(u[2]));
    const s = u[0] * u[0] + u[1] * u[1] + u[2] * u[2];
    const under = q + Math.sqrt(q * q + 2 * (1 - rho) * t * s);
    for (let j = 0; j < 3; j++) surface[j][i] = under > 0 ? (2 * t * u[j]) / under : 0;
  });
  return surface;
}

// ---- all of it -------------------------------------------------------------------------------------------------

/** @param {Live.Position} position @returns {Record<string, number>} */
const RATIOS = ({ l1_ratio }) => ({ l1: 1, mix: l1_ratio, l2: 0 });

/**
 * All that the page draws at { alpha, l1_ratio, correlation, optimum_a, optimum_b }.
 * @param {Live.Position} position
 */
export default function picture(position) {
  const { alpha, correlation: c, optimum_a: o1, optimum_b: o2 } = position;
  /** @type {Record<string, Float64Array>} */
  const arrays = {};
  for (const name of ["alpha", "l1_ratio", "correlation", "optimum_a", "optimum_b"])
    arrays[name] = Float64Array.of(position[name]);
  arrays.t_inactive = Float64Array.of(alpha === 0 ? 1 : 0);
  arrays.input_x = INPUTS;
  arrays.steps_x = Float64Array.from({ length: STEPS + 1 }, (_, k) => k);
  arrays.profile_x = PROFILE;
  arrays.optimum_c = Float64Array.of(THIRD);
  arrays.zero = Float64Array.of(0);
  const background = bowl(c, o1, o2);
  for (const [prefix, rho] of Object.entries(RATIOS(position)))
    for (const [name, values] of Object.entries(column(c, o1, o2, alpha, rho, background)))
      arrays[`${prefix}_${name}`] = values;
  return arrays;
}

/**
 * The arrays of `picture` for one ρ.
 * @param {number} c @param {number} o1 @param {number} o2 @param {number} alpha @param {number} rho
 * @param {Float64Array[]} background
 */
function column(c, o1, o2, alpha, rho, background) {
  const { a, b, kkt } = solve(c, o1, o2, alpha, rho);
  const t = budget(a, b, rho);
  const force = forces(c, o1, o2, alpha, rho, a, b);
  const zeros = zeroMap(c, alpha, rho);
  /** @param {number[]} direction */
  const from = ([x, y]) => [a + FORCE * x, b + FORCE * y];
  const [pulled, low, high] = [force.pull, force.low, force.high].map(from);
  /** @param {number[][]} points */
  const polygon = (...points) => [0, 1].map((j) => Float64Array.from(points, (point) => point[j]));
  const box = polygon(low, [high[0], low[1]], high, [low[0], high[1]], low);
  const lines = {
    ball: ball(rho, t),
    limit: alpha > 0 ? ball(rho, t) : nothing(POINTS),
    slack: alpha === 0 ? ball(rho, t) : nothing(POINTS),
    contour: contour(c, o1, o2, a, b),
    bowl: background,
    path: path(c, o1, o2, rho).slice(1),
    segment: segment(c, o1, o2, alpha, rho),
    force: polygon([a, b], pulled),
    counter: polygon([a, b], [2 * a - pulled[0], 2 * b - pulled[1]]),
    cone: box,
    wedge: a !== 0 || b !== 0 ? polygon([a, b], low, high, [a, b], [a, b]) : box,
    zeromap_none: zeros.none.points,
    zeromap_a: zeros.a.points,
    zeromap_b: zeros.b.points,
    zeromap_both: zeros.both.points,
    budget_curve: budgetCurve(c, o1, o2, rho),
  };
  const shown = [lines.ball, lines.force, lines.counter, lines.cone].flat();
  const largest = shown.reduce((top, v) => v.reduce((m, x) => Math.max(m, Math.abs(x)), top), 0);
  const numbers = {
    solution_a: a,
    solution_b: b,
    kkt,
    budget: t,
    level: loss(c, o1, o2, a, b),
    alpha_max: alphaMax(c, o1, o2, rho),
    budget_max: budgetAt(c, o1, o2, 0, rho),
    pull_a: force.pull[0],
    pull_b: force.pull[1],
    threshold: alpha * rho,
    zeros: +(a === 0) + +(b === 0),
    case: +(a === 0) + 2 * +(b === 0),
    tie: +lines.segment.every((ends) => ends.every(Number.isFinite)),
    output: prox(o1, alpha, rho),
    force_span: 1.15 * (largest || 1),
  };
  /** @type {Record<string, Float64Array>} */
  const arrays = {};
  for (const [name, value] of Object.entries(numbers)) arrays[name] = Float64Array.of(value);
  for (const [name, [x, y]] of Object.entries(lines)) [arrays[`${name}_x`], arrays[`${name}_y`]] = [x, y];
  for (const name of ["none", "a", "b", "both"]) arrays[`area_${name}`] = Float64Array.of(zeros[name].share);
  const touch = [o1, o2, THIRD].map((o) => prox(o, alpha, rho)); // uncorrelated: one weight at a time
  arrays.touch_zeros = Float64Array.of(touch.filter((w) => w === 0).length);
  const surface = ballSurface(rho, penaltyOf(touch, rho));
  ["x", "y", "z"].forEach((axis, j) => {
    arrays[`touch_${axis}`] = Float64Array.of(touch[j]);
    arrays[`three_${axis}`] = surface[j];
  });
  arrays.profile_loss = PROFILE.map((w) => loss(c, o1, o2, w, b));
  arrays.profile_penalty = PROFILE.map((w) => alpha * budget(w, b, rho));
  arrays.profile_y = arrays.profile_loss.map((value, i) => value + arrays.profile_penalty[i]);
  arrays.output_y = INPUTS.map((z) => prox(z, alpha, rho));
  arrays.steps_y = shrinkSteps(o1, alpha, rho, LEARNING_RATE, STEPS);
  return arrays;
}
