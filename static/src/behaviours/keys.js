// Keys that hang on an element: data-key="R" clicks it; Ctrl-Enter submits the form one is in.
import { $, $$ } from "../helpers.js";
import { onKey } from "../helpers.js";

onKey([..."abcdefghilmnoprstuvwyzABCDEFGHILMNOPRSTUVWYZ"], (event) => {
  const found = $$("[data-key]").find((one) => one.dataset.key.toLowerCase() === event.key.toLowerCase());
  if (found) { event.preventDefault(); found.click(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
    const form = event.target.closest("form") ?? $("form[data-main]");
    if (form) { event.preventDefault(); form.requestSubmit($("[data-submit]", form) ?? undefined); }
  }
});
