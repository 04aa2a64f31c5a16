// Rows with boxes: the bar says how many, the whole column at once, and keeps its form's button in step.
import { $, $$, onKey } from "../helpers.js";

function count() {
  const chosen = $$("[data-pick]:checked").length;
  $$("[data-picked]").forEach((one) => { one.textContent = one.dataset.picked.replace("0", chosen); });
  $$("tr[data-row]").forEach((row) => row.classList.toggle("is-selected", Boolean($("[data-pick]:checked", row))));
}
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) $$("[data-pick]").forEach((one) => { one.checked = event.target.checked; });
  if (event.target.matches("[data-pick], [data-pick-all]")) count();
});
onKey(["x", "X"], () => { const one = $("[data-row].is-current [data-pick]"); if (one) { one.checked = !one.checked; count(); } });
count();
