// What can the pointer drag in a figure? An axis anywhere in it (a scrub), or a point (a handle). The axes' sliders are
// their keyboard.

import { closest, nearest } from "./axis.js";
import { set, svg } from "./elements.js";
import { hundredth, inverse, scale } from "./screen.js";

/**
 * One pointer drags an element. `begin` may refuse it; `end` is told whether what it did stays: not if the browser has
 * taken it for a scroll. The function that comes back ends a drag that is under way.
 * @param {GlobalEventHandlers & Element} element
 * @param {(event: PointerEvent) => boolean} begin
 * @param {(event: PointerEvent) => void} follow
 * @param {(kept: boolean) => void} end
 * @returns {() => void}
 */
function draggable(element, begin, follow, end) {
  /** @type {number | null} */
  let pointer = null;
  /** @param {PointerEvent | null} event @param {boolean} kept */
  const stop = (event, kept) => {
    if (pointer === null || (event && event.pointerId !== pointer)) return;
    pointer = null;
    if (event?.type === "pointerup") follow(event);
    end(kept);
  };
  element.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button || !begin(event)) return;
    pointer = event.pointerId;
    element.setPointerCapture(event.pointerId);
  });
  element.addEventListener("pointermove", (event) => event.pointerId === pointer && follow(event));
  for (const kind of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"]))
    element.addEventListener(kind, (event) => stop(event, kind !== "pointercancel"));
  return () => stop(null, true);
}

/**
 * The pointer, anywhere in the plot, moves an axis to the stop nearest to it. Up and down still scrolls a phone.
 * @param {import("./figure.js").Figure} figure @param {string} name @param {Live.Ref} places
 */
export function scrub(figure, name, places) {
  const { board, plot } = figure;
  plot.classList.add("scrub");
  let start = 0; // the stop at which the pointer came
  /** @param {PointerEvent} event */
  const follow = (event) => {
    const { xaxis } = figure.still._fullLayout;
    const x = inverse(scale(xaxis, xaxis.range, xaxis._length, false))(event.clientX - figure.corner()[0]);
    board.move({ [name]: closest(board.arrays.read(places, board.index), x) });
  };
  /** @param {PointerEvent} event */
  const begin = (event) => {
    if (!figure.drawn) return false;
    board.hold();
    start = board.index[name];
    if (event.pointerType !== "touch") follow(event); // a finger may be about to scroll
    return true;
  };
  /** @param {boolean} kept */
  const end = (kept) => {
    if (!kept && board.index[name] !== start) board.move({ [name]: start });
    board.commit();
  };
  return draggable(plot, begin, follow, end);
}

// A point that the pointer drags. `spot(index)` is where it is, `moved(x, y)` the stops of axes that a place means.
export class Handle {
  /**
   * @param {import("./figure.js").Figure} figure
   * @param {(index: Live.Index) => number[]} spot
   * @param {(x: number, y: number) => Live.Index} moved
   */
  constructor(figure, spot, moved) {
    const { board } = figure;
    this.spot = spot;
    this.circle = figure.overlay.appendChild(svg("circle"));
    set(this.circle, { class: "handle", r: 22 });
    let grip = [0, 0]; // from the pointer to the point
    /** @param {PointerEvent} event */
    const follow = (event) => {
      if (!this.from) return;
      const [left, top] = figure.corner();
      const x = this.from[0](event.clientX - left + grip[0]);
      const y = this.from[1](event.clientY - top + grip[1]);
      board.move(moved(x, y));
    };
    /** @param {PointerEvent} event */
    const begin = (event) => {
      if (!this.from) return false;
      board.hold();
      event.preventDefault();
      const at = this.circle.getBoundingClientRect();
      grip = [at.left + at.width / 2 - event.clientX, at.top + at.height / 2 - event.clientY];
      return true;
    };
    this.drop = draggable(this.circle, begin, follow, () => board.commit());
  }

  /**
   * In the overlay, in which the plot area has a corner.
   * @param {Live.Index} index @param {number[]} corner @param {Live.Scale} toX @param {Live.Scale} toY
   */
  draw(index, [left, top], toX, toY) {
    const [x, y] = this.spot(index);
    this.circle.setAttribute("cx", String(hundredth(left + toX(x))));
    this.circle.setAttribute("cy", String(hundredth(top + toY(y))));
    this.from = [inverse(toX), inverse(toY)];
  }
}

/**
 * The handle's coordinates are the values of two axes; without the second it slides along y = 0.
 * @param {import("./figure.js").Figure} figure @param {string} nameX @param {string} nameY
 */
export function handleOfAxes(figure, nameX, nameY) {
  const [axisX, axisY] = [nameX, nameY].map((name) => figure.board.spec.axes.find((axis) => axis.name === name));
  /** @param {Live.Index} index */
  const spot = (index) => [axisX, axisY].map((axis) => (axis ? axis.values[index[axis.name]] : 0));
  return new Handle(figure, spot, (x, y) => ({
    ...(axisX && { [nameX]: nearest(axisX, x) }),
    ...(axisY && { [nameY]: nearest(axisY, y) }),
  }));
}

/**
 * The handle stands at one x, and its height is that of a stop.
 * @param {import("./figure.js").Figure} figure @param {string} axis @param {Live.Ref} places @param {number} x
 */
export function handleOfLever(figure, axis, places, x) {
  const { board } = figure;
  /** @param {Live.Index} index */
  const heights = (index) => board.arrays.read(places, index);
  /** @param {Live.Index} index */
  const spot = (index) => [x, heights(index)[index[axis]]];
  return new Handle(figure, spot, (_, y) => ({ [axis]: closest(heights(board.index), y) }));
}
