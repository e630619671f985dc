// The live component: sliders whose every stop is drawn in the browser, with no server in between.
//
// Plotly draws what stands still (axes, data) once. Traces that move are drawn by an SVG overlay in the same axis
// coordinates, one animation frame at a time; Plotly holds them too, invisibly, so that hover, zoom and the
// PNG/SVG/CSV downloads work on the real trace. This file knows axes, arrays, traces and templates, nothing of what
// they mean. Its counterpart in Python is board.py: `evaluate` = Moving.at, `say` = Board.say.

const SVG = "http://www.w3.org/2000/svg";
const boards = new WeakMap(); // mount point -> Board, kept between calls

export default function (component) {
  const { data, parentElement } = component;
  let board = boards.get(parentElement);
  if (!board) {
    board = new Board(parentElement);
    boards.set(parentElement, board);
  }
  board.show(data).catch((error) => {
    board.tell(`The figures could not be built: ${error.message}. Reload the page; if that does not help, try a newer browser.`);
    throw error;
  });
  return () => {
    board.close();
    boards.delete(parentElement);
  };
}

// ---- Plotly, loaded once a page -------------------------------------------------------------------------

let plotly = null;
let attempts = 0;
function loadPlotly(address) {
  plotly ??= fetchPlotly(new URL(address, document.baseURI).href).catch((error) => {
    plotly = null; // the next call tries again
    throw error;
  });
  return plotly;
}

async function fetchPlotly(address) {
  for (const last of [false, true]) {
    // Whatever a cache holds under the plain address is not asked for again.
    const Plotly = window.Plotly ?? (await runScript(attempts++ ? `${address}?${attempts}` : address));
    if (Plotly) return Plotly;
    const trouble = await whatComes(address);
    if (trouble || last) throw new Error(trouble ?? "the drawing library came, but does not run in this browser. Try a newer one.");
  }
}

function runScript(address) {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = script.onerror = () => {
      if (!window.Plotly) script.remove();
      resolve(window.Plotly);
    };
    document.head.append(script);
  });
}

// What is wrong with the answer at an address where a script should be; null if nothing is.
async function whatComes(address) {
  let answer;
  try {
    answer = await fetch(address, { cache: "no-store" });
  } catch {
    return "the drawing library did not come. Check the connection to this app, and whether the network asks you to sign in.";
  }
  answer.body?.cancel();
  if (!answer.ok) return `the server answered ${answer.status} when asked for the drawing library. If that stays so, tell whoever runs this app.`;
  if (/javascript/.test(answer.headers.get("content-type"))) return null;
  return "another page came in place of the drawing library, perhaps one to sign in. Open this app in a new tab, sign in there, and come back.";
}

// A module that travels as text (the source of a board), imported once for each text.
const modules = new Map();
function loadModule(text) {
  if (!modules.has(text)) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    modules.set(text, import(address));
  }
  return modules.get(text);
}

// Plotly writes its few style rules into the document's head, where a shadow root does not see them.
function adoptPlotlyStyles(root) {
  const global = document.querySelector('style[id^="plotly.js-style"]');
  if (!global?.sheet || !root.adoptedStyleSheets || root.adoptedStyleSheets.some((s) => s.ofPlotly)) return;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync([...global.sheet.cssRules].map((rule) => rule.cssText).join("\n"));
  sheet.ofPlotly = true;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

// ---- numbers as text: the same rules as number_text and format_number in board.py ------------------------

export function numberText(x, digits) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "–" : x > 0 ? "∞" : "-∞";
  if (x === 0) return "0";
  const [mantissa, exponent] = rounded(x, digits).split("e");
  const trim = (text) => (text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text);
  if (exponent >= -4 && exponent < 6) return trim((+`${mantissa}e${exponent}`).toFixed(Math.max(digits - 1 - exponent, 0)));
  return `${trim(mantissa)}e${+exponent}`;
}

// Like toExponential, but an exact tie goes to the even digit, as in Python.
function rounded(x, digits) {
  const text = x.toExponential(digits - 1);
  if (+x.toPrecision(digits + 1) !== x) return text; // it has more digits than a tie
  const [exact, exponent] = x.toExponential(digits + 40).split("e");
  const cut = text.indexOf("e");
  const kept = exact.slice(0, cut);
  const tie = /^\.?50*$/.test(exact.slice(cut)) && /[02468]$/.test(kept);
  return tie ? `${kept}e${exponent}` : text;
}

// The nearest whole number, the even one of two.
const integer = (x) => Math.round(x) - (Math.abs(x % 1) === 0.5 && Math.round(x) % 2 ? 1 : 0);

export function formatNumber(x, form) {
  if (form === "int") return numberText(integer(x), 15);
  if (form === "%") return Number.isFinite(x) ? `${integer(100 * x)} %` : numberText(x, 1);
  return numberText(x, +form);
}

// A column of bytes, deflated by zlib, as an ArrayBuffer.
function inflate(column) {
  const bytes = column.getChild("value")?.toArray() ?? column.getChildAt(0).toArray();
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// ---- arrays over the axes --------------------------------------------------------------------------------

class Arrays {
  // `source` computes what the sweep does not hold: (position by axis name) => arrays by name.
  constructor(spec, buffers, source, axes) {
    Object.assign(this, { source, axes, entries: {} });
    for (const [name, entry] of Object.entries(spec)) {
      const size = entry.shape.reduce((a, b) => a * b, 1);
      const strides = [];
      let stride = size;
      for (let k = entry.lengths.length - 1; k >= 0; k--) {
        strides[k] = stride;
        stride *= entry.lengths[k];
      }
      this.entries[name] = { ...entry, size, strides, values: buffers[entry.buffer] };
    }
  }

  read({ array, pin = {}, item, along }, index) {
    if (!(array in this.entries)) {
      const computed = this.compute(array, index);
      return item === undefined ? computed : computed.subarray(item, item + 1);
    }
    const { values, start, size, axes, strides, lengths, scale } = this.entries[array];
    let from = start + (item ?? 0);
    let [step, count] = [1, item === undefined ? size : 1];
    for (let k = 0; k < axes.length; k++)
      if (axes[k] === along) [step, count] = [strides[k], lengths[k]];
      else from += strides[k] * (pin[axes[k]] ?? index[axes[k]]);
    if (step === 1 && scale === 1) return values.subarray(from, from + count);
    const out = new Float64Array(count);
    for (let i = 0; i < count; i++) out[i] = values[from + i * step] * scale;
    return out;
  }

  // The axes on which an expression depends; null if it is computed.
  axesOf({ array, pin = {}, along }) {
    return this.entries[array]?.axes.filter((axis) => !(axis in pin) && axis !== along) ?? null;
  }

  position(index) {
    return Object.fromEntries(this.axes.map((axis) => [axis.name, axis.values[index[axis.name]]]));
  }

  compute(array, index) {
    const key = this.axes.map((axis) => index[axis.name]).join();
    if (key !== this.computedAt) [this.computedAt, this.computed] = [key, this.source(this.position(index))];
    const values = this.computed[array];
    if (!values) throw new Error(`no array is called ${array}`);
    return values;
  }

  evaluate(moving, index) {
    let v = this.read(moving.vector, index);
    let out;
    if (moving.take) out = Float64Array.from(this.read({ array: moving.take }, index), (i) => v[i]);
    if (moving.matrix) {
      const matrix = this.read({ array: moving.matrix }, index);
      const inner = v.length;
      const rows = matrix.length / inner;
      const source = out ?? v;
      out = new Float64Array(rows);
      for (let i = 0, at = 0; i < rows; i++) {
        let sum = 0;
        for (let j = 0; j < inner; j++) sum += matrix[at++] * source[j];
        out[i] = sum;
      }
    }
    if (moving.template) {
      const template = this.read({ array: moving.template }, index);
      const source = out ?? v;
      out = Float64Array.from(template, source.length === 1 ? (t) => t * source[0] : (t, i) => t * source[i]);
    }
    out ??= new Float64Array(v);
    if (moving.onlyZeros) for (let i = 0; i < out.length; i++) out[i] = out[i] === 0 ? 0 : NaN;
    if (moving.offset) {
      const offset = this.read(moving.offset, index)[0];
      for (let i = 0; i < out.length; i++) out[i] += offset;
    }
    if (moving.asinh != null) for (let i = 0; i < out.length; i++) out[i] = Math.asinh(out[i] / moving.asinh);
    if (moving.mask) {
      const { vector, low, high, take } = moving.mask;
      const w = this.read(vector, index);
      const at = take && this.read({ array: take }, index);
      for (let i = 0; i < out.length; i++) {
        const value = w[at ? at[i] : i];
        if (!(value > low && value <= high)) out[i] = NaN;
      }
    }
    if (moving.bins) {
      const [low, high, n] = moving.bins;
      const counts = new Float64Array(n);
      for (const value of out)
        if (value !== 0) counts[Math.max(0, Math.min(n - 1, Math.floor(((value - low) / (high - low)) * n)))]++;
      return counts;
    }
    return out;
  }
}

// ---- colours by role ---------------------------------------------------------------------------------------

// Roles stand only under keys that end in "color", as in theme.paint.
function paint(tree, palette, key = "") {
  if (typeof tree === "string") {
    if (!/color(scale)?$/.test(key)) return tree;
    const match = /^\$([a-z0-9]+)(?:\/([0-9.]+))?$/.exec(tree);
    if (!match) return tree;
    const value = palette[match[1]];
    if (match[2] === undefined) return value;
    const [r, g, b] = [1, 3, 5].map((i) => parseInt(value.slice(i, i + 2), 16));
    return `rgba(${r},${g},${b},${match[2]})`;
  }
  if (Array.isArray(tree)) return tree.map((value) => paint(value, palette, key));
  if (tree && typeof tree === "object")
    return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, paint(value, palette, name)]));
  return tree;
}

