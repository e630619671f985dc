// Which colour is meant? `paint` and `merge` are those of theme.py.

/**
 * Roles stand only under keys that end in "color" or "colorscale".
 * @param {any} tree @param {Live.Palette} palette @param {string} [key] @returns {any}
 */
export function paint(tree, palette, key = "") {
  if (typeof tree === "string") {
    if (!/color(scale)?$/.test(key)) return tree;
    const match = /^\$([a-z0-9]+)(?:\/([0-9.]+))?$/.exec(tree);
    if (!match) return tree;
    const value = palette[match[1]];
    if (match[2] === undefined) return value;
    const [r, g, b] = channels(value);
    return `rgba(${r},${g},${b},${match[2]})`;
  }
  if (Array.isArray(tree)) return tree.map((value) => paint(value, palette, key));
  if (tree && typeof tree === "object")
    return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, paint(value, palette, name)]));
  return tree;
}

/**
 * `base` with everything that `over` says instead.
 * @param {any} base @param {any} over @returns {any}
 */
export function merge(base, over) {
  /** @param {any} value */
  const isTree = (value) => value && typeof value === "object" && !Array.isArray(value);
  if (!isTree(base) || !isTree(over)) return over ?? base;
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}

/**
 * The mode in which a board is read on a CSS colour.
 * @param {string} background @returns {Live.Mode}
 */
export function modeOn(background) {
  const probe = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  probe.fillStyle = background || "#ffffff";
  const hex = probe.fillStyle;
  if (!hex.startsWith("#")) return "light";
  const [r, g, b] = channels(hex);
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}

/** @param {string} hex "#rrggbb" */
const channels = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
