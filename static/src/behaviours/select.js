// Rows with boxes: X selects the current row, Shift X up to it; the bar floats while something is selected. Esc clears.
import { $, $$, onKey } from "../helpers.js";

let last = null;

function count() {
  const chosen = $$("[data-pick]:checked").length;
  $$("[data-picked]").forEach((one) => { one.textContent = one.dataset.picked.replace("0", chosen); });
  $$("tr[data-row]").forEach((row) => row.classList.toggle("is-selected", Boolean($("[data-pick]:checked", row))));
  $$("[data-needs-pick]").forEach((one) => one.setAttribute("aria-disabled", !chosen));
  if (chosen) $$("[data-pick-hint]").forEach((one) => { one.hidden = true; });
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

// What has nothing to act on says what it needs, and brings one to it.
function needs() {
  $$("[data-pick-hint]").forEach((one) => { one.hidden = false; });
  $("[data-pick]")?.focus();
}

function pickLate() {
  $$("[data-pick]").forEach((one) => { one.checked = "late" in one.dataset; });
  count();
  $("[data-pick]:checked")?.dispatchEvent(new Event("change", { bubbles: true }));
}

function clear() {
  $$("[data-pick]").forEach((one) => { one.checked = false; });
  last = null;
  count();
}

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-pick]")) pick(event.target, event.shiftKey && event.target.checked);
  if (event.target.closest("[data-needs-pick][aria-disabled=true]")) { event.preventDefault(); needs(); }
  if (event.target.closest("[data-pick-late]")) pickLate();
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
