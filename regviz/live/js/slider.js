// How is an axis set? By a slider, two buttons, a typed value, and perhaps a button that lets it run.

import { nearest } from "./axis.js";
import { child } from "./elements.js";
import { numberText } from "./numbers.js";

export class Slider {
  /** @param {import("./board.js").Board} board @param {Live.Control} axis @param {string} identity */
  constructor(board, axis, identity) {
    this.board = board;
    this.axis = axis;
    this.last = 0; // stop
    this.writing = false;
    this.element = document.createElement("div");
    this.element.className = "axis";
    const id = `axis-${identity}`;
    this.element.innerHTML = `<label for="${id}"></label><input class="typed" type="text" inputmode="decimal"
      autocomplete="off" spellcheck="false"><div class="row"><button type="button" class="less">−</button>
      <input id="${id}" class="range" type="range" min="0" step="1"><button type="button" class="more">+</button></div>
      <div class="ends" aria-hidden="true"><span></span><span></span></div><p class="hint" role="status"></p>`;
    /** @type {HTMLInputElement} */
    const range = (this.range = this.find(".range"));
    /** @type {HTMLInputElement} */
    const typed = (this.typed = this.find(".typed"));
    /** @type {HTMLElement} */
    this.hint = this.find(".hint");
    this.bind(axis);
    this.find(".less").addEventListener("click", () => this.go(this.at - 1, true));
    this.find(".more").addEventListener("click", () => this.go(this.at + 1, true));
    range.addEventListener("input", () => this.go(+range.value));
    range.addEventListener("change", () => board.commit());
    let start = board.index; // a finger that scrolls the page has touched the slider first
    range.addEventListener("pointerdown", () => {
      board.hold();
      start = { ...board.index };
    });
    range.addEventListener("pointerup", () => board.commit());
    range.addEventListener("pointercancel", () => {
      board.move(start);
      board.commit();
    });
    range.addEventListener("keydown", (event) => {
      const step = event.key === "PageUp" ? this.axis.page : event.key === "PageDown" ? -this.axis.page : 0;
      if (!step) return;
      event.preventDefault(); // browsers differ in how far these keys go
      this.go(this.at + step, true);
    });
    if (axis.play) this.addPlay();
    typed.addEventListener("focus", () => typed.select());
    typed.addEventListener("input", () => (this.writing = true)); // a new picture leaves half a number alone
    typed.addEventListener("change", () => this.type(typed.value));
    typed.addEventListener("blur", () => this.stopWriting());
    typed.addEventListener("keydown", (event) => event.key === "Escape" && this.stopWriting());
  }

  /** @param {string} selector */
  find(selector) {
    return child(this.element, selector);
  }

  // A button that lets the slider run to its end, from the start if it is there.
  addPlay() {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "play" });
    this.find(".row").prepend(button);
    /** @param {string} words @param {string} sign */
    const label = (words, sign) => {
      button.setAttribute("aria-label", `${words}: ${this.axis.label}`);
      button.textContent = sign;
    };
    const pause = () => {
      if (!this.playing) return;
      clearInterval(this.playing);
      this.playing = 0;
      label("Play", "▶");
      this.board.commit();
    };
    label("Play", "▶");
    button.addEventListener("click", () => {
      if (this.playing) return pause();
      if (this.at === this.last) this.go(0);
      label("Pause", "❚❚");
      this.playing = setInterval(() => {
        if (this.at < this.last && !document.hidden) this.go(this.at + 1);
        else pause();
      }, 110);
    });
    for (const event of ["pointerdown", "keydown"]) this.range.addEventListener(event, pause);
  }

  /**
   * The slider of another axis of the same name: other stops, perhaps another label.
   * @param {Live.Control} axis
   */
  bind(axis) {
    this.axis = axis;
    this.find("label").textContent = axis.label;
    this.element.title = axis.help;
    const [low, high] = this.find(".ends").children;
    [low.textContent, high.textContent] = axis.ends;
    this.last = axis.values.length - 1;
    this.range.max = String(this.last);
    this.typed.setAttribute("aria-label", `${axis.label}, typed value`);
    this.find(".less").setAttribute("aria-label", `${axis.label}: one step less`);
    this.find(".more").setAttribute("aria-label", `${axis.label}: one step more`);
  }

  get at() {
    return this.board.index[this.axis.name];
  }

  get text() {
    return this.axis.text[this.at];
  }

  /** @param {number} stop */
  go(stop, commit = false) {
    this.hint.textContent = "";
    this.set(Math.max(0, Math.min(this.last, stop)));
    if (commit) this.board.commit();
  }

  /** @param {number} stop */
  set(stop) {
    this.board.move({ [this.axis.name]: stop });
  }

  stopWriting() {
    this.writing = false;
    this.draw();
  }

  /** @param {string} raw */
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
    const { text, at, range, typed } = this;
    if (+range.value !== at) range.value = String(at);
    range.setAttribute("aria-valuetext", text);
    range.style.setProperty("--share", String(at / Math.max(this.last, 1)));
    if (!this.writing && typed.value !== text) typed.value = text;
  }
}

// A slider for a computed number: moving it moves the axes on which the number depends.
export class Dial extends Slider {
  /** @param {import("./board.js").Board} board @param {Live.Dial} dial @param {string} identity */
  constructor(board, dial, identity) {
    const text = dial.stops.map((stop) => numberText(stop, 3));
    super(board, { ...dial, values: dial.stops, text, ends: ["", ""], page: 10 }, identity);
    this.ref = dial.value;
  }

  get value() {
    return this.board.arrays.read(this.ref, this.board.index)[0];
  }

  get at() {
    return nearest(this.axis, this.value);
  }

  get text() {
    return numberText(this.value, 3);
  }

  /** @param {number} stop */
  set(stop) {
    const { board, axis } = this;
    const moved = board.source?.invert(axis.name, axis.values[stop], board.arrays.position(board.index));
    if (moved) board.move(board.stops(moved));
  }
}
