// Lists and asks: J K move, Enter opens, X selects, / filters, A first action, N what finishes the ask in one key.
import { $, $$, onKey } from "../helpers.js";

const rows = () => $$("[data-row]");
const current = () => $("[data-row].is-current");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.max(0, Math.min(all.length - 1, at + step))] ?? all[0];
  current()?.classList.remove("is-current");
  next.classList.add("is-current");
  next.scrollIntoView({ block: "nearest" });
}

onKey(["j", "J"], () => move(1));
onKey(["k", "K"], () => move(-1));
onKey(["Enter"], (event) => {
  if (event.repeat || event.target.closest("a, button, summary")) return;
  const link = current()?.querySelector("a[href]");
  if (link) link.click();
});
onKey(["a", "A"], (event) => { if (!event.repeat) current()?.querySelector("[data-first]")?.click(); });
onKey(["n", "N"], (event) => { if (!event.repeat) current()?.querySelector("[data-quick]")?.click(); });
onKey(["/"], (event) => {
  const box = $("[data-filter-box]");
  if (box) { event.preventDefault(); box.focus(); }
});
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (!row || event.target.closest("a, button, input, label, summary")) return;
  row.querySelector("a[href]")?.click();
});
// On a desk the first row is where to begin: its keys work at once.
$(".pmo-ask[data-row]")?.classList.add("is-current");
