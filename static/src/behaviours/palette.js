// Ctrl-K: one box over everything; arrows move, Enter opens.
import { $, $$ } from "../helpers.js";

const box = $("#palette");
let timer, last;

async function look(words) {
  const answer = await fetch(`${box.dataset.url}?q=${encodeURIComponent(words)}`, { headers: { "HX-Request": "true" } });
  if (!answer.ok || words !== last) return;
  const hits = $("[data-hits]", box);
  hits.innerHTML = await answer.text();
  $("a", hits)?.classList.add("is-current");
}

function show() {
  box.showModal();
  const input = $("input", box);
  input.select();
  last = input.value;
  look(last);
}

if (box) {
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); show(); }
  });
  $$("[data-palette]").forEach((button) => button.addEventListener("click", show));
  $("input", box).addEventListener("input", (event) => {
    last = event.target.value;
    clearTimeout(timer);
    timer = setTimeout(() => look(last), 120);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const links = $$("a", box);
    const at = links.findIndex((one) => one.classList.contains("is-current"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
      if (next) { links[at]?.classList.remove("is-current"); next.classList.add("is-current"); next.scrollIntoView({ block: "nearest" }); }
    } else if (event.key === "Enter" && links[at]) { event.preventDefault(); links[at].click(); }
  });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
}