// `base` with everything that `over` says instead, as theme.merge does it.
function merge(base, over) {
  const isTree = (value) => value && typeof value === "object" && !Array.isArray(value);
  if (!isTree(base) || !isTree(over)) return over ?? base;
  const merged = { ...base };
  for (const [key, value] of Object.entries(over)) merged[key] = merge(base[key], value);
  return merged;
}

function modeOf(element) {
  const background = getComputedStyle(element).getPropertyValue("--st-background-color").trim();
  const probe = document.createElement("canvas").getContext("2d");
  probe.fillStyle = background || "#ffffff";
  const hex = probe.fillStyle;
  if (!hex.startsWith("#")) return "light";
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
}

// ---- one moving trace as SVG -------------------------------------------------------------------------------

const number = (x) => Math.round(x * 100) / 100; // a hundredth of a pixel
const LEVEL = "#10202e"; // the line of a level, on colours that are the same in both modes
const far = 1e5; // SVG coordinates stay within this many pixels, whatever the data

const SYMBOLS = {
  circle: (x, y, r) => `M${x - r} ${y}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`,
  x: (x, y, r) => `M${x - r} ${y - r}l${2 * r} ${2 * r}m0 ${-2 * r}l${-2 * r} ${2 * r}`,
  cross: (x, y, r) => `M${x - r} ${y}h${2 * r}m${-r} ${-r}v${2 * r}`,
  diamond: (x, y, r) => `M${x - r} ${y}l${r} ${-r}l${r} ${r}l${-r} ${r}Z`,
  square: (x, y, r) => `M${x - r} ${y - r}h${2 * r}v${2 * r}h${-2 * r}Z`,
};
// What Plotly's markup says, where no markup is read; and words as such markup.
const literal = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const markup = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const written = (x) => (Number.isFinite(x) ? numberText(x, 3) : "");
const DASHES = { dash: "7 5", dot: "2 4", dashdot: "7 4 2 4", longdash: "12 6" };

class Mark {
  constructor(parent, trace, live) {
    this.trace = trace;
    this.live = live;
    this.path = document.createElementNS(SVG, "path");
    parent.append(this.path);
    this.style();
  }

  style() {
    const { type = "scatter", mode = "lines", line = {}, marker = {}, fill, fillcolor } = this.trace;
    const path = this.path;
    const set = (name, value) => (value == null ? path.removeAttribute(name) : path.setAttribute(name, value));
    if (type === "bar") {
      this.draw = this.bars;
      set("fill", marker.color);
      set("stroke", marker.line?.width ? marker.line.color : "none");
      set("stroke-width", marker.line?.width);
    } else if (mode === "text") {
      const group = document.createElementNS(SVG, "g");
      path.replaceWith(group);
      const side = /left|right/.exec(this.trace.textposition)?.[0];
      this.side = { left: -1, right: 1 }[side] ?? 0;
      this.anchor = { left: "end", right: "start" }[side] ?? "middle";
      group.setAttribute("class", "text");
      group.setAttribute("fill", this.trace.textfont?.color);
      this.group = group;
    } else if (mode === "markers") {
      this.draw = this.points;
      const symbol = marker.symbol ?? "circle";
      const open = symbol.endsWith("-open") || symbol.startsWith("x") || symbol.startsWith("cross");
      this.symbol = SYMBOLS[symbol.replace(/-.*/, "")] ?? SYMBOLS.circle;
      set("fill", open ? "none" : marker.color);
      set("stroke", open ? marker.color : marker.line?.color ?? "none");
      set("stroke-width", open ? 2 : marker.line?.width ?? 0);
    } else {
      this.draw = this.lines;
      set("fill", fill === "toself" ? fillcolor : "none");
      set("stroke", line.color);
      set("stroke-width", line.width ?? 2);
      set("stroke-dasharray", DASHES[line.dash]);
      set("stroke-linejoin", "round");
    }
    set("opacity", this.trace.opacity);
  }

  update(x, y, toX, toY, text) {
    if (this.group) this.words(x, y, toX, toY, text ?? this.trace.text);
    else {
      const d = this.draw(x, y, toX, toY);
      if (d !== this.d) this.path.setAttribute("d", (this.d = d)); // the same again would still cost a style
    }
  }

  // Words at points; "right" of a point starts there, as in Plotly's textposition.
  words(x, y, toX, toY, text) {
    const { group } = this;
    const width = +group.parentNode.getAttribute("width");
    while (group.childElementCount < x.length) group.append(document.createElementNS(SVG, "text"));
    for (let i = 0; i < x.length; i++) {
      const [word, px, py] = [group.children[i], toX(x[i]), toY(y[i])];
      const there = Math.abs(px) < far && Math.abs(py) < far;
      word.textContent = !there ? "" : typeof text[i] === "number" ? written(text[i]) : literal(text[i]);
      if (!there) continue;
      // A name that would leave the plot on the right stands on the left of its point.
      const flip = this.side > 0 && px + 8 + 6.2 * word.textContent.length > width;
      word.setAttribute("text-anchor", flip ? "end" : this.anchor);
      word.setAttribute("x", number(px) + (flip ? -8 : this.side * 8));
      word.setAttribute("y", number(py + 4));
    }
  }

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
      d += pen + number(Math.max(-far, Math.min(far, px))) + " " + number(Math.max(-far, Math.min(far, py)));
      pen = "L";
    }
    return d;
  }

  points(x, y, toX, toY) {
    const radius = (this.trace.marker.size ?? 6) / 2;
    let d = "";
    for (let i = 0; i < x.length; i++) {
      const px = toX(x[i]);
      const py = toY(y[i]);
      if (Math.abs(px) < far && Math.abs(py) < far) d += this.symbol(number(px), number(py), radius);
    }
    return d;
  }

  bars(x, y, toX, toY) {
    const { orientation, base = 0, width = 0.8 } = this.trace;
    const flat = orientation === "h";
    const [across, along, toAcross, toAlong] = flat ? [y, x, toY, toX] : [x, y, toX, toY];
    let d = "";
    for (let i = 0; i < across.length; i++) {
      const from = Array.isArray(base) || ArrayBuffer.isView(base) ? base[i] : base;
      if (!along[i]) continue; // a bar of no length, or a gap
      const half = (Array.isArray(width) ? width[i] : width) / 2;
      const a = number(toAcross(across[i] - half));
      const b = number(toAcross(across[i] + half));
      const p = number(Math.max(-far, Math.min(far, toAlong(from))));
      const q = number(Math.max(-far, Math.min(far, toAlong(from + along[i]))));
      d += flat ? `M${p} ${a}H${q}V${b}H${p}Z` : `M${a} ${p}V${q}H${b}V${p}Z`;
    }
    return d;
  }
}

