// One open menu at a time; Escape and a click elsewhere close it. Toasts go by themselves, refusals when told to.
import { $, $$ } from "../helpers.js";

const STAYS = 8000;
const menus = () => $$("details.pmo-menu[open], details.pmo-chip[open]");

document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  menus().forEach((menu) => { menu.open = false; $("summary", menu).focus(); });
  $$(".pmo-toast").forEach((one) => one.remove());
});
document.addEventListener("change", (event) => { if (event.target.matches("[data-send]")) event.target.form.requestSubmit(); });
document.addEventListener("click", (event) => event.target.closest("[data-close-toast]")?.closest(".pmo-toast").remove());

// Not while it is being read or has the focus.
function fade() {
  const busy = $(".pmo-toasts:hover, .pmo-toasts:focus-within");
  if (busy) setTimeout(fade, 1000);
  else $$(".pmo-toast:not(.is-error)").forEach((one) => one.remove());
}
if ($(".pmo-toast")) setTimeout(fade, STAYS);
