// What do the words beside the figures say? Templates whose numbers follow the sliders.

// Text with numbers in it, which follows the sliders while it is near the screen.
export class Words {
  /** @param {import("./board.js").Board} board @param {Live.Cell} spec @param {string} kind */
  constructor(board, spec, kind) {
    this.board = board;
    this.spec = spec;
    this.element = document.createElement("section");
    this.element.className = `cell ${kind}`;
    this.element.dataset[kind] = spec.name;
    this.near = true;
    this.shown = true;
    /** @type {[Text, string][]} */
    this.slots = [];
  }

  /**
   * A template, filled in here.
   * @param {Element} parent @param {string} template
   */
  fill(parent, template) {
    this.slots.push([parent.appendChild(new Text()), template]);
  }

  /** @param {string} tag @param {string} template @param {Element} [parent] */
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

export class Note extends Words {
  /** @param {import("./board.js").Board} board @param {Live.Note} spec */
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

export class Card extends Words {
  /** @param {import("./board.js").Board} board @param {Live.Card} spec */
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
