// What are the numbers at a position of the sliders? Arrays over the axes, as they travel, and expressions in them:
// `evaluate` is Moving.at of board.py.

const TYPES = { floats: Float32Array, shorts: Int16Array, bytes: Uint8Array };

/**
 * The flat buffers of a payload, each in its type.
 * @param {Live.Payload} payload
 */
export async function unpack(payload) {
  /** @type {Record<string, Live.Buffer>} */
  const buffers = {};
  for (const kind of /** @type {Live.Kind[]} */ (Object.keys(TYPES)))
    buffers[kind] = new TYPES[kind](await inflate(payload[kind]));
  return buffers;
}

/**
 * Bytes deflated by zlib, as they were.
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

export class Arrays {
  /**
   * `source` computes what the sweep does not hold: (position by axis name) => arrays by name.
   * @param {Record<string, Live.Swept>} spec
   * @param {Record<string, Live.Buffer>} buffers
   * @param {Live.Compute | null | undefined} source
   * @param {Live.Axis[]} axes
   */
  constructor(spec, buffers, source, axes) {
    this.source = source;
    this.axes = axes;
    this.computedAt = ""; // the position of what was computed last
    /** @type {Record<string, Live.Entry>} */
    this.entries = {};
    for (const [name, entry] of Object.entries(spec)) {
      const size = entry.shape.reduce((a, b) => a * b, 1);
      /** @type {number[]} */
      const strides = [];
      let stride = size;
      for (let k = entry.lengths.length - 1; k >= 0; k--) {
        strides[k] = stride;
        stride *= entry.lengths[k];
      }
      this.entries[name] = { ...entry, size, strides, values: buffers[entry.buffer] };
    }
  }

  /** @param {Live.Ref} ref @param {Live.Index} index @returns {Live.Buffer} */
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

  /**
   * The axes on which an expression depends; null if it is computed.
   * @param {Live.Ref} ref @returns {string[] | null}
   */
  axesOf({ array, pin = {}, along }) {
    return this.entries[array]?.axes.filter((axis) => !(axis in pin) && axis !== along) ?? null;
  }

  /**
   * The axes' values at an index.
   * @param {Live.Index} index @returns {Live.Position}
   */
  position(index) {
    return Object.fromEntries(this.axes.map((axis) => [axis.name, axis.values[index[axis.name]]]));
  }

  /** @param {string} array @param {Live.Index} index */
  compute(array, index) {
    const key = this.axes.map((axis) => index[axis.name]).join();
    if (!this.computed || key !== this.computedAt) {
      this.computedAt = key;
      this.computed = this.source?.(this.position(index));
    }
    const values = this.computed?.[array];
    if (!values) throw new Error(`no array is called ${array}`);
    return values;
  }

  /**
   * The coordinates at an index.
   * @param {Live.Moving} moving @param {Live.Index} index @returns {Float64Array}
   */
  evaluate(moving, index) {
    const v = this.read(moving.vector, index);
    /** @type {Float64Array | undefined} */
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
/**
 * A module that travels as text (the source of a board), imported once for each text.
 * @type {Map<string, Promise<Live.Source>>}
 */
const sources = new Map();
/** @param {string} text @returns {Promise<Live.Source>} */
export function loadSource(text) {
  let source = sources.get(text);
  if (!source) {
    source = import(URL.createObjectURL(new Blob([text], { type: "text/javascript" })));
    sources.set(text, source);
  }
  return source;
}
