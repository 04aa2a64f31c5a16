// A box for one person in a large office: looks people up while one types; the browser's own list shows them.
import { $ } from "../helpers.js";
import { signedOut } from "../unsent.js";

let timer;

async function look(box) {
  const words = box.value.trim();
  if (!words || words.includes("<") || words.includes("#")) return;
  const address = new URL(box.dataset.choose, window.location);
  address.searchParams.set("q", words);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (signedOut(answer) || !answer.ok || words !== box.value.trim()) return;
  const { people } = await answer.json();
  $(`#${CSS.escape(box.getAttribute("list"))}`).replaceChildren(...people.map((name) => { const one = document.createElement("option"); one.value = name; return one; }));
}

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-choose]")) return;
  clearTimeout(timer);
  timer = setTimeout(() => look(event.target), 150);
});