// A heat map as pixels, beneath the static layer. With zsmooth its cells are corners, and what lies between is blended;
// `meta.level` is a value at which a line is drawn.
class Raster {
  constructor(figure, trace, live) {
    Object.assign(this, { trace, live, canvas: figure.plot.querySelector("canvas") });
    this.canvas.hidden = false;
    const { colorscale, zmin, zmax, zsmooth } = trace;
    this.fine = zsmooth ? 4 : 1;
    const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    probe.canvas.width = 256;
    const ramp = probe.createLinearGradient(0, 0, 256, 0);
    for (const [stop, colour] of colorscale) ramp.addColorStop(stop, colour);
    probe.fillStyle = ramp;
    probe.fillRect(0, 0, 256, 1);
    this.colours = new Uint32Array(probe.getImageData(0, 0, 256, 1).data.buffer);
    if (trace.meta?.level != null) {
      this.level = figure.area.appendChild(document.createElementNS(SVG, "path"));
      this.level.setAttribute("class", "level");
      this.level.setAttribute("stroke", LEVEL);
    }
    this.shade = (z) => Math.max(0, Math.min(255, Math.round((255 * (z - zmin)) / (zmax - zmin))));
    this.context = this.canvas.getContext("2d");
  }

  paint(z, xaxis, yaxis) {
    const { x, y, canvas, fine, context } = this;
    const [columns, rows] = [x.length, y.length];
    const [toX, toY] = [scale(xaxis, xaxis.range, xaxis._length, false), scale(yaxis, yaxis.range, yaxis._length, true)];
    const sides = fine === 1 && [cells(Array.from(x, toX), xaxis._length), cells(Array.from(y, toY), yaxis._length)];
    const [width, height] = sides ? sides.map((side) => side.at.length) : [(columns - 1) * fine, (rows - 1) * fine];
    if (canvas.width !== width || canvas.height !== height || !this.image) {
      Object.assign(canvas, { width, height });
      this.image = context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    if (sides) this.fill(z, columns, ...sides);
    else this.blend(z, columns, rows);
    context.putImageData(this.image, 0, 0);
    const [left, right] = sides ? sides[0].ends : [toX(x[0]), toX(x.at(-1))];
    const [top, bottom] = sides ? sides[1].ends : [toY(y.at(-1)), toY(y[0])];
    const style = { left: xaxis._offset + left, top: yaxis._offset + top, width: right - left, height: bottom - top };
    const place = Object.values(style).join();
    if (place !== this.place) for (const [key, value] of Object.entries(style)) canvas.style[key] = `${value}px`;
    this.place = place;
    canvas.classList.toggle("cells", fine === 1);
    if (this.level) this.level.setAttribute("d", levelLine(z, x.map(toX), y.map(toY), this.trace.meta.level));
  }

  // Each pixel shows the cell in which it lies; cells need not be of one size.
  fill(z, columns, across, down) {
    const { pixels, colours, shade } = this;
    const painted = Uint32Array.from(z, (value) => (Number.isFinite(value) ? colours[shade(value)] : 0));
    let to = 0;
    for (const row of down.at) for (const column of across.at) pixels[to++] = painted[row * columns + column];
  }

  // `fine` x `fine` pixels between four corners, bilinear.
  blend(z, columns, rows) {
    const { pixels, colours, fine } = this;
    const { zmin, zmax } = this.trace;
    const [width, height, factor] = [(columns - 1) * fine, (rows - 1) * fine, 255 / (zmax - zmin)];
    for (let row = 0; row + 1 < rows; row++)
      for (let column = 0; column + 1 < columns; column++) {
        const at = row * columns + column;
        for (let v = 0; v < fine; v++) {
          const t = (v + 0.5) / fine;
          const left = z[at] + t * (z[at + columns] - z[at]);
          const right = z[at + 1] + t * (z[at + columns + 1] - z[at + 1]);
          const step = ((right - left) / fine) * factor;
          let colour = (left - zmin) * factor + step / 2 + 0.5;
          let to = (height - 1 - row * fine - v) * width + column * fine;
          for (const end = to + fine; to < end; to++, colour += step)
            pixels[to] = colour - colour === 0 ? colours[colour < 0 ? 0 : colour > 255 ? 255 : colour | 0] : 0;
        }
      }
  }
}

// Which cell each pixel of a side shows, and the pixels at which the first and the last begin and end. `places` are the
// pixels of the cells' own coordinates, in any steps: two cells meet half-way, as Plotly lays them, within the axis.
function cells(places, length) {
  const rising = places.at(-1) >= places[0];
  const from = rising ? places : places.toReversed();
  const n = from.length;
  const outer = (i, next) => from[i] - (from[next] - from[i]) / 2;
  const ends = n > 1 ? [Math.max(0, outer(0, 1)), Math.min(length, outer(n - 1, n - 2))] : [0, length];
  const at = new Uint16Array(Math.max(1, Math.round(ends[1] - ends[0])));
  for (let pixel = 0, cell = 0; pixel < at.length; pixel++) {
    const here = ends[0] + ((pixel + 0.5) * (ends[1] - ends[0])) / at.length;
    while (cell < n - 1 && here > (from[cell] + from[cell + 1]) / 2) cell++;
    at[pixel] = rising ? cell : n - 1 - cell;
  }
  return { at, ends };
}

// Where the blended cells have one value: marching squares, each edge crossed where a straight line crosses.
function levelLine(z, x, y, level) {
  const columns = x.length;
  let d = "";
  for (let i = 0; i + 1 < y.length; i++)
    for (let j = 0; j + 1 < columns; j++) {
      const k = i * columns + j;
      const side = z[k] > level;
      if (z[k + 1] > level === side && z[k + columns] > level === side && z[k + columns + 1] > level === side) continue;
      const corners = [[j, i], [j + 1, i], [j + 1, i + 1], [j, i + 1]];
      const above = corners.map(([a, b]) => z[b * columns + a] - level);
      const crossings = [];
      for (let k = 0; k < 4; k++) {
        const [from, to] = [above[k], above[(k + 1) % 4]];
        if (from > 0 === to > 0) continue;
        const share = from / (from - to);
        const [[a, b], [c, e]] = [corners[k], corners[(k + 1) % 4]];
        crossings.push([x[a] + share * (x[c] - x[a]), y[b] + share * (y[e] - y[b])].map(number).join(" "));
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) d += `M${crossings[k]}L${crossings[k + 1]}`;
    }
  return d;
}

// One pointer drags an element. `begin` may refuse it; `end` is told whether what it did stays: not if the browser has
// taken it for a scroll. The function that comes back ends a drag that is under way.
function draggable(element, begin, follow, end) {
  let pointer = null;
  const stop = (event, kept) => {
    if (pointer === null || (event && event.pointerId !== pointer)) return;
    pointer = null;
    if (event?.type === "pointerup") follow(event);
    end(kept);
  };
  element.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button || !begin(event)) return;
    pointer = event.pointerId;
    element.setPointerCapture(pointer);
  });
  element.addEventListener("pointermove", (event) => event.pointerId === pointer && follow(event));
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"])
    element.addEventListener(kind, (event) => stop(event, kind !== "pointercancel"));
  return () => stop(null, true);
}

// ---- one figure --------------------------------------------------------------------------------------------

