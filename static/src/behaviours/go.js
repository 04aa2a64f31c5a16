// G, then a letter: the room whose entry in the navigation has it. The second letter reaches nobody else.
import { $$, letterCounts } from "../helpers.js";

const PATIENCE = 1500;
let until = 0;

document.addEventListener("keydown", (event) => {
  if (!letterCounts(event)) return;
  if (Date.now() < until) {
    until = 0;
    event.stopImmediatePropagation();
    const entry = $$("[data-go]").find((one) => one.dataset.go.toLowerCase() === event.key.toLowerCase());
    if (entry) { event.preventDefault(); entry.click(); }
  } else if (event.key.toLowerCase() === "g") {
    until = Date.now() + PATIENCE;
    event.stopImmediatePropagation();
  }
}, true);
