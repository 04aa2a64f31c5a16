// The import: a file is dropped or chosen and refused at once when it is too large; a form is sent once; arrows walk the sheet.
import { $, $$, onKey } from "../helpers.js";

const drop = $("[data-drop]");
if (drop) {
  const input = $("input[type=file]", drop);
  const error = $("[data-drop-error]");
  const limit = Number(drop.dataset.limit);

  function look() {
    const files = [...input.files];
    const tooLarge = files.find((one) => one.size > limit);
    error.hidden = !tooLarge;
    error.textContent = tooLarge ? drop.dataset.tooLarge.replace("{size}", Math.ceil(tooLarge.size / 1048576)) : "";
    $("[data-dropped]", drop).textContent = files.map((one) => one.name).join(", ");
    input.setCustomValidity(error.textContent);
  }
  input.addEventListener("change", look);
  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, (event) => { event.preventDefault(); drop.classList.add("is-over"); });
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    const dropped = new DataTransfer();
    for (const one of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) dropped.items.add(one);
    input.files = dropped.files;
    look();
  });
  input.form.addEventListener("submit", (event) => { if (input.validationMessage && !error.hidden) { event.preventDefault(); error.scrollIntoView({ block: "nearest" }); input.focus(); } });
  input.form.dataset.once = "";
}

// Sent once: the second press of the same button does nothing. Coming back by the browser's button gives it back.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || !event.target.matches("[data-once]")) return;
  if (event.target.dataset.sent) { event.preventDefault(); return; }
  event.target.dataset.sent = "1";
  $$("button[type=submit]", event.target).forEach((one) => one.setAttribute("aria-disabled", "true"));
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  $$("form[data-sent]").forEach((form) => { delete form.dataset.sent; $$("[aria-disabled=true]", form).forEach((one) => one.removeAttribute("aria-disabled")); });
});

// As in a spreadsheet: arrows move over cells that say something, Enter opens one.
const sheet = $("[data-sheet]");
if (sheet) {
  const cells = () => $$("td a, th a", sheet);
  onKey(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight"], (event) => {
    const at = document.activeElement?.closest("[data-sheet] :is(td, th)");
    if (!at) return;
    event.preventDefault();
    const row = at.parentElement;
    const inRow = $$("a", row);
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") inRow[inRow.indexOf(document.activeElement) + (event.key === "ArrowRight" ? 1 : -1)]?.focus();
    else {
      const next = event.key === "ArrowDown" ? row.nextElementSibling : row.previousElementSibling;
      (next && ($("a", next.children[at.cellIndex]) ?? $("a", next)))?.focus();
    }
  });
  if (!$(".is-current", sheet)) cells()[0]?.closest("tr")?.classList.add("is-current");
}

// With a row named in the address (#row-5) the browser focuses that row, which takes none, and `autofocus` is lost.
const first = $(".pmo-panel [autofocus]");
if (first && location.hash) window.addEventListener("load", () => requestAnimationFrame(() => first.focus({ preventScroll: true })));
