// How does a board stand on a page of Streamlit? This is the one module that knows it: what its component function is
// given, how its columns hold bytes, which style variables it sets, and how it hears of a new address.

import { Board } from "./board.js";
import { modeOn } from "./paint.js";
import { Address } from "./position.js";

/** @type {WeakMap<Live.Root, Board>} mount point -> Board, kept between calls */
const boards = new WeakMap();

/** @param {{data: Record<string, any>, parentElement: Live.Root}} component */
export default function ({ data, parentElement }) {
  const board = boards.get(parentElement) ?? new Board(parentElement, new SharedAddress(), mode);
  boards.set(parentElement, board);
  for (const [name, value] of Object.entries(STYLE)) board.element.style.setProperty(name, value);
  const { spec, floats, shorts, bytes } = data;
  board.show({ spec, floats: unwrap(floats), shorts: unwrap(shorts), bytes: unwrap(bytes) });
  return () => {
    board.close();
    boards.delete(parentElement);
  };
}

const STYLE = { "--font": "var(--st-font)", "--top": "3.75rem" }; // so high is the page's header

/** @param {Element} element */
const mode = (element) => modeOn(getComputedStyle(element).getPropertyValue("--st-background-color").trim());

/**
 * NumPy's bytes arrive as a table of one column.
 * @param {any} table @returns {Uint8Array<ArrayBuffer>}
 */
const unwrap = (table) => (table.getChild("value") ?? table.getChildAt(0)).toArray();

// The position is written into the address here and not by Python, so that it is right at once, without a connection
// too, and beside any change of a widget. The popstate event lets Streamlit take notice: it reruns the page with the
// new query and sends nothing that is here already.
class SharedAddress extends Address {
  /** @param {Live.Texts} texts */
  write(texts) {
    super.write(texts);
    window.dispatchEvent(new PopStateEvent("popstate", { state: {} }));
  }
}
