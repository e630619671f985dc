// How does a board stand on a plain page?
//
//   <link rel="stylesheet" href="live.css">
//   <script type="module">
//     import { mount } from "./js/page.js";
//     mount(document.querySelector("main"), payload, { plotly: "plotly.min.js" });
//   </script>

import { Board } from "./board.js";
import { modeOn } from "./paint.js";
import { Memory } from "./position.js";

/**
 * `payload` is that of board.py; its bytes may be written in base64. `plotly` is the address of the drawing library,
 * `position` the place where the position lives: a Memory of its own, unless it is said. What comes back takes the
 * board away.
 * @param {HTMLElement} element
 * @param {Record<keyof Live.Payload, any>} payload
 * @param {{plotly: string, position?: Live.Home}} options
 * @returns {() => void}
 */
export function mount(element, payload, { plotly, position = new Memory() }) {
  const board = new Board(element, position, () => modeOn(getComputedStyle(document.body).backgroundColor));
  const { spec, floats, shorts, bytes } = payload;
  const sent = { floats: unpacked(floats), shorts: unpacked(shorts), bytes: unpacked(bytes) };
  board.show({ spec: { ...spec, plotly }, ...sent });
  return () => {
    board.close();
    board.element.remove();
  };
}

/** @param {string | Uint8Array<ArrayBuffer>} bytes */
const unpacked = (bytes) =>
  typeof bytes === "string" ? Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0)) : bytes;
