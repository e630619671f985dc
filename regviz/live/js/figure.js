// What is one figure of a board? Plotly's static layer, and over it the marks that follow the sliders.

import { save, table } from "./download.js";
import { child, set, svg } from "./elements.js";
import { Mark } from "./mark.js";
import { markup } from "./markup.js";
import { numberText, written } from "./numbers.js";
import { merge, paint } from "./paint.js";
import { adoptPlotlyStyles } from "./plotly.js";
import { handleOfAxes, handleOfLever, scrub } from "./pointer.js";
import { lineOfLevel, Raster } from "./raster.js";
import { hundredth, scale } from "./screen.js";

const COORDINATES = /** @type {const} */ (["x", "y", "z", "customdata", "text"]);

export class Figure {
  /** @param {import("./board.js").Board} board @param {Live.Figure} spec */
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
    child(this.element, ".title").textContent = spec.title;
    /** @type {HTMLDetailsElement} */
    const menu = child(this.element, "details");
    /** @type {HTMLElement} */
    const opener = child(menu, "summary");
    opener.setAttribute("aria-label", `Download: ${spec.title}`);
    menu.addEventListener("click", (event) => {
      const { as } = /** @type {HTMLElement} */ (event.target).dataset ?? {};
      if (as) this.download(as).finally(() => (menu.open = false));
    });
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      opener.focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (!menu.contains(/** @type {Node | null} */ (event.relatedTarget))) menu.open = false;
    });
    /** @type {HTMLElement} */
    this.plot = child(this.element, ".plot");
    /** @type {HTMLCanvasElement} */
    this.canvas = child(this.element, "canvas");
    /** @type {Live.Plotted} */
    this.still = child(this.element, ".still");
    /** @type {HTMLElement} */
    this.caption = child(this.element, ".caption");
    this.plot.style.height = `${spec.height}px`;
    this.overlay = svg("svg");
    set(this.overlay, { class: "overlay", "aria-hidden": true });
    this.area = svg("svg"); // clips to the plot area
    this.ticks = svg("g");
    this.overlay.append(this.area, this.ticks);
    this.plot.append(this.overlay);
    this.near = false; // on screen, or soon: it is rendered
    this.shown = false; // on screen: it follows the sliders
    this.drawn = false;
    this.frame = ""; // the place of the plot area, as the overlay has it
    /** @type {{mark: Mark | Raster, live: Live.Trace, x: any, y: any, axes: string[] | null, at: string}[]} */
    this.marks = [];
    /** @type {(() => void)[]} */
    this.drops = []; // what ends a drag that is under way
    // Where the browser takes a finger for a scroll, Plotly would wait for it to come up, under a cover over the page.
    this.plot.addEventListener("pointercancel", () => document.dispatchEvent(new MouseEvent("mouseup")));
    if (spec.wide) this.element.classList.add("wide");
    if (spec.handle) this.handle = handleOfAxes(this, ...spec.handle);
    if (spec.lever) this.handle = handleOfLever(this, ...spec.lever);
    if (this.handle) this.drops.push(this.handle.drop);
    if (spec.scrub) this.drops.push(scrub(this, ...spec.scrub));
  }

  // Where the plot area begins on screen. (An inner <svg> says where its content begins, also what is clipped.)
  corner() {
    const box = this.plot.getBoundingClientRect();
    const { xaxis, yaxis } = this.still._fullLayout;
    return [box.left + xaxis._offset, box.top + yaxis._offset];
  }

  close() {
    this.closed = true;
    for (const drop of this.drops) drop();
    // A scene holds one of the few WebGL contexts that a page may have.
    if (this.drawn) window.Plotly?.purge(this.still);
  }

  /**
   * Coordinates that stand still: those in the figure, or those of the array that it names, "@grid".
   * @param {any} told
   */
  coordinates(told) {
    return typeof told === "string" ? this.board.arrays.read({ array: told.slice(1) }, this.board.index) : told;
  }

  /**
   * The figure as Plotly takes it. Moving traces carry their present coordinates; `shown` makes them visible.
   * @param {boolean} shown @returns {{data: any[], layout: any}}
   */
  plotlyFigure(shown) {
    const { board, spec } = this;
    const data = paint(spec.data, board.palette).map((/** @type {any} */ trace) => ({
      ...trace,
      x: Array.from(this.coordinates(trace.x) ?? []),
      y: Array.from(this.coordinates(trace.y) ?? []),
    }));
    for (const live of spec.moving) {
      const trace = data[live.trace];
      for (const key of COORDINATES) {
        const moving = live[key];
        if (moving) trace[key] = Array.from(board.arrays.evaluate(moving, board.index));
      }
      if (live.text) trace.text = trace.text.map(written);
      const columns = trace.x.length;
      if (trace.type === "heatmap")
        trace.z = Array.from(trace.y, (_, i) => trace.z.slice(i * columns, (i + 1) * columns));
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
        this.still.on(event, (/** @type {object | undefined} */ change) => {
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
    /** @type {Record<string, {range: number[]}>} */
    const zoom = {};
    for (const key of /** @type {const} */ (["xaxis", "yaxis"])) {
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
      await (await this.board.plotly)?.react(this.still, data, layout);
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
    const ground = svg("rect");
    set(ground, { class: "ground" });
    this.area.replaceChildren(ground);
    this.marks = this.spec.moving.filter((live) => !live.still).map((live) => {
      const trace = painted[live.trace];
      const mark = trace.type === "heatmap" ? new Raster(this, trace) : new Mark(this.area, trace);
      return { mark, live, x: this.coordinates(trace.x), y: this.coordinates(trace.y), axes: this.axesOf(live), at: "" };
    });
  }

  /**
   * The axes on which a mark depends; null if it has to be drawn at every change.
   * @param {Live.Trace} live
   */
  axesOf(live) {
    /** @type {Set<string>} */
    const names = new Set();
    for (const moving of [live.x, live.y, live.z, live.text])
      for (const ref of moving ? [moving.vector, moving.offset, moving.mask?.vector] : []) {
        const axes = ref ? this.board.arrays.axesOf(ref) : [];
        if (!axes) return null;
        for (const axis of axes) names.add(axis);
      }
    return [...names];
  }

  draw() {
    if (!this.drawn || !this.shown) return;
    if (this.isScene) this.drawScene();
    else this.drawMarks();
  }

  drawMarks() {
    const { arrays, index } = this.board;
    const { xaxis, yaxis, width, height } = this.still._fullLayout;
    const frame = [xaxis._offset, yaxis._offset, xaxis._length, yaxis._length, width, height].join();
    if (frame !== this.frame) {
      this.frame = frame;
      set(this.overlay, { width, height });
      set(this.area, { x: xaxis._offset, y: yaxis._offset, width: xaxis._length, height: yaxis._length });
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
    this.handle?.draw(index, [xaxis._offset, yaxis._offset], toX, toY);
    const view = [frame, ...xaxis.range, ...yaxis.range].join();
    for (const moving of this.marks) {
      const { mark, live, axes } = moving;
      const at = axes && !this.spec.span ? view + axes.map((axis) => index[axis]) : "";
      if (at && at === moving.at) continue; // the same marks in the same place
      moving.at = at;
      const x = live.x ? arrays.evaluate(live.x, index) : moving.x;
      const y = live.y ? arrays.evaluate(live.y, index) : moving.y;
      if (mark instanceof Mark) mark.update(x, y, toX, toY, live.text && arrays.evaluate(live.text, index));
      else if (live.z) mark.paint(x, y, arrays.evaluate(live.z, index), xaxis, yaxis);
    }
  }

  /**
   * A figure whose range follows the sliders has its tick labels drawn here, since Plotly's stand still.
   * @param {number} reach @param {Live.Scale} toX @param {Live.Scale} toY @param {any} xaxis @param {any} yaxis
   */
  drawTicks(reach, toX, toY, xaxis, yaxis) {
    const power = 10 ** Math.floor(Math.log10(reach * 0.92));
    const step = power * ([5, 2, 1].find((m) => m * power <= reach * 0.92) ?? 1);
    const labels = [-step, 0, step];
    while (this.ticks.childElementCount < 2 * labels.length) this.ticks.append(svg("text"));
    labels.forEach((value, i) => {
      const [bottom, left] = [this.ticks.children[2 * i], this.ticks.children[2 * i + 1]];
      bottom.textContent = left.textContent = numberText(value, 1).replace("-", "−");
      const [x, y] = [hundredth(xaxis._offset + toX(value)), hundredth(yaxis._offset + toY(value) + 4)];
      set(bottom, { x, y: yaxis._offset + yaxis._length + 14, "text-anchor": "middle" });
      set(left, { x: xaxis._offset - 5, y, "text-anchor": "end" });
    });
  }

  words() {
    this.plot.setAttribute("aria-label", this.board.say(this.spec.alt));
    this.caption.textContent = this.board.say(this.spec.caption);
  }

  /** @param {string} as */
  async download(as) {
    const { board, spec } = this;
    const stem = [spec.name, ...board.spec.axes.map((axis) => `${axis.name}-${axis.text[board.index[axis.name]]}`)].join("_");
    if (as === "csv") return save(new Blob([table(this)], { type: "text/csv" }), `${stem}.csv`);
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
}
