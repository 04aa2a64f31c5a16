// Two versions of one record: how many places are still to be chosen; what the browser kept goes when one is taken.
import { $, $$, kept } from "../helpers.js";

const form = $("form[data-two]");
if (form) {
  const button = $("[data-submit]", form), words = $("span", button), said = $("[data-two-said]", form), save = words.textContent;
  const names = () => [...new Set($$("input[type=radio]", form).map((one) => one.name))];
  const forget = () => kept.forget(form.dataset.forget);

  function count() {
    const all = names(), open = all.filter((name) => !$(`[name="${name}"]:checked`, form)).length;
    button.setAttribute("aria-disabled", open ? "true" : "false");
    button.classList.toggle("btn-primary", !open);
    words.textContent = open ? button.dataset.twoOpen.replace("0", open) : save;
    said.textContent = all.length ? said.dataset.twoSaid.replace("0", all.length - open).replace("{all}", all.length) : "";
    $$("td:has(input[type=radio])", form).forEach((cell) => cell.classList.toggle("is-chosen", Boolean($("input:checked", cell))));
  }
  form.addEventListener("change", count);
  form.addEventListener("submit", (event) => {
    if (button.getAttribute("aria-disabled") === "true") { event.preventDefault(); $("input[type=radio]:not(:checked)", form)?.focus(); }
    else forget();
  });
  $("[data-forget-now]", form)?.addEventListener("click", forget);
  count();
}
