// The keys of a keypad that are no text: F1 to F12 act on the screen, Esc goes one step back.

const FUNCTION_KEY = /^F([1-9]|1[0-2])$/;

/** Listens for function keys and Esc; `on`: {press(name), takes(name), escape()}. */
export function listenToKeys(on) {
  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") {
      event.preventDefault();
      on.escape();
    } else if (FUNCTION_KEY.test(event.key) && on.takes(event.key)) {
      event.preventDefault();
      on.press(event.key);
    }
  });
}
