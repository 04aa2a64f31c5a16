// Keys that hang on an element: data-key="R" clicks it; Ctrl-Enter submits the form one is in. ? shows all keys.
import { $, $$, letterCounts, onKey } from "../helpers.js";

// A key that is held acts once; one still held from the page before types nothing here.
let isFresh = false;
document.addEventListener("keydown", (event) => {
  if (!event.repeat) isFresh = true;
  else if (!isFresh) event.preventDefault();
}, true);
onKey([..."abcdefghilmnoprstuvwyzABCDEFGHILMNOPRSTUVWYZ"], (event) => {
  if (event.repeat) return;
  const found = $$("[data-key]").find((one) => one.dataset.key.toLowerCase() === event.key.toLowerCase());
  if (found) { event.preventDefault(); found.click(); }
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing && !event.repeat) {
    const form = event.target.closest("form") ?? $("form[data-main]");
    if (form) { event.preventDefault(); form.requestSubmit($("[data-submit]", form) ?? undefined); }
  }
});

const help = $("#keys");

// What this page's own keys do, in the words of the buttons that have them.
function ownKeys() {
  const list = document.createElement("dl");
  const words = (one) => [...one.childNodes].filter((n) => n.nodeName !== "KBD").map((n) => n.textContent).join(" ").trim();
  list.replaceChildren(...$$("[data-key]").flatMap((one) => {
    const [term, kbd, meaning] = ["dt", "kbd", "dd"].map((name) => document.createElement(name));
    kbd.textContent = one.dataset.key;
    term.append(kbd);
    meaning.textContent = one.getAttribute("aria-label") || words(one);
    return [term, meaning];
  }));
  const section = $("[data-page-keys]", help);
  $("dl", section)?.remove();
  section.append(list);
  section.hidden = !list.childElementCount;
}

function show() {
  $$("details.pmo-menu[open]").forEach((menu) => { menu.open = false; });
  ownKeys();
  help.showModal();
}

if (help) {
  document.addEventListener("keydown", (event) => { if (event.key === "?" && letterCounts(event)) { event.preventDefault(); show(); } });
  $$("[data-keys-help]").forEach((button) => button.addEventListener("click", show));
}
document.addEventListener("click", (event) => {
  if (event.target.closest("dialog [data-close]")) event.target.closest("dialog").close();
  else if (event.target.matches("dialog")) event.target.close();
});