class Figure {
  constructor(board, spec) {
    this.board = board;
    this.spec = spec;
    this.element = document.createElement("figure");
    this.element.className = "cell";
    this.element.dataset.figure = spec.name;
    this.element.innerHTML = `<figcaption><span class="title"></span>
      <details class="menu"><summary><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M8 2v8M4.5 7 8 10.5 11.5 7M3 13.5h10"/></svg></summary><div role="group">
      <button type="button" data-as="png">PNG</button><button type="button" data-as="svg">SVG</button>
      <button type="button" data-as="csv">CSV</button></div></details></figcaption>
      <div class="plot" role="img"><canvas aria-hidden="true" hidden></canvas>
      <div class="still" aria-hidden="true"></div></div><p class="caption"></p>`;
    this.element.querySelector(".title").textContent = spec.title;
    const menu = this.element.querySelector("details");
    menu.querySelector("summary").setAttribute("aria-label", `Download: ${spec.title}`);
    menu.addEventListener("click", (event) => {
      const as = event.target.dataset?.as;
      if (as) this.download(as).finally(() => (menu.open = false));
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(event.relatedTarget)) menu.open = false;
    });
    this.plot = this.element.querySelector(".plot");
    this.still = this.element.querySelector(".still");
    this.captionElement = this.element.querySelector(".caption");
    this.plot.style.height = `${spec.height}px`;
    this.overlay = document.createElementNS(SVG, "svg");
    this.overlay.setAttribute("class", "overlay");
    this.overlay.setAttribute("aria-hidden", "true");
    this.area = document.createElementNS(SVG, "svg"); // clips to the plot area
    this.ticks = document.createElementNS(SVG, "g");
    this.overlay.append(this.area, this.ticks);
    this.plot.append(this.overlay);
    this.near = false; // on screen, or soon: it is rendered
    this.shown = false; // on screen: it follows the sliders
    this.drawn = false;
    this.drops = []; // what ends a drag that is under way
    // Where the browser takes a finger for a scroll, Plotly would wait for it to come up, under a cover over the page.
    this.plot.addEventListener("pointercancel", () => document.dispatchEvent(new MouseEvent("mouseup")));
    if (spec.wide) this.element.classList.add("wide");
    if (spec.handle) this.handleOfAxes(...spec.handle);
    if (spec.lever) this.handleOfLever(...spec.lever);
    if (spec.scrub) this.addScrub(...spec.scrub);
  }

  // Where the plot area begins on screen. (An inner <svg> says where its content begins, also what is clipped.)
  corner() {
    const box = this.plot.getBoundingClientRect();
    const { xaxis, yaxis } = this.still._fullLayout;
    return [box.left + xaxis._offset, box.top + yaxis._offset];
  }

  // The pointer, anywhere in the plot, moves an axis to the stop nearest to it. Up and down still scrolls a phone.
  addScrub(name, places) {
    this.plot.classList.add("scrub");
    let start = null; // the stop at which the pointer came
    const follow = (event) => {
      const { xaxis } = this.still._fullLayout;
      const x = inverse(scale(xaxis, xaxis.range, xaxis._length, false))(event.clientX - this.corner()[0]);
      this.board.move({ [name]: closest(this.board.arrays.read(places, this.board.index), x) });
    };
    const begin = (event) => {
      if (!this.drawn) return false;
      this.board.hold();
      start = this.board.index[name];
      if (event.pointerType !== "touch") follow(event); // a finger may be about to scroll
      return true;
    };
    const end = (kept) => {
      if (!kept && this.board.index[name] !== start) this.board.move({ [name]: start });
      this.board.commit();
    };
    this.drops.push(draggable(this.plot, begin, follow, end));
  }

  // A point that the pointer drags. `spot(index)` is where it is, `moved(x, y)` the stops of axes that a place means.
  // (The axes' sliders are its keyboard.)
  addHandle(spot, moved) {
    this.spot = spot;
    this.handle = document.createElementNS(SVG, "circle");
    this.handle.setAttribute("class", "handle");
    this.handle.setAttribute("r", 22);
    this.overlay.append(this.handle);
    const follow = (event) => {
      const [left, top] = this.corner();
      const x = this.fromX(event.clientX - left + this.grip[0]);
      const y = this.fromY(event.clientY - top + this.grip[1]);
      this.board.move(moved(x, y));
    };
    const begin = (event) => {
      if (!this.fromX) return false;
      this.board.hold();
      event.preventDefault();
      const at = this.handle.getBoundingClientRect();
      this.grip = [at.left + at.width / 2 - event.clientX, at.top + at.height / 2 - event.clientY];
      return true;
    };
    this.drops.push(draggable(this.handle, begin, follow, () => this.board.commit()));
  }

  // The handle's coordinates are the values of two axes; without the second it slides along y = 0.
  handleOfAxes(axisX, axisY) {
    const axes = [axisX, axisY].map((name) => this.board.spec.axes.find((axis) => axis.name === name));
    const spot = (index) => axes.map((axis) => (axis ? axis.values[index[axis.name]] : 0));
    const moved = (x, y) => ({ [axisX]: nearest(axes[0], x), ...(axisY && { [axisY]: nearest(axes[1], y) }) });
    this.addHandle(spot, moved);
  }

  // The handle stands at one x, and its height is that of a stop.
  handleOfLever(axis, places, x) {
    const heights = (index) => this.board.arrays.read(places, index);
    const spot = (index) => [x, heights(index)[index[axis]]];
    this.addHandle(spot, (_, y) => ({ [axis]: closest(heights(this.board.index), y) }));
  }

  close() {
    this.closed = true;
    for (const drop of this.drops) drop();
    if (this.drawn) window.Plotly.purge(this.still); // a scene holds one of the few WebGL contexts that a page may have
  }

  coordinates(name) {
    return typeof name === "string" ? this.board.arrays.read({ array: name.slice(1) }, this.board.index) : name;
  }

  // The figure as Plotly takes it. Moving traces carry their present coordinates; `shown` makes them visible.
  plotlyFigure(shown) {
    const { board, spec } = this;
    const data = paint(spec.data, board.palette).map((trace) => ({
      ...trace,
      x: Array.from(this.coordinates(trace.x) ?? []),
      y: Array.from(this.coordinates(trace.y) ?? []),
    }));
    for (const live of spec.moving) {
      const trace = data[live.trace];
      for (const key of ["x", "y", "z", "customdata", "text"])
        if (live[key]) trace[key] = Array.from(board.arrays.evaluate(live[key], board.index));
      if (live.text) trace.text = trace.text.map(written);
      if (trace.type === "heatmap") trace.z = trace.y.map((_, i) => trace.z.slice(i * trace.x.length, (i + 1) * trace.x.length));
      if (!shown && !live.still && !this.isScene) trace.opacity = 0;
    }
    const layout = paint(merge(board.spec.layout, spec.layout), board.palette);
    if (spec.span) {
      const reach = board.arrays.read(spec.span, board.index)[0];
      for (const axis of [layout.xaxis, layout.yaxis])
        Object.assign(axis, { range: [-reach, reach] }, shown ? {} : { showticklabels: false });
      layout.yaxis.scaleanchor = "x";
      if (!shown) for (const axis of [layout.xaxis, layout.yaxis]) axis.title = { ...axis.title, standoff: 20 };
    }
    return { data, layout };
  }

  // Static layer and marks at rest.
  async render() {
    if (!this.near) return;
    const Plotly = await this.board.plotly;
    if (!Plotly || this.closed || !this.element.isConnected || !this.plot.clientWidth) return;
    const { data, layout } = this.plotlyFigure(false);
    const touch = matchMedia("(pointer: coarse)").matches;
    Object.assign(layout, { width: this.plot.clientWidth, height: this.spec.height, autosize: false });
    if (!this.isScene && (touch || this.spec.span || this.handle || this.spec.scrub)) layout.dragmode = false;
    if (this.zoom) for (const key of Object.keys(this.zoom)) Object.assign((layout[key] ??= {}), this.zoom[key]);
    await Plotly.react(this.still, data, layout, { displayModeBar: false, doubleClick: "reset", scrollZoom: false });
    if (this.closed) return;
    if (!this.drawn) {
      adoptPlotlyStyles(this.board.root);
      for (const event of ["plotly_relayout", "plotly_relayouting"])
        this.still.on(event, (change) => {
          if (change && Object.keys(change).some((key) => /^[xy]axis/.test(key))) this.draw();
        });
      if (!this.isScene) this.still.on("plotly_relayout", () => this.rememberZoom());
      this.drawn = true;
    }
    if (this.isScene) return;
    this.buildMarks();
    this.drawMarks();
  }

  get isScene() {
    return "scene" in this.spec.layout;
  }

  // Zooming is kept when the slider is released and Plotly is given new marks.
  rememberZoom() {
    const zoom = {};
    for (const key of ["xaxis", "yaxis"]) {
      const range = this.still._fullLayout[key].range;
      const home = this.spec.layout[key]?.range;
      if (home && !this.spec.span && (range[0] !== home[0] || range[1] !== home[1])) zoom[key] = { range: [...range] };
    }
    this.zoom = zoom;
  }

  // 3-D has no overlay: Plotly redraws the moving traces, at most one redraw at a time.
  async drawScene() {
    if (this.busy) return (this.again = true);
    this.busy = true;
    const { data, layout } = this.plotlyFigure(true);
    const { width, height, scene } = this.still._fullLayout;
    Object.assign(layout, { width, height, autosize: false });
    layout.scene.camera = scene.camera ?? layout.scene.camera;
    try {
      await (await this.board.plotly).react(this.still, data, layout);
    } finally {
      this.busy = false;
    }
    if (this.again && !this.closed) {
      this.again = false;
      requestAnimationFrame(() => this.drawScene());
    }
  }

  buildMarks() {
    const painted = paint(this.spec.data, this.board.palette);
    // Unseen, but it keeps the bounds of the layer as they are while the marks move: else every frame layers anew.
    const ground = document.createElementNS(SVG, "rect");
    ground.setAttribute("class", "ground");
    this.area.replaceChildren(ground);
    this.marks = this.spec.moving.filter((live) => !live.still).map((live) => {
      const trace = painted[live.trace];
      const mark = trace.type === "heatmap" ? new Raster(this, trace, live) : new Mark(this.area, trace, live);
      mark.x = this.coordinates(trace.x);
      mark.y = this.coordinates(trace.y);
      mark.axes = this.axesOf(live);
      return mark;
    });
  }

  // The axes on which a mark depends; null if it has to be drawn at every change.
  axesOf(live) {
    const expressions = ["x", "y", "z", "text"].map((key) => live[key]).filter(Boolean);
    const refs = expressions.flatMap((e) => [e.vector, e.offset, e.mask?.vector]).filter(Boolean);
    const axes = refs.map((ref) => this.board.arrays.axesOf(ref));
    return axes.includes(null) ? null : [...new Set(axes.flat())];
  }

  draw() {
    if (!this.drawn || !this.shown) return;
    if (this.isScene) this.drawScene();
    else if (this.marks) this.drawMarks();
  }

  drawMarks() {
    const { arrays, index } = this.board;
    const { xaxis, yaxis, width, height } = this.still._fullLayout;
    const frame = [xaxis._offset, yaxis._offset, xaxis._length, yaxis._length, width, height].join();
    if (frame !== this.frame) {
      this.frame = frame;
      for (const [key, value] of Object.entries({ width, height })) this.overlay.setAttribute(key, value);
      const box = { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length };
      for (const [key, value] of Object.entries(box)) this.area.setAttribute(key, value);
    }
    let toX = scale(xaxis, xaxis.range, xaxis._length, false);
    let toY = scale(yaxis, yaxis.range, yaxis._length, true);
    if (this.spec.span) {
      const reach = arrays.read(this.spec.span, index)[0];
      const unit = reach / Math.min(xaxis._length, yaxis._length); // one unit is as long on both axes
      toX = scale({}, [-unit * xaxis._length, unit * xaxis._length], xaxis._length, false);
      toY = scale({}, [-unit * yaxis._length, unit * yaxis._length], yaxis._length, true);
      this.drawTicks(reach, toX, toY, xaxis, yaxis);
    }
    if (this.handle) {
      const [x, y] = this.spot(index);
      this.handle.setAttribute("cx", number(xaxis._offset + toX(x)));
      this.handle.setAttribute("cy", number(yaxis._offset + toY(y)));
      [this.fromX, this.fromY] = [inverse(toX), inverse(toY)];
    }
    const view = [frame, ...xaxis.range, ...yaxis.range].join();
    for (const mark of this.marks) {
      const at = mark.axes && !this.spec.span && view + mark.axes.map((axis) => index[axis]);
      if (at && at === mark.at) continue; // the same marks in the same place
      mark.at = at;
      const [x, y, text] = ["x", "y", "text"].map((key) =>
        mark.live[key] ? arrays.evaluate(mark.live[key], index) : mark[key],
      );
      if (mark.live.z) mark.paint(arrays.evaluate(mark.live.z, index), xaxis, yaxis);
      else mark.update(x, y, toX, toY, text);
    }
  }

  // A figure whose range follows the sliders has its tick labels drawn here, since Plotly's stand still.
  drawTicks(reach, toX, toY, xaxis, yaxis) {
    const power = 10 ** Math.floor(Math.log10(reach * 0.92));
    const step = power * ([5, 2, 1].find((m) => m * power <= reach * 0.92) ?? 1);
    const labels = [-step, 0, step];
    while (this.ticks.childElementCount < 2 * labels.length) this.ticks.append(document.createElementNS(SVG, "text"));
    labels.forEach((value, i) => {
      const [bottom, left] = [this.ticks.children[2 * i], this.ticks.children[2 * i + 1]];
      bottom.textContent = left.textContent = numberText(value, 1).replace("-", "−");
      bottom.setAttribute("x", number(xaxis._offset + toX(value)));
      bottom.setAttribute("y", yaxis._offset + yaxis._length + 14);
      bottom.setAttribute("text-anchor", "middle");
      left.setAttribute("x", xaxis._offset - 5);
      left.setAttribute("y", number(yaxis._offset + toY(value) + 4));
      left.setAttribute("text-anchor", "end");
    });
  }

  words() {
    this.plot.setAttribute("aria-label", this.board.say(this.spec.alt));
    this.captionElement.textContent = this.board.say(this.spec.caption);
  }

  async download(as) {
    const { board, spec } = this;
    const stem = [spec.name, ...board.spec.axes.map((axis) => `${axis.name}-${axis.text[board.index[axis.name]]}`)].join("_");
    if (as === "csv") return save(new Blob([this.table()], { type: "text/csv" }), `${stem}.csv`);
    const Plotly = await board.plotly;
    if (!Plotly) return; // the board says why
    const figure = this.plotlyFigure(true);
    figure.data = figure.data.flatMap((trace) => (trace.meta?.level == null ? trace : [trace, lineOfLevel(trace)]));
    Object.assign(figure.layout, {
      title: { text: markup(`${spec.title} (${board.say(board.spec.place)})`), font: { size: 16 } },
      margin: { ...figure.layout.margin, t: 40 },
      paper_bgcolor: board.palette.background,
    });
    const size = { width: 720, height: Math.round(720 * Math.min(1, Math.max(0.55, spec.height / 340))) };
    const url = await Plotly.toImage(figure, { format: as, scale: as === "png" ? 2 : 1, ...size });
    return save(await (await fetch(url)).blob(), `${stem}.${as}`);
  }

  // The numbers behind the figure. Where a coordinate is drawn on another scale, meta or customdata has the number
  // itself, or the expression without its asinh; else meta.drawn of the trace says it of z, meta of the layout of x and y:
  // ["log10", place of 0], ["asinh", unit] or ["times", factor].
  table() {
    const { arrays, index } = this.board;
    const undone = {
      log10: (value, zero) => (zero !== null && Math.abs(value - zero) < 1e-6 ? 0 : 10 ** value),
      asinh: (value, unit) => unit * Math.sinh(value),
      times: (value, factor) => value / factor,
    };
    // Drawn in single precision.
    const undo = ([how, by], value) => {
      if (typeof value === "number") return Number(undone[how](value, by).toPrecision(6));
      return value && Array.from(value, (part) => undo([how, by], part));
    };
    const safe = (text) => text.replace(/^[=+@\t\r-]/, "'$&"); // no formulas
    const quote = (text) => `"${safe(literal(String(text))).replaceAll('"', '""')}"`;
    const cell = (value) => (typeof value === "number" ? (Number.isFinite(value) ? value : "") : quote(value ?? ""));
    const { data, layout } = this.plotlyFigure(true);
    const space = data.some((trace) => trace.z) ? ["z"] : [];
    const lines = [["trace", "label", "x", "y", ...space].join()];
    data.forEach((trace, k) => {
      const live = this.spec.moving.find((candidate) => candidate.trace === k);
      const drawn = live?.customdata ? (live.x ? "x" : "y") : null;
      const numbers = (key) => {
        if (key === drawn) return trace.customdata;
        if (trace.meta?.[key]) return trace.meta[key];
        const how = key === "z" ? trace.meta?.drawn : layout.meta?.[key];
        if (how) return undo(how, trace[key]);
        return live?.[key]?.asinh == null ? trace[key] : arrays.evaluate({ ...live[key], asinh: null }, index);
      };
      const [xs, ys, zs] = ["x", "y", "z"].map(numbers);
      const write = (label, ...numbers) => {
        const cells = numbers.slice(0, 2 + space.length).map(cell);
        lines.push([quote(trace.name ?? ""), quote(label ?? ""), ...cells].join());
      };
      if (trace.type === "heatmap") trace.y.forEach((_, i) => trace.x.forEach((_, j) => write("", xs[j], ys[i], zs[i][j])));
      else trace.x.forEach((_, i) => write(Array.isArray(trace.text) ? trace.text[i] : "", xs[i], ys[i], zs?.[i]));
    });
    return lines.join("\n") + "\n";
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function scale(axis, [low, high], length, upwards) {
  const position = axis.type === "category" ? (v) => v : axis.type === "log" ? Math.log10 : (v) => v;
  const slope = length / (high - low);
  return upwards ? (v) => length - (position(v) - low) * slope : (v) => (position(v) - low) * slope;
}

// The line of a heat map's level, as Plotly draws it.
function lineOfLevel({ x, y, z, meta: { level } }) {
  const contours = { start: level, end: level, size: 1, coloring: "none" };
  return { type: "contour", x, y, z, contours, autocontour: false, showscale: false, line: { color: LEVEL, width: 2 } };
}

// The inverse of a linear scale.
function inverse(to) {
  const slope = to(1) - to(0);
  return (pixel) => (pixel - to(0)) / slope;
}

// ---- words beside the figures -----------------------------------------------------------------------------

// Text with numbers in it, which follows the sliders while it is near the screen.
class Words {
  constructor(board, spec, kind) {
    this.board = board;
    this.spec = spec;
    this.element = document.createElement("section");
    this.element.className = `cell ${kind}`;
    this.element.dataset[kind] = spec.name;
    this.near = true;
    this.slots = [];
  }

  // A template, filled in here.
  fill(parent, template) {
    this.slots.push([parent.appendChild(new Text()), template]);
  }

  add(tag, template, parent = this.element) {
    if (template) this.fill(parent.appendChild(document.createElement(tag)), template);
  }

  draw() {
    if (this.near) this.write();
  }

  render() {
    this.write();
  }

  write() {
    for (const [node, template] of this.slots) {
      const text = this.board.say(template);
      if (node.data !== text) node.data = text;
    }
  }
}

class Note extends Words {
  constructor(board, spec) {
    super(board, spec, "note");
    this.element.classList.toggle("wide", spec.wide);
    this.add("h2", spec.title);
    for (const paragraph of spec.paragraphs) this.add("p", paragraph);
    if (!spec.question) return;
    const fold = this.element.appendChild(document.createElement("details"));
    this.add("summary", spec.question, fold);
    this.add("p", spec.answer, fold);
  }
}

class Card extends Words {
  constructor(board, spec) {
    super(board, spec, "card");
    this.element.style.setProperty("--role", `var(--${spec.role})`);
    this.element.classList.add(spec.rows.length ? "table" : "headline");
    if (spec.title) this.element.appendChild(document.createElement("h2")).textContent = spec.title;
    this.add("p", spec.headline);
    if (!spec.rows.length) return;
    const list = this.element.appendChild(document.createElement("dl"));
    for (const [label, template, help] of spec.rows) {
      const term = list.appendChild(document.createElement("dt"));
      term.textContent = label;
      if (help) term.title = help;
      this.fill(list.appendChild(document.createElement("dd")), template);
    }
  }
}

// ---- one axis: slider, buttons, typed value ----------------------------------------------------------------

class Slider {
  constructor(board, axis, identity) {
    this.board = board;
    this.axis = axis;
    this.element = document.createElement("div");
    this.element.className = "axis";
    const id = `axis-${identity}`;
    this.element.innerHTML = `<label for="${id}"></label><input class="typed" type="text" inputmode="decimal"
      autocomplete="off" spellcheck="false"><div class="row"><button type="button" class="less">−</button>
      <input id="${id}" class="range" type="range" min="0" step="1"><button type="button" class="more">+</button></div>
      <div class="ends" aria-hidden="true"><span></span><span></span></div><p class="hint" role="status"></p>`;
    const find = (selector) => this.element.querySelector(selector);
    [this.range, this.typed, this.hint] = [find(".range"), find(".typed"), find(".hint")];
    this.bind(axis);
    for (const [selector, step] of [[".less", -1], [".more", 1]])
      find(selector).addEventListener("click", () => this.go(this.at + step, true));
    this.range.addEventListener("input", () => this.go(+this.range.value));
    this.range.addEventListener("change", () => board.commit());
    let start = null; // a finger that scrolls the page has touched the slider first
    this.range.addEventListener("pointerdown", () => {
      board.hold();
      start = { ...board.index };
    });
    this.range.addEventListener("pointerup", () => board.commit());
    this.range.addEventListener("pointercancel", () => {
      board.move(start);
      board.commit();
    });
    this.range.addEventListener("keydown", (event) => {
      const step = { PageUp: this.axis.page, PageDown: -this.axis.page }[event.key];
      if (!step) return;
      event.preventDefault(); // browsers differ in how far these keys go
      this.go(this.at + step, true);
    });
    if (axis.play) this.addPlay();
    this.typed.addEventListener("focus", () => this.typed.select());
    this.typed.addEventListener("input", () => (this.writing = true)); // a new picture leaves half a number alone
    this.typed.addEventListener("change", () => this.type(this.typed.value));
    this.typed.addEventListener("blur", () => this.stopWriting());
    this.typed.addEventListener("keydown", (event) => event.key === "Escape" && this.stopWriting());
  }

  // A button that lets the slider run to its end, from the start if it is there.
  addPlay() {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "play" });
    this.element.querySelector(".row").prepend(button);
    const label = (words, sign) => {
      button.setAttribute("aria-label", `${words}: ${this.axis.label}`);
      button.textContent = sign;
    };
    this.pause = () => {
      if (!this.playing) return;
      clearInterval(this.playing);
      this.playing = null;
      label("Play", "▶");
      this.board.commit();
    };
    label("Play", "▶");
    button.addEventListener("click", () => {
      if (this.playing) return this.pause();
      if (this.at === this.last) this.go(0);
      label("Pause", "❚❚");
      this.playing = setInterval(() => {
        if (this.at < this.last && !document.hidden) this.go(this.at + 1);
        else this.pause();
      }, 110);
    });
    for (const event of ["pointerdown", "keydown"]) this.range.addEventListener(event, () => this.pause());
  }

  // The slider of another axis of the same name: other stops, perhaps another label.
  bind(axis) {
    this.axis = axis;
    const find = (selector) => this.element.querySelector(selector);
    find("label").textContent = axis.label;
    this.element.title = axis.help;
    const [low, high] = find(".ends").children;
    [low.textContent, high.textContent] = axis.ends;
    this.last = axis.values.length - 1;
    this.range.max = this.last;
    this.typed.setAttribute("aria-label", `${axis.label}, typed value`);
    find(".less").setAttribute("aria-label", `${axis.label}: one step less`);
    find(".more").setAttribute("aria-label", `${axis.label}: one step more`);
  }

  get at() {
    return this.board.index[this.axis.name];
  }

  get text() {
    return this.axis.text[this.at];
  }

  go(stop, commit = false) {
    this.hint.textContent = "";
    this.board.move({ [this.axis.name]: Math.max(0, Math.min(this.last, stop)) });
    if (commit) this.board.commit();
  }

  stopWriting() {
    this.writing = false;
    this.draw();
  }

  type(raw) {
    const { axis } = this;
    this.writing = false;
    const value = Number(raw.trim().replace(",", ".").replace("−", "-"));
    const [low, high] = [axis.text[0], axis.text[this.last]];
    if (raw.trim() === "" || !Number.isFinite(value)) {
      this.draw();
      this.hint.textContent = `Type a number from ${low} to ${high}.`;
      return;
    }
    this.go(nearest(axis, value), true);
    if (Math.abs(axis.values[this.at] - value) > 1e-9 * Math.abs(value))
      this.hint.textContent = `Nearest stop to ${numberText(value, 4)} (${low} to ${high}).`;
  }

  draw() {
    const text = this.text;
    if (+this.range.value !== this.at) this.range.value = this.at;
    this.range.setAttribute("aria-valuetext", text);
    this.range.style.setProperty("--share", this.at / Math.max(this.last, 1));
    if (!this.writing && this.typed.value !== text) this.typed.value = text;
  }
}

