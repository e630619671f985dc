// Where does the position of the sliders live while nobody moves them? Each place maps the name of an axis to what is
// written for it, null if nothing is.

// In the address of the page, as its query; the steps of browser back are positions.
export class Address {
  page = window.location.pathname;

  // The page that is open now is the one that is meant from here on.
  arrive() {
    this.page = window.location.pathname;
  }

  /**
   * Null once the reader has left for another page.
   * @param {string[]} names @returns {Live.Texts | null}
   */
  read(names) {
    if (this.page !== window.location.pathname) return null;
    const query = new URLSearchParams(window.location.search);
    return Object.fromEntries(names.map((name) => [name, query.get(name)]));
  }

  /** @param {Live.Texts} texts */
  write(texts) {
    const { pathname, search, hash } = window.location;
    const query = new URLSearchParams(search);
    for (const [name, text] of Object.entries(texts))
      if (text === null) query.delete(name);
      else query.set(name, text);
    window.history.pushState({}, "", `${pathname}?${query}${hash}`);
  }

  /**
   * Calls when something else has changed it; the function that comes back ends that.
   * @param {() => void} changed
   */
  watch(changed) {
    window.addEventListener("popstate", changed);
    return () => window.removeEventListener("popstate", changed);
  }
}

// Nowhere but here: a board among others on one page.
export class Memory {
  /** @param {Live.Texts} texts where it is first */
  constructor(texts = {}) {
    this.texts = texts;
  }

  arrive() {}

  /** @param {string[]} names @returns {Live.Texts | null} */
  read(names) {
    return Object.fromEntries(names.map((name) => [name, this.texts[name] ?? null]));
  }

  /** @param {Live.Texts} texts */
  write(texts) {
    this.texts = { ...this.texts, ...texts };
  }

  watch() {
    return () => {};
  }
}
