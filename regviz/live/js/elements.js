// How are elements found and made, where it is known what they are?

/**
 * An element that is there.
 * @param {ParentNode} root @param {string} selector @returns {any}
 */
export const child = (root, selector) => root.querySelector(selector);

/**
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 */
export const svg = (tag) => document.createElementNS("http://www.w3.org/2000/svg", tag);

/**
 * What is null or undefined is taken away.
 * @param {Element} element @param {Record<string, unknown>} attributes
 */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes))
    if (value == null) element.removeAttribute(name);
    else element.setAttribute(name, String(value));
}