// A slider for a computed number: moving it moves the axes on which the number depends.
class Dial extends Slider {
  constructor(board, dial, identity) {
    super(board, { ...dial, values: dial.stops, text: dial.stops.map((stop) => numberText(stop, 3)), ends: ["", ""], page: 10 }, identity);
  }

  get value() {
    return this.board.arrays.read(this.axis.value, this.board.index)[0];
  }

  get at() {
    return nearest(this.axis, this.value);
  }

  get text() {
    return numberText(this.value, 3);
  }

  go(stop, commit = false) {
    this.hint.textContent = "";
    const { board, axis } = this;
    const wanted = axis.values[Math.max(0, Math.min(this.last, stop))];
    const moved = board.source.invert(axis.name, wanted, board.arrays.position(board.index));
    board.move(board.stops(moved));
    if (commit) board.commit();
  }
}

// The index of the value closest to x.
function closest(values, x) {
  let best = 0;
  values.forEach((v, i) => {
    if (Math.abs(v - x) < Math.abs(values[best] - x)) best = i;
  });
  return best;
}

function nearest(axis, raw) {
  const isNumber = typeof raw === "number" || /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(raw ?? "");
  const value = isNumber ? Number(raw) : NaN;
  if (!Number.isFinite(value)) return axis.start ?? 0;
  return closest(axis.values, value);
}

