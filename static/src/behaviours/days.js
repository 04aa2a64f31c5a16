// A field for a day: written in the page's language, with the browser's calendar behind its button.
// + − move it by a day, with Shift by a week; ↑ ↓ do the same.
import { $, $$ } from "../helpers.js";
import { iso, read, shift, write } from "../days.js";

const calendar = (field) => $("input[type=date]", field.parentElement);

function put(field, day) {
  field.value = write(day);
  calendar(field).value = iso(day);
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-calendar]");
  if (!button) return;
  const native = $("input[type=date]", button.parentElement);
  try { native.showPicker(); } catch { $("[data-day]", button.parentElement).focus(); }
});
document.addEventListener("change", (event) => {
  if (event.target.matches(".pmo-day input[type=date]")) {
    event.stopPropagation();
    const field = $("[data-day]", event.target.parentElement);
    if (event.target.value) put(field, new Date(`${event.target.value}T00:00:00Z`));
    else { field.value = ""; field.dispatchEvent(new Event("input", { bubbles: true })); }
    field.focus();
  } else if (event.target.matches("[data-day]")) {
    const day = read(event.target.value);
    if (day) { event.target.value = write(day); calendar(event.target).value = iso(day); }
  }
}, true);
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-day]") || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const day = read(event.target.value);
  if (!day) return;
  const plus = ["Equal", "Semicolon", "NumpadAdd"].includes(event.code) || event.key === "+";
  const minus = ["Minus", "NumpadSubtract"].includes(event.code) || event.key === "-";
  const up = event.key === "ArrowUp", down = event.key === "ArrowDown";
  if (!plus && !minus && !up && !down) return;
  event.preventDefault();
  // The sign + itself needs Shift on most keyboards: there it is a day; a week forward is Shift with ↑ or the keypad.
  const week = event.shiftKey && !(plus && event.code !== "NumpadAdd");
  put(event.target, shift(day, (plus || up ? 1 : -1) * (week ? 7 : 1)));
});
$$("[data-day]").forEach((field) => field.setAttribute("aria-keyshortcuts", "ArrowUp ArrowDown"));
