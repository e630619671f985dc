// Which words in the address stand for a slug? Whatever writes them there, the slug is written in their place.

/** @type {{regvizSlugs?: Record<string, string>}} "field=words" -> "field=slug", of the page that is open */
const held = /** @type {any} */ (window);

/** @param {string} field one spelling for every way to encode it */
const read = (field) => [...new URLSearchParams(field)].map((pair) => pair.join("=")).join();

/** @param {string} address */
const inSlugs = (address) => address.replace(/[^?&#]+/g, (part) => held.regvizSlugs?.[read(part)] ?? part);

/** @param {{data: {slugs: Record<string, string>}}} component */
export default function ({ data }) {
  const first = !held.regvizSlugs;
  held.regvizSlugs = Object.assign(Object.create(null), data.slugs);
  const { history } = window;
  const mend = () => {
    const { href } = window.location;
    if (inSlugs(href) !== href) history.replaceState(history.state, "", href);
  };
  if (first) {
    for (const method of /** @type {const} */ (["pushState", "replaceState"])) {
      const write = history[method].bind(history);
      history[method] = (state, title, address) => write(state, title, address && inSlugs(String(address)));
    }
    window.addEventListener("popstate", mend); // back to an old link
  }
  mend();
}
