// One open menu at a time; Escape and a click elsewhere close it.
import { $$ } from "../helpers.js";

const menus = () => $$("details.pmo-menu[open], details.pmo-chip[open]");
document.addEventListener("click", (event) => menus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
document.addEventListener("keydown", (event) => { if (event.key === "Escape") menus().forEach((menu) => { menu.open = false; menu.querySelector("summary").focus(); }); });
document.addEventListener("change", (event) => { if (event.target.matches("[data-send]")) event.target.form.requestSubmit(); });
setTimeout(() => $$(".pmo-toast:not(.is-error)").forEach((one) => one.remove()), 8000);
