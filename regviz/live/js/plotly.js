// How does Plotly come to a page? Once, from one address; and what is wrong if it does not come.

import { child } from "./elements.js";

/** @type {Promise<Live.Plotly> | null} */
let plotly = null;
let attempts = 0;

/** @param {string} address @returns {Promise<Live.Plotly>} */
export function loadPlotly(address) {
  plotly ??= fetchPlotly(new URL(address, document.baseURI).href).catch((error) => {
    plotly = null; // the next call tries again
    throw error;
  });
  return plotly;
}

/** @param {string} address @returns {Promise<Live.Plotly>} */
async function fetchPlotly(address) {
  for (let k = 0; k < 2; k++) {
    // Whatever a cache holds under the plain address is not asked for again.
    const Plotly = window.Plotly ?? (await runScript(attempts++ ? `${address}?${attempts}` : address));
    if (Plotly) return Plotly;
    const trouble = await whatComes(address);
    if (trouble) throw new Error(trouble);
  }
  throw new Error("the drawing library came, but does not run in this browser. Try a newer one.");
}

/** @param {string} address @returns {Promise<Live.Plotly | undefined>} */
function runScript(address) {
  return new Promise((resolve) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = script.onerror = () => {
      if (!window.Plotly) script.remove();
      resolve(window.Plotly);
    };
    document.head.append(script);
  });
}

/**
 * What is wrong with the answer at an address where a script should be; null if nothing is.
 * @param {string} address @returns {Promise<string | null>}
 */
async function whatComes(address) {
  /** @type {Response} */
  let answer;
  try {
    answer = await fetch(address, { cache: "no-store" });
  } catch {
    return "the drawing library did not come. Check the connection to this app, and whether the network asks you to sign in.";
  }
  answer.body?.cancel();
  if (!answer.ok) return `the server answered ${answer.status} when asked for the drawing library. If that stays so, tell whoever runs this app.`;
  if (/javascript/.test(answer.headers.get("content-type") ?? "")) return null;
  return "another page came in place of the drawing library, perhaps one to sign in. Open this app in a new tab, sign in there, and come back.";
}

/** @type {CSSStyleSheet | undefined} */
let adopted;

/**
 * Plotly writes its few style rules into the document's head, where a shadow root does not see them.
 * @param {Live.Root} root
 */
export function adoptPlotlyStyles(root) {
  /** @type {CSSStyleSheet | undefined} */
  const written = child(document, 'style[id^="plotly.js-style"]')?.sheet;
  if (!written || !("adoptedStyleSheets" in root)) return;
  adopted ??= new CSSStyleSheet();
  if (root.adoptedStyleSheets.includes(adopted)) return;
  adopted.replaceSync([...written.cssRules].map((rule) => rule.cssText).join("\n"));
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, adopted];
}