// Time that starts at its end stays there when there is more of it: its end goes into no URL.
function atEnd(axis, stop) {
  return axis.play && axis.start === axis.values.length - 1 && stop === axis.start;
}

// ---- the board -----------------------------------------------------------------------------------------------

let identities = 0;

class Board {
  constructor(root) {
    this.root = root;
    this.moved = new Set(); // names of the axes that the reader has moved since the URL was read
    this.element = root.querySelector(".board");
    const soon = { rootMargin: "200px", scrollMargin: "200px" }; // the page scrolls inside an element of its own
    this.approach = new IntersectionObserver((entries) => this.seen(entries, "near"), soon);
    this.stage = new IntersectionObserver((entries) => this.seen(entries, "shown"));
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(this.element);
    this.onPopState = () => this.readUrl();
    window.addEventListener("popstate", this.onPopState);
    this.themer = new MutationObserver(() => this.themed());
    this.themer.observe(document.head, { childList: true, subtree: true, characterData: true });
    this.themer.observe(document.documentElement, { attributes: true });
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => (this.pendingTheme = setTimeout(() => this.themed(), 50));
    this.scheme.addEventListener("change", this.onScheme);
    this.onOnline = () => this.again?.();
    window.addEventListener("online", this.onOnline);
  }

  close() {
    this.approach.disconnect();
    this.stage.disconnect();
    this.resizer.disconnect();
    this.themer.disconnect();
    window.removeEventListener("popstate", this.onPopState);
    this.scheme.removeEventListener("change", this.onScheme);
    window.removeEventListener("online", this.onOnline);
    for (const slider of this.sliders ?? []) clearInterval(slider.playing);
    for (const figure of this.figures ?? []) figure.close();
    for (const timer of ["Commit", "Rest", "Resize", "Theme"]) clearTimeout(this[`pending${timer}`]);
    cancelAnimationFrame(this.frame);
    (window.cancelIdleCallback ?? clearTimeout)(this.idle);
    this.wanted = this.turn = null; // what is under way sees that it is no longer wanted
  }

