// What is one board? Sliders, figures and words around one position, all drawn in the browser: every stop of a slider
// without a server in between.
//
// Plotly draws what stands still (axes, data) once. Traces that move are drawn by an SVG overlay in the same axis
// coordinates, one animation frame at a time; Plotly holds them too, invisibly, so that hover, zoom and the
// PNG/SVG/CSV downloads work on the real trace. These modules know axes, arrays, traces and templates, nothing of what
// they mean. Their counterpart in Python is board.py; `say` is Board.say there.

import { Arrays, loadSource, unpack } from "./arrays.js";
import { atEnd, nearest } from "./axis.js";
import { child, set, svg } from "./elements.js";
import { Figure } from "./figure.js";
import { Mark } from "./mark.js";
import { literal } from "./markup.js";
import { formatNumber, integer } from "./numbers.js";
import { paint } from "./paint.js";
import { loadPlotly } from "./plotly.js";
import { Dial, Slider } from "./slider.js";
import { Card, Note } from "./words.js";

const FRAME = `<div class="controls"></div>
<div class="above"><ul class="legend"></ul><label class="presets"></label></div>
<p class="problem" role="alert"></p><div class="grid"></div>
<p class="summary" role="status" aria-live="polite"></p>`;

let identities = 0;

export class Board {
  /** @type {Live.Spec} what it shows; nothing before the first `show` */
  spec;
  /** @type {Arrays} */
  arrays;
  /** @type {Live.Source | null} */
  source;
  /** @type {Live.Mode} */
  mode;
  /** @type {Live.Palette} */
  palette;
  /** @type {Promise<Live.Plotly | null>} */
  plotly;
  /** @type {Slider[]} */
  sliders = [];
  /** @type {Figure[]} */
  figures = [];
  /** @type {(Card | Note)[]} */
  words = [];
  /** @type {Map<Element, Figure | Card | Note>} */
  cells = new Map();
  /** @type {Live.Index} */
  index = {};
  /** @type {Set<string>} names of the axes that the reader has moved since the place of the position was read */
  moved = new Set();
  /** @type {Live.Texts} what was written there when it was last read or written */
  told = {};
  /** @type {Record<string, number>} */
  timers = {};
  frame = 0; // the next one, as the browser numbers them
  idle = 0;
  turn = 0; // which rest it is
  width = 0; // pixels

  /**
   * @param {Live.Root} root
   * @param {Live.Home} home where the position lives
   * @param {(element: Element) => Live.Mode} modeOf
   */
  constructor(root, home, modeOf) {
    this.root = root;
    this.home = home;
    this.modeOf = modeOf;
    this.element = document.createElement("div");
    this.element.className = "board";
    this.element.innerHTML = FRAME;
    root.append(this.element);
    const soon = { rootMargin: "200px", scrollMargin: "200px" }; // the page may scroll inside an element of its own
    this.approach = new IntersectionObserver((entries) => this.seen(entries, "near"), soon);
    this.stage = new IntersectionObserver((entries) => this.seen(entries, "shown"));
    this.resizer = new ResizeObserver(() => this.resized());
    this.resizer.observe(this.element);
    this.unwatch = home.watch(() => this.readPosition());
    this.themer = new MutationObserver(() => this.themed());
    this.themer.observe(document.head, { childList: true, subtree: true, characterData: true });
    this.themer.observe(document.documentElement, { attributes: true });
    this.scheme = matchMedia("(prefers-color-scheme: dark)");
    this.onScheme = () => (this.timers.theme = setTimeout(() => this.themed(), 50));
    this.scheme.addEventListener("change", this.onScheme);
    this.onOnline = () => this.again?.();
    window.addEventListener("online", this.onOnline);
  }

  close() {
    this.approach.disconnect();
    this.stage.disconnect();
    this.resizer.disconnect();
    this.themer.disconnect();
    this.unwatch();
    this.scheme.removeEventListener("change", this.onScheme);
    window.removeEventListener("online", this.onOnline);
    for (const slider of this.sliders) clearInterval(slider.playing);
    for (const figure of this.figures) figure.close();
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    cancelAnimationFrame(this.frame);
    (window.cancelIdleCallback ?? clearTimeout)(this.idle);
    this.wanted = null; // what is under way sees that it is no longer wanted
    this.turn++;
  }

