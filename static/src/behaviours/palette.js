// Ctrl-K: one box over everything; arrows move, Enter opens, Ctrl-Enter opens in a new tab.
import { $, $$ } from "../helpers.js";
import { drawRecent } from "../recent.js";
import { signedOut } from "../unsent.js";

const box = $("#palette");
let timer, last;

const options = () => $$("[role=option]", box);
const current = () => $(".is-current", box);

function mark(option) {
  options().forEach((one) => { one.classList.toggle("is-current", one === option); one.setAttribute("aria-selected", one === option); });
  const input = $("input", box);
  if (option) { input.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); } else input.removeAttribute("aria-activedescendant");
}

async function look(words) {
  const answer = await fetch(`${box.dataset.url}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } }).catch(() => null);
  if (!answer || signedOut(answer) || !answer.ok || words !== last) return;
  const hits = $("[data-hits]", box);
  hits.innerHTML = await answer.text();
  if (!words.trim()) hits.prepend(...drawRecent(box));
  $$("a", hits).forEach((link, at) => { link.id = `hit-${at}`; link.setAttribute("role", "option"); link.tabIndex = -1; });
  $$("h3", hits).forEach((head) => head.setAttribute("role", "presentation"));
  mark(options()[0]);
  $("[data-said]", box).textContent = options().length || $("p", hits)?.textContent || "";
}

function show() {
  if (box.open) return;
  $$("dialog[open]").forEach((one) => one.close());
  box.showModal();
  const input = $("input", box);
  input.focus();
  input.select();
  last = input.value;
  look(last);
}

if (box) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); show(); }
  });
  $$("[data-palette]").forEach((button) => button.addEventListener("click", (event) => { event.preventDefault(); show(); }));
  $("input", box).addEventListener("input", (event) => {
    last = event.target.value;
    clearTimeout(timer);
    timer = setTimeout(() => look(last), 120);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const all = options();
    const at = all.indexOf(current());
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = all[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) mark(next);
    } else if (event.key === "Enter" && all[at]) {
      event.preventDefault();
      event.stopPropagation();
      if (event.ctrlKey || event.metaKey) window.open(all[at].href, "_blank", "noopener");
      else all[at].click();
    }
  });
}