  // Words in place of the figures, with a button if there is something to try.
  tell(problem, again = null) {
    this.again = again;
    const place = this.element.querySelector(".problem");
    place.textContent = problem;
    if (!again) return;
    const button = place.appendChild(document.createElement("button"));
    Object.assign(button, { type: "button", textContent: "Try again" });
    button.addEventListener("click", again);
  }

  // Plotly, or words that say why it is not here.
  load() {
    this.tell("");
    this.plotly = loadPlotly(this.spec.plotly).catch((error) => {
      this.tell(`The figures cannot be drawn: ${error.message}`, () => {
        this.load();
        for (const figure of this.figures) figure.render();
      });
      return null;
    });
  }

  async show(data) {
    const { spec } = data;
    this.wanted = spec;
    const types = { floats: Float32Array, shorts: Int16Array, bytes: Uint8Array };
    const buffers = {};
    for (const [kind, Type] of Object.entries(types)) buffers[kind] = new Type(await inflate(data[kind]));
    const source = spec.source ? await loadModule(spec.source) : null;
    if (this.wanted !== spec) return; // newer data came meanwhile
    // From here to the end nothing waits: a slider under the pointer never meets half of the old and half of the new.
    const oldAxes = this.spec?.axes;
    Object.assign(this, { spec, source });
    this.arrays = new Arrays(spec.arrays, buffers, this.source?.default, spec.axes);
    this.page = window.location.pathname;
    this.mode = modeOf(this.element);
    this.palette = spec.palettes[this.mode];
    const same = oldAxes?.map((axis) => axis.name).join() === spec.axes.map((axis) => axis.name).join();
    this.build(same);
    this.load();
    if (same) return this.keepPosition(oldAxes);
    this.index = {};
    this.readUrl();
  }

  build(sameAxes) {
    const { spec } = this;
    const old = this.figures ?? [];
    this.approach.disconnect();
    this.stage.disconnect();
    this.element.style.setProperty("--columns", spec.columns);
    this.applyPalette();
    // Sliders outlive new data: the one under the pointer or the keyboard's focus goes on working.
    if (sameAxes) spec.axes.forEach((axis, i) => this.sliders[i].bind(axis));
    else this.buildSliders();
    const placed = this.sliders.filter((slider) => slider.axis.place);
    this.buildPresets();
    this.figures = spec.figures.map((figure) => new Figure(this, figure));
    this.words = [...spec.readouts.map((card) => new Card(this, card)), ...spec.notes.map((note) => new Note(this, note))];
    this.cells = new Map([...this.figures, ...this.words].map((cell) => [cell.element, cell]));
    const cells = [...this.cells.values(), ...placed].sort((a, b) => {
      const [[rowA, columnA], [rowB, columnB]] = [a, b].map(({ spec, axis }) => axis?.place ?? [spec.row, spec.column]);
      return rowA - rowB || columnA - columnB;
    });
    // A figure that takes another's place is as near to the screen as that one was.
    const grid = this.element.querySelector(".grid");
    for (const figure of this.figures) {
      const twin = old.find((other) => other.spec.name === figure.spec.name);
      if (twin) ({ near: figure.near, shown: figure.shown } = twin);
    }
    for (const { element, spec, axis } of cells)
      element.style.setProperty("--column", (axis?.place[1] ?? spec.column) + 1);
    grid.replaceChildren(...cells.map((cell) => cell.element));
    for (const figure of old) figure.close();
    for (const element of this.cells.keys()) this.approach.observe(element);
    for (const figure of this.figures) this.stage.observe(figure.element);
    this.buildLegend();
  }