  /**
   * Words in place of the figures, with a button if there is something to try.
   * @param {string} problem @param {() => void} [again]
   */
  tell(problem, again) {
    this.again = again;
    const place = child(this.element, ".problem");
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

  /** @param {Live.Payload} payload */
  async show(payload) {
    try {
      await this.take(payload);
    } catch (error) {
      const why = /** @type {Error} */ (error).message;
      this.tell(`The figures could not be built: ${why}. Reload the page; if that does not help, try a newer browser.`);
      throw error;
    }
  }

  /** @param {Live.Payload} payload */
  async take(payload) {
    const { spec } = payload;
    this.wanted = spec;
    const buffers = await unpack(payload);
    const source = spec.source ? await loadSource(spec.source) : null;
    if (this.wanted !== spec) return; // newer data came meanwhile
    // From here to the end nothing waits: a slider under the pointer never meets half of the old and half of the new.
    const oldAxes = this.spec?.axes;
    this.spec = spec;
    this.source = source;
    this.arrays = new Arrays(spec.arrays, buffers, source?.default, spec.axes);
    this.home.arrive();
    this.mode = this.modeOf(this.element);
    this.palette = spec.palettes[this.mode];
    const same = oldAxes?.map((axis) => axis.name).join() === spec.axes.map((axis) => axis.name).join();
    this.build(same);
    this.load();
    if (same) return this.keepPosition(oldAxes);
    this.index = {};
    this.readPosition();
  }

  /** @param {boolean} sameAxes */
  build(sameAxes) {
    const { spec } = this;
    const old = this.figures;
    this.approach.disconnect();
    this.stage.disconnect();
    this.element.style.setProperty("--columns", String(spec.columns));
    this.applyPalette();
    // Sliders outlive new data: the one under the pointer or the keyboard's focus goes on working.
    if (sameAxes) spec.axes.forEach((axis, i) => this.sliders[i].bind(axis));
    else this.buildSliders();
    this.buildPresets();
    this.figures = spec.figures.map((figure) => new Figure(this, figure));
    const cards = spec.readouts.map((card) => new Card(this, card));
    this.words = [...cards, ...spec.notes.map((note) => new Note(this, note))];
    const cells = [...this.figures, ...this.words];
    this.cells = new Map(cells.map((cell) => [cell.element, cell]));
    const placed = cells.map(({ element, spec: { row, column } }) => ({ element, row, column }));
    for (const { element, axis } of this.sliders)
      if (axis.place) placed.push({ element, row: axis.place[0], column: axis.place[1] });
    placed.sort((a, b) => a.row - b.row || a.column - b.column);
    // A figure that takes another's place is as near to the screen as that one was.
    for (const figure of this.figures) {
      const twin = old.find((other) => other.spec.name === figure.spec.name);
      if (twin) ({ near: figure.near, shown: figure.shown } = twin);
    }
    for (const { element, column } of placed) element.style.setProperty("--column", String(column + 1));
    child(this.element, ".grid").replaceChildren(...placed.map(({ element }) => element));
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
    const controls = child(this.element, ".controls");
    controls.replaceChildren(...atTop.map((slider) => slider.element));
    controls.dataset.count = atTop.length;
    for (const { element, axis } of this.sliders) if (axis.place) element.classList.add("cell");
  }

  buildPresets() {
    const { menu, presets } = this.spec;
    const label = child(this.element, ".presets");
    label.replaceChildren();
    if (!presets.length) return;
    const select = document.createElement("select");
    select.append(new Option("choose", ""), ...presets.map(([name], i) => new Option(name, String(i))));
    select.addEventListener("change", () => {
      if (!select.value) return;
      const chosen = select.value;
      const place = presets[+chosen][1];
      this.move(this.stops(place));
      select.value = chosen;
      if (Object.keys(place).every((name) => name in this.index)) this.commit();
      else this.home.write(this.texts(place)); // settings change too: their host sends another sweep
    });
    label.append(menu, select);
    this.menu = select;
  }

  /**
   * Stops nearest to some axes' values.
   * @param {Live.Place} place @returns {Live.Index}
   */
  stops(place) {
    const named = this.spec.axes.filter(({ name }) => name in place);
    return Object.fromEntries(named.map((axis) => [axis.name, nearest(axis, place[axis.name])]));
  }

  /** @param {Live.Place} place @returns {Live.Texts} */
  texts(place) {
    return Object.fromEntries(Object.entries(place).map(([name, value]) => [name, value === null ? null : `${value}`]));
  }

  buildLegend() {
    /** @param {number} pixel */
    const same = (pixel) => pixel;
    const samples = this.spec.legend.map(([figure, number]) => {
      const trace = paint(this.spec.figures[figure].data[number], this.palette);
      const item = document.createElement("li");
      const sample = svg("svg");
      set(sample, { viewBox: "0 0 26 12", "aria-hidden": true });
      const mark = new Mark(sample, trace);
      if (mark.draw === mark.bars) mark.path.setAttribute("d", "M4 1H22V11H4Z");
      else if (mark.draw === mark.points) mark.update([13], [6], same, same);
      else mark.update([1, 25], [6, 6], same, same);
      item.append(sample, literal(trace.name ?? ""));
      return item;
    });
    child(this.element, ".legend").replaceChildren(...samples);
  }

  applyPalette() {
    this.element.dataset.mode = this.mode;
    for (const [role, value] of Object.entries(this.palette)) this.element.style.setProperty(`--${role}`, value);
  }

  themed() {
    if (!this.spec) return;
    const mode = this.modeOf(this.element);
    if (mode === this.mode) return;
    this.mode = mode;
    this.palette = this.spec.palettes[mode];
    this.applyPalette();
    this.buildLegend();
    for (const figure of this.figures) figure.render();
  }

  resized() {
    if (!this.spec || this.element.clientWidth === this.width) return;
    this.width = this.element.clientWidth;
    clearTimeout(this.timers.resize);
    this.timers.resize = setTimeout(() => this.figures.forEach((figure) => figure.render()), 80);
  }

  /**
   * What is far off screen is not even laid out, and what is not on it stays behind until the sliders rest.
   * @param {IntersectionObserverEntry[]} entries @param {"near" | "shown"} how
   */
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

  // What is written at the place of the position; null if that is another page's now.
  readTexts() {
    return this.home.read(this.spec.axes.map((axis) => axis.name));
  }

  // The place of the position says where the sliders are.
  readPosition() {
    const texts = this.spec && this.readTexts();
    if (!texts) return;
    this.told = texts;
    /** @type {Live.Index} */
    const index = {};
    for (const axis of this.spec.axes) index[axis.name] = nearest(axis, texts[axis.name]);
    this.move(index, true);
    this.moved.clear(); // where that put them, not the reader
    this.rest();
  }

  /**
   * New data under the same sliders: what the reader has moved stays at its value, unless something else is written
   * there now.
   * @param {Live.Axis[]} oldAxes
   */
  keepPosition(oldAxes) {
    const texts = this.readTexts() ?? {};
    /** @type {Live.Index} */
    const index = {};
    for (const axis of this.spec.axes) {
      const { name } = axis;
      const old = oldAxes.find((candidate) => candidate.name === name);
      const told = texts[name] !== this.told[name];
      /** @type {string | number | null} */
      let raw = texts[name];
      if (old && !told && this.moved.has(name))
        raw = atEnd(old, this.index[name]) ? null : old.values[this.index[name]];
      index[name] = nearest(axis, raw);
      if (told) this.moved.delete(name);
    }
    this.told = texts;
    const moved = [...this.moved];
    this.move(index, true);
    this.moved = new Set(moved);
    if (moved.some((name) => texts[name] === null)) this.commit(); // it was lost on the way
    this.rest();
  }

  /** @param {Live.Index} change */
  move(change, now = false) {
    Object.assign(this.index, change);
    for (const name of Object.keys(change)) this.moved.add(name);
    if (this.menu && !now) this.menu.value = ""; // the sliders have left the place that it names
    cancelAnimationFrame(this.frame);
    if (now) this.draw();
    else this.frame = requestAnimationFrame(() => this.draw());
    clearTimeout(this.timers.rest);
    this.timers.rest = setTimeout(() => this.rest(), 300);
  }

  draw() {
    for (const slider of this.sliders) slider.draw();
    for (const words of this.words) words.draw();
    for (const figure of this.figures) figure.draw();
  }

  // The pointer is up: the position is written down, as one step of browser back if it lives in the address.
  commit() {
    clearTimeout(this.timers.commit);
    this.timers.commit = setTimeout(() => {
      const { axes } = this.spec;
      const there = this.readTexts();
      if (!there) return; // the reader has left the page
      if (axes.every((axis) => nearest(axis, there[axis.name]) === this.index[axis.name])) return; // it says so
      /** @param {Live.Axis} axis */
      const text = (axis) => (atEnd(axis, this.index[axis.name]) ? null : axis.text[this.index[axis.name]]);
      this.told = Object.fromEntries(axes.map((axis) => [axis.name, text(axis)]));
      this.home.write(this.told);
    }, 150);
  }

  // A drag begins: what is about to be written waits for its end.
  hold() {
    clearTimeout(this.timers.commit);
  }

  rest() {
    clearTimeout(this.timers.rest);
    child(this.element, ".summary").textContent = this.say(this.spec.summary);
    const turn = ++this.turn;
    const queue = [...this.figures];
    for (const figure of queue) figure.words();
    for (const words of this.words) words.write();
    /** @type {(work: () => void) => number} */
    const idle = window.requestIdleCallback ?? ((work) => setTimeout(work, 30));
    const next = async () => {
      if (turn !== this.turn || !queue.length) return;
      await queue.shift()?.render();
      if (turn === this.turn) this.idle = idle(next);
    };
    this.idle = idle(next);
  }

  /**
   * A template with its {names} replaced by the numbers at the position.
   * @param {string} template @returns {string}
   */
  say(template) {
    return template.replace(/\{(\w+)\}/g, (_, name) => {
      const axis = this.spec.axes.find((candidate) => candidate.name === name);
      if (axis) return axis.text[this.index[name]];
      const { ref, form } = this.spec.values[name];
      const value = this.arrays.read(ref, this.index)[0];
      return Array.isArray(form) ? this.say(form[integer(value)]) : formatNumber(value, form);
    });
  }
}
