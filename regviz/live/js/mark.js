// What does a moving trace look like? One SVG path, or words at points.

import { set, svg } from "./elements.js";
import { literal } from "./markup.js";
import { written } from "./numbers.js";
import { far, hundredth } from "./screen.js";

/** @type {Record<string, (x: number, y: number, r: number) => string>} */
const SYMBOLS = {
  circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
  x: (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
  cross: (x, y, r) => `M${x - r} ${y}h${2 * r}m${-r} ${-r}v${2 * r}`,
  diamond: (x, y, r) => `M${x - r} ${y}l${r} ${-r}l${r} ${r}l${-r} ${r}Z`,
  square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
};
/** @type {Record<string, string>} */
const DASHES = { dash: "7 5", dot: "2 4", dashdot: "7 4 2 4", longdash: "12 6" };

export class Mark {
  /** @param {SVGElement} parent @param {any} trace of Plotly, painted */
  constructor(parent, trace) {
    this.trace = trace;
    this.draw = this.lines;
    this.symbol = SYMBOLS.circle;
    /** @type {string | undefined} */
    this.d = undefined; // as it is drawn
    this.side = 0;
    this.anchor = "middle";
    this.path = parent.appendChild(svg("path"));
    this.style();
  }

  style() {
    const { type = "scatter", mode = "lines", line = {}, marker = {}, fill, fillcolor, opacity } = this.trace;
    const { path } = this;
    if (type === "bar") {
      this.draw = this.bars;
      const edge = marker.line?.width;
      set(path, { fill: marker.color, stroke: edge ? marker.line.color : "none", "stroke-width": edge });
    } else if (mode === "text") {
      this.group = svg("g");
      path.replaceWith(this.group);
      const side = /left|right/.exec(this.trace.textposition)?.[0];
      this.side = side ? (side === "left" ? -1 : 1) : 0;
      this.anchor = ["end", "middle", "start"][this.side + 1];
      set(this.group, { class: "text", fill: this.trace.textfont?.color });
    } else if (mode === "markers") {
      this.draw = this.points;
      const symbol = marker.symbol ?? "circle";
      const open = symbol.endsWith("-open") || symbol.startsWith("x") || symbol.startsWith("cross");
      this.symbol = SYMBOLS[symbol.replace(/-.*/, "")] ?? this.symbol;
      const [colour, width] = open ? [marker.color, 2] : [marker.line?.color ?? "none", marker.line?.width ?? 0];
      set(path, { fill: open ? "none" : marker.color, stroke: colour, "stroke-width": width });
    } else {
      const dashes = DASHES[line.dash];
      set(path, { fill: fill === "toself" ? fillcolor : "none", stroke: line.color, "stroke-width": line.width ?? 2 });
      set(path, { "stroke-dasharray": dashes, "stroke-linejoin": "round" });
    }
    set(path, { opacity });
  }

  /**
   * @param {Live.Numbers} x
   * @param {Live.Numbers} y
   * @param {Live.Scale} toX
   * @param {Live.Scale} toY
   * @param {ArrayLike<number | string>} [text]
   */
  update(x, y, toX, toY, text) {
    if (this.group) this.words(x, y, toX, toY, this.group, text ?? this.trace.text);
    else {
      const d = this.draw(x, y, toX, toY);
      if (d !== this.d) this.path.setAttribute("d", (this.d = d)); // the same again would still cost a style
    }
  }

  /**
   * Words at points; "right" of a point starts there, as in Plotly's textposition.
   * @param {Live.Numbers} x
   * @param {Live.Numbers} y
   * @param {Live.Scale} toX
   * @param {Live.Scale} toY
   * @param {SVGGElement} group
   * @param {ArrayLike<number | string>} text
   */
  words(x, y, toX, toY, group, text) {
    const width = Number(/** @type {Element} */ (group.parentNode).getAttribute("width"));
    while (group.childElementCount < x.length) group.append(svg("text"));
    for (let i = 0; i < x.length; i++) {
      const [word, told, px, py] = [group.children[i], text[i], toX(x[i]), toY(y[i])];
      const there = Math.abs(px) < far && Math.abs(py) < far;
      const name = !there ? "" : typeof told === "number" ? written(told) : literal(told);
      word.textContent = name;
      if (!there) continue;
      // A name that would leave the plot on the right stands on the left of its point.
      const flip = this.side > 0 && px + 8 + 6.2 * name.length > width;
      word.setAttribute("text-anchor", flip ? "end" : this.anchor);
      word.setAttribute("x", String(hundredth(px) + (flip ? -8 : this.side * 8)));
      word.setAttribute("y", String(hundredth(py + 4)));
    }
  }

  /** @type {Live.Drawing} */
  lines(x, y, toX, toY) {
    let d = "";
    let pen = "M";
    for (let i = 0; i < x.length; i++) {
      const px = toX(x[i]);
      const py = Math.abs(px) < Infinity ? toY(y[i]) : NaN;
      if (!(Math.abs(py) < Infinity)) {
        pen = "M";
        continue;
      }
      d += pen + hundredth(Math.max(-far, Math.min(far, px))) + " " + hundredth(Math.max(-far, Math.min(far, py)));
      pen = "L";
    }
    return d;
  }

  /** @type {Live.Drawing} */
  points(x, y, toX, toY) {
    const radius = (this.trace.marker.size ?? 6) / 2;
    let d = "";
    for (let i = 0; i < x.length; i++) {
      const px = toX(x[i]);
      const py = toY(y[i]);
      if (Math.abs(px) < far && Math.abs(py) < far) d += this.symbol(hundredth(px), hundredth(py), radius);
    }
    return d;
  }

  /** @type {Live.Drawing} */
  bars(x, y, toX, toY) {
    const { orientation, base = 0, width = 0.8 } = this.trace;
    const flat = orientation === "h";
    const [across, along, toAcross, toAlong] = flat ? [y, x, toY, toX] : [x, y, toX, toY];
    let d = "";
    for (let i = 0; i < across.length; i++) {
      const from = typeof base === "object" ? base[i] : base;
      if (!along[i]) continue; // a bar of no length, or a gap
      const half = (Array.isArray(width) ? width[i] : width) / 2;
      const a = hundredth(toAcross(across[i] - half));
      const b = hundredth(toAcross(across[i] + half));
      const p = hundredth(Math.max(-far, Math.min(far, toAlong(from))));
      const q = hundredth(Math.max(-far, Math.min(far, toAlong(from + along[i]))));
      d += flat ? `M${p} ${a}H${q}V${b}H${p}Z` : `M${a} ${p}V${q}H${b}V${p}Z`;
    }
    return d;
  }
}