  buildSliders() {
    identities++;
    this.sliders = this.spec.axes.map((axis, i) => new Slider(this, axis, `${identities}-${i}`));
    this.sliders.push(...this.spec.dials.map((dial, i) => new Dial(this, dial, `${identities}-dial-${i}`)));
    const atTop = this.sliders.filter((slider) => !slider.axis.place);
    const controls = this.element.querySelector(".controls");
    controls.replaceChildren(...atTop.map((slider) => slider.element));
    controls.dataset.count = atTop.length;
    for (const { element, axis } of this.sliders) if (axis.place) element.classList.add("cell");
  }

  buildPresets() {
    const { menu, presets } = this.spec;
    const label = this.element.querySelector(".presets");
    label.replaceChildren();
    if (!presets.length) return;
    const select = document.createElement("select");
    select.append(new Option("choose", ""), ...presets.map(([name], i) => new Option(name, i)));
    select.addEventListener("change", () => {
      if (!select.value) return;
      const chosen = select.value;
      this.move(this.stops(presets[chosen][1]));
      select.value = chosen;
      this.commit();
    });
    label.append(menu, select);
    this.menu = select;
  }

  // Stops nearest to some axes' values.
  stops(position) {
    const axis = (name) => this.spec.axes.find((candidate) => candidate.name === name);
    return Object.fromEntries(Object.entries(position).map(([name, value]) => [name, nearest(axis(name), value)]));
  }

  buildLegend() {
    const legend = this.element.querySelector(".legend");
    legend.replaceChildren(
      ...this.spec.legend.map(([figure, number]) => {
        const trace = paint(this.spec.figures[figure].data[number], this.palette);
        const item = document.createElement("li");
        const sample = document.createElementNS(SVG, "svg");
        sample.setAttribute("viewBox", "0 0 26 12");
        sample.setAttribute("aria-hidden", "true");
        const mark = new Mark(sample, trace, {});
        if (mark.draw === mark.bars) mark.path.setAttribute("d", "M4 1H22V11H4Z");
        else if (mark.draw === mark.points) mark.update([13], [6], (v) => v, (v) => v);
        else mark.update([1, 25], [6, 6], (v) => v, (v) => v);
        item.append(sample, literal(trace.name ?? ""));
        return item;
      }),
    );
  }

  applyPalette() {
    this.element.dataset.mode = this.mode;
    for (const [role, value] of Object.entries(this.palette)) this.element.style.setProperty(`--${role}`, value);
  }

  themed() {
    if (!this.spec) return;
    const mode = modeOf(this.element);
    if (mode === this.mode) return;
    this.mode = mode;
    this.palette = this.spec.palettes[mode];
    this.applyPalette();
    this.buildLegend();
    for (const figure of this.figures) figure.render();
  }

  resized() {
    if (!this.figures || this.element.clientWidth === this.width) return;
    this.width = this.element.clientWidth;
    clearTimeout(this.pendingResize);
    this.pendingResize = setTimeout(() => this.figures.forEach((figure) => figure.render()), 80);
  }

  // What is far off screen is not even laid out, and what is not on it stays behind until the sliders rest.
  seen(entries, how) {
    for (const { target, isIntersecting } of entries) {
      const cell = this.cells.get(target);
      if (!cell) continue;
      cell[how] = isIntersecting;
      if (how === "near") target.classList.toggle("far", !isIntersecting);
      if (isIntersecting && how === "near") cell.render();
      else if (isIntersecting) cell.draw();
    }
  }

  // -- position

  // Browser back or forward: the URL says where the sliders are.
  readUrl() {
    if (!this.spec || this.page !== window.location.pathname) return; // that of another page
    this.inUrl = this.urlPosition(new URLSearchParams(window.location.search));
    const index = {};
    for (const axis of this.spec.axes) index[axis.name] = nearest(axis, this.inUrl[axis.name]);
    this.move(index, true);
    this.moved.clear(); // where the URL put them, not the reader
    this.rest();
  }

  // New data under the same sliders: what the reader has moved stays at its value, unless the URL now says otherwise.
  keepPosition(oldAxes) {
    const query = this.urlPosition(new URLSearchParams(window.location.search));
    const index = {};
    for (const axis of this.spec.axes) {
      const { name } = axis;
      const old = oldAxes.find((candidate) => candidate.name === name);
      const told = query[name] !== this.inUrl?.[name];
      const keep = old && !told && this.moved.has(name);
      const raw = keep ? (atEnd(old, this.index[name]) ? null : old.values[this.index[name]]) : query[name];
      index[name] = nearest(axis, raw);
      if (told) this.moved.delete(name);
    }
    this.inUrl = query;
    const moved = [...this.moved];
    this.move(index, true);
    this.moved = new Set(moved);
    if (moved.some((name) => query[name] === null)) this.commit(); // it was lost on the way
    this.rest();
  }

  move(change, now = false) {
    Object.assign(this.index, change);
    for (const name of Object.keys(change)) this.moved.add(name);
    if (this.menu && !now) this.menu.value = ""; // the sliders have left the place that it names
    cancelAnimationFrame(this.frame);
    if (now) this.draw();
    else this.frame = requestAnimationFrame(() => this.draw());
    clearTimeout(this.pendingRest);
    this.pendingRest = setTimeout(() => this.rest(), 300);
  }

  draw() {
    for (const slider of this.sliders) slider.draw();
    for (const words of this.words) words.draw();
    for (const figure of this.figures) figure.draw();
  }

  // The pointer is up: the position goes into the URL, as one step of browser back. It is written here and not by
  // Python, so that it is right at once, without a connection too, and beside any change of a widget. The popstate
  // event lets Streamlit take notice: it reruns the page with the new query and sends nothing that is here already.
  commit() {
    clearTimeout(this.pendingCommit);
    this.pendingCommit = setTimeout(() => {
      if (this.page !== window.location.pathname) return; // the reader has left the page
      const query = new URLSearchParams(window.location.search);
      const { axes } = this.spec;
      if (axes.every((axis) => nearest(axis, query.get(axis.name)) === this.index[axis.name])) return; // it says so
      for (const axis of axes)
        if (atEnd(axis, this.index[axis.name])) query.delete(axis.name);
        else query.set(axis.name, axis.text[this.index[axis.name]]);
      this.inUrl = this.urlPosition(query);
      window.history.pushState({}, "", `${window.location.pathname}?${query}${window.location.hash}`);
      window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
    }, 150);
  }

  // A drag begins: what is about to be written waits for its end.
  hold() {
    clearTimeout(this.pendingCommit);
  }

  urlPosition(query) {
    return Object.fromEntries(this.spec.axes.map((axis) => [axis.name, query.get(axis.name)]));
  }

  rest() {
    clearTimeout(this.pendingRest);
    this.element.querySelector(".summary").textContent = this.say(this.spec.summary);
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const queue = [...this.figures];
    for (const figure of queue) figure.words();
    for (const words of this.words) words.write();
    const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 30));
    const next = async () => {
      if (turn !== this.turn || !queue.length) return;
      await queue.shift().render();
      if (turn === this.turn) this.idle = idle(next);
    };
    this.idle = idle(next);
  }

  say(template) {
    return template.replace(/\{(\w+)\}/g, (whole, name) => {
      const axis = this.spec.axes.find((candidate) => candidate.name === name);
      if (axis) return axis.text[this.index[name]];
      const { ref, form } = this.spec.values[name];
      const value = this.arrays.read(ref, this.index)[0];
      return Array.isArray(form) ? this.say(form[integer(value)]) : formatNumber(value, form);
    });
  }
}
