// What does Plotly's markup say where no markup is read, and how are words written as such markup?

/** @param {string} text */
export const literal = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

/** @param {string} text */
export const markup = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
