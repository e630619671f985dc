// How is the address of the page copied, as it is at that moment?

/** @param {{parentElement: HTMLElement | ShadowRoot}} component */
export default function ({ parentElement }) {
  const button = /** @type {HTMLButtonElement} */ (parentElement.querySelector("button"));
  const input = /** @type {HTMLInputElement} */ (parentElement.querySelector("input"));
  const status = /** @type {HTMLElement} */ (parentElement.querySelector("p"));
  const refresh = () => {
    input.value = window.location.href;
  };
  refresh();
  status.textContent = "";
  input.onfocus = () => {
    refresh();
    input.select();
  };
  button.onclick = async () => {
    refresh();
    try {
      await navigator.clipboard.writeText(input.value);
      status.textContent = "Copied.";
    } catch { // only secure origins have a clipboard
      input.select();
      status.textContent = document.execCommand("copy") ? "Copied." : "Press Ctrl+C to copy.";
    }
  };
}
