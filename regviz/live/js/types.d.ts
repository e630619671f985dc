// What is what in the live component? The payload as board.py sends it, and what the modules make of it. Nothing of
// this reaches a browser.

declare namespace Live {
  type Buffer = Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> | Int16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  type Kind = "floats" | "shorts" | "bytes";
  type Numbers = ArrayLike<number>;
  type Coordinates = number[] | Float32Array<ArrayBuffer>;
  type Drawing = (x: Numbers, y: Numbers, toX: Scale, toY: Scale) => string; // the `d` of a path
  type Mode = "light" | "dark";
  type Palette = Record<string, string>; // role -> colour
  type Index = Record<string, number>; // name of an axis -> stop
  type Position = Record<string, number>; // name of an axis -> value
  type Place = Record<string, number | string | null>; // and name of a setting -> what the address says, null by default
  type Texts = Record<string, string | null>; // name of an axis -> what is written for it
  type Scale = (value: number) => number;

  // -- what travels

  interface Payload {
    spec: Spec;
    floats: Uint8Array<ArrayBuffer>; // deflated by zlib, as the other two
    shorts: Uint8Array<ArrayBuffer>;
    bytes: Uint8Array<ArrayBuffer>;
  }

  interface Spec {
    axes: Axis[];
    figures: Figure[];
    readouts: Card[];
    notes: Note[];
    dials: Dial[];
    arrays: Record<string, Swept>;
    values: Record<string, { ref: Ref; form: string | string[] }>;
    legend: [number, number][]; // (figure, trace)
    presets: [string, Place][];
    menu: string;
    summary: string;
    place: string;
    columns: number;
    source: string | null; // the text of a module
    palettes: Record<Mode, Palette>;
    layout: object;
    plotly: string; // address
  }

  interface Stops {
    values: number[];
    start?: number;
  }

  interface Control extends Stops {
    name: string;
    label: string;
    text: string[];
    help: string;
    ends: [string, string];
    page: number;
    place: [number, number] | null;
    play?: boolean;
  }

  interface Axis extends Control {
    start: number;
    play: boolean;
  }

  interface Dial {
    name: string;
    label: string;
    value: Ref;
    stops: number[];
    help: string;
    place: [number, number] | null;
  }

  interface Swept {
    buffer: Kind;
    start: number;
    axes: string[];
    lengths: number[];
    shape: number[];
    scale: number;
  }

  interface Ref {
    array: string;
    pin?: Index;
    item?: number;
    along?: string;
  }

  interface Moving {
    vector: Ref;
    take?: string;
    matrix?: string;
    template?: string;
    onlyZeros?: boolean;
    offset?: Ref;
    asinh?: number | null;
    mask?: { vector: Ref; low: number; high: number; take: string | null };
    bins?: [number, number, number];
  }

  interface Trace {
    trace: number;
    still: boolean;
    x?: Moving;
    y?: Moving;
    z?: Moving;
    customdata?: Moving;
    text?: Moving;
  }

  interface Cell {
    name: string;
    row: number;
    column: number;
  }

  interface Figure extends Cell {
    title: string;
    data: any[]; // of Plotly, with roles for colours
    layout: any;
    moving: Trace[];
    alt: string;
    caption: string;
    height: number;
    span: Ref | null;
    handle: [string, string] | null;
    wide: boolean;
    lever: [string, Ref, number] | null;
    scrub: [string, Ref] | null;
  }

  interface Card extends Cell {
    title: string;
    headline: string;
    rows: [string, string, string][];
    role: string;
  }

  interface Note extends Cell {
    title: string;
    paragraphs: string[];
    question: string;
    answer: string;
    wide: boolean;
  }

  // -- what the modules make of it

  type Compute = (position: Position) => Record<string, Float64Array<ArrayBuffer>>;

  interface Source {
    default: Compute;
    invert(name: string, value: number, position: Position): Position;
  }

  interface Entry extends Swept {
    size: number;
    strides: number[];
    values: Buffer;
  }

  type Root = ShadowRoot | HTMLElement; // in which a board stands

  interface Home {
    arrive(): void;
    read(names: string[]): Texts | null;
    write(texts: Texts): void;
    watch(changed: () => void): () => void;
  }

  interface Plotly {
    react(element: HTMLElement, data: object[], layout: object, config?: object): Promise<unknown>;
    toImage(figure: object, options: object): Promise<string>;
    purge(element: HTMLElement): void;
  }

  interface Plotted extends HTMLElement {
    _fullLayout: any;
    on(event: string, listener: (change?: object) => void): void;
  }
}

interface Window {
  Plotly?: Live.Plotly;
}
