// What does a heat map look like while it moves?

import { set, svg } from "./elements.js";
import { hundredth, scale } from "./screen.js";

const LEVEL = "#10202e"; // the line of a level, on colours that are the same in both modes

// A heat map as pixels, beneath the static layer. With zsmooth its cells are corners, and what lies between is blended;
// `meta.level` is a value at which a line is drawn.
export class Raster {
  /** @param {import("./figure.js").Figure} figure @param {any} trace of Plotly, painted */
  constructor(figure, trace) {
    this.trace = trace;
    this.canvas = figure.canvas;
    this.canvas.hidden = false;
    const { colorscale, zmin, zmax, zsmooth } = trace;
    this.fine = zsmooth ? 4 : 1;
    this.place = "";
    this.pixels = new Uint32Array(0);
    const probe = contextOf(document.createElement("canvas"), { willReadFrequently: true });
    probe.canvas.width = 256;
    const ramp = probe.createLinearGradient(0, 0, 256, 0);
    for (const [stop, colour] of colorscale) ramp.addColorStop(stop, colour);
    probe.fillStyle = ramp;
    probe.fillRect(0, 0, 256, 1);
    this.colours = new Uint32Array(probe.getImageData(0, 0, 256, 1).data.buffer);
    if (trace.meta?.level != null) {
      this.level = figure.area.appendChild(svg("path"));
      set(this.level, { class: "level", stroke: LEVEL });
    }
    /** @param {number} z */
    this.shade = (z) => Math.max(0, Math.min(255, Math.round((255 * (z - zmin)) / (zmax - zmin))));
    this.context = contextOf(this.canvas);
  }

  /**
   * @param {Live.Coordinates} x
   * @param {Live.Coordinates} y
   * @param {Live.Numbers} z
   * @param {any} xaxis of Plotly
   * @param {any} yaxis
   */
  paint(x, y, z, xaxis, yaxis) {
    const { canvas, fine, context } = this;
    const [columns, rows] = [x.length, y.length];
    const toX = scale(xaxis, xaxis.range, xaxis._length, false);
    const toY = scale(yaxis, yaxis.range, yaxis._length, true);
    const [across, down] = [xaxis._length, yaxis._length];
    const sides = fine === 1 && [cells(Array.from(x, toX), across), cells(Array.from(y, toY), down)];
    const [width, height] = sides ? sides.map((side) => side.at.length) : [(columns - 1) * fine, (rows - 1) * fine];
    if (canvas.width !== width || canvas.height !== height || !this.image) {
      Object.assign(canvas, { width, height });
      this.image = context.createImageData(width, height);
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    if (sides) this.fill(z, columns, sides[0].at, sides[1].at);
    else this.blend(z, columns, rows);
    context.putImageData(this.image, 0, 0);
    const [left, right] = sides ? sides[0].ends : [toX(x[0]), toX(x[columns - 1])];
    const [top, bottom] = sides ? sides[1].ends : [toY(y[rows - 1]), toY(y[0])];
    const style = { left: xaxis._offset + left, top: yaxis._offset + top, width: right - left, height: bottom - top };
    const place = Object.values(style).join();
    if (place !== this.place)
      for (const [key, value] of Object.entries(style)) canvas.style.setProperty(key, `${value}px`);
    this.place = place;
    canvas.classList.toggle("cells", fine === 1);
    if (this.level) this.level.setAttribute("d", levelLine(z, x.map(toX), y.map(toY), this.trace.meta.level));
  }

  /**
   * Each pixel shows the cell in which it lies; cells need not be of one size.
   * @param {Live.Numbers} z @param {number} columns @param {Uint16Array} across @param {Uint16Array} down
   */
  fill(z, columns, across, down) {
    const { pixels, colours, shade } = this;
    const painted = Uint32Array.from(z, (value) => (Number.isFinite(value) ? colours[shade(value)] : 0));
    let to = 0;
    for (const row of down) for (const column of across) pixels[to++] = painted[row * columns + column];
  }

  /**
   * `fine` x `fine` pixels between four corners, bilinear.
   * @param {Live.Numbers} z @param {number} columns @param {number} rows
   */
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

/** @param {HTMLCanvasElement} canvas @param {CanvasRenderingContext2DSettings} [settings] */
const contextOf = (canvas, settings) => /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", settings));

/**
 * Which cell each pixel of a side shows, and the pixels at which the first and the last begin and end. `places` are the
 * pixels of the cells' own coordinates, in any steps: two cells meet half-way, as Plotly lays them, within the axis.
 * @param {number[]} places @param {number} length
 */
export function cells(places, length) {
  const rising = places[places.length - 1] >= places[0];
  const from = rising ? places : places.toReversed();
  const n = from.length;
  /** @param {number} i @param {number} next */
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

/**
 * Where the blended cells have one value: marching squares, each edge crossed where a straight line crosses.
 * @param {Live.Numbers} z @param {Live.Numbers} x @param {Live.Numbers} y @param {number} level
 */
export function levelLine(z, x, y, level) {
  const columns = x.length;
  let d = "";
  for (let i = 0; i + 1 < y.length; i++)
    for (let j = 0; j + 1 < columns; j++) {
      const at = i * columns + j;
      const side = z[at] > level;
      if (z[at + 1] > level === side && z[at + columns] > level === side && z[at + columns + 1] > level === side)
        continue;
      const corners = [[j, i], [j + 1, i], [j + 1, i + 1], [j, i + 1]];
      const above = corners.map(([a, b]) => z[b * columns + a] - level);
      const crossings = [];
      for (let k = 0; k < 4; k++) {
        const [from, to] = [above[k], above[(k + 1) % 4]];
        if (from > 0 === to > 0) continue;
        const share = from / (from - to);
        const [[a, b], [c, e]] = [corners[k], corners[(k + 1) % 4]];
        crossings.push([x[a] + share * (x[c] - x[a]), y[b] + share * (y[e] - y[b])].map(hundredth).join(" "));
      }
      for (let k = 0; k + 1 < crossings.length; k += 2) d += `M${crossings[k]}L${crossings[k + 1]}`;
    }
  return d;
}
/**
 * The line of a heat map's level, as Plotly draws it.
 * @param {any} trace
 */
export function lineOfLevel({ x, y, z, meta: { level } }) {
  const contours = { start: level, end: level, size: 1, coloring: "none" };
  return { type: "contour", x, y, z, contours, autocontour: false, showscale: false, line: { color: LEVEL, width: 2 } };
}
