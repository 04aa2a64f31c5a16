// Rows with boxes: X selects the current row, Shift X up to it; the bar floats while something is selected. Esc clears.
import { $, $$, onKey } from "../helpers.js";

let last = null;

function count() {
  const chosen = $$("[data-pick]:checked").length;
  $$("[data-picked]").forEach((one) => { one.textContent = one.dataset.picked.replace("0", chosen); });
  $$("tr[data-row]").forEach((row) => row.classList.toggle("is-selected", Boolean($("[data-pick]:checked", row))));
  $$("[data-bulk]").forEach((bar) => bar.classList.toggle("is-open", chosen > 0));
  $$("[data-pick-all]").forEach((all) => { all.checked = chosen > 0 && chosen === $$("[data-pick]").length; all.indeterminate = chosen > 0 && !all.checked; });
}

function pick(box, upTo) {
  const all = $$("[data-pick]");
  const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
  if (upTo && from >= 0) all.slice(from, to + 1).forEach((one) => { one.checked = true; });
  last = box;
  count();
}

function clear() {
  $$("[data-pick]").forEach((one) => { one.checked = false; });
  last = null;
  count();
}

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-pick]")) pick(event.target, event.shiftKey && event.target.checked);
  if (event.target.closest("[data-pick-none]")) { event.preventDefault(); clear(); }
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  $$("[data-pick]").forEach((one) => { one.checked = event.target.checked; });
  count();
});
onKey(["x", "X"], (event) => {
  const box = $("[data-row].is-current [data-pick]");
  if (!box) return;
  if (event.shiftKey) box.checked = true; else box.checked = !box.checked;
  pick(box, event.shiftKey);
});
onKey(["Escape"], () => { if ($("[data-pick]:checked") && !$("details.pmo-chip[open], details.pmo-menu[open]")) clear(); });
count();
