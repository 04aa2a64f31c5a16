// An @ in a text offers people who may see what it is about: arrows and Enter, or a tap. What is chosen is plain text.
import { $$ } from "../helpers.js";

const WAIT = 150;
let box = null, field = null, from = -1, timer = 0, asked = 0;

// The @ before the caret, where what follows it may still be a name.
function begun(area) {
  const before = area.value.slice(0, area.selectionStart);
  const found = /(?:^|[^\w.+-])[@＠]([^\n@＠]{1,30})$/.exec(before);
  return found && !/[。、,;:!?！？]/.test(found[1]) ? { words: found[1], at: before.length - found[1].length } : null;
}

function close() {
  box?.remove();
  box = null;
  if (!field) return;
  field.removeAttribute("aria-controls");
  field.removeAttribute("aria-activedescendant");
}

function show(area, people) {
  close();
  if (!people.length) return;
  field = area;
  box = document.createElement("ul");
  box.className = "pmo-mentions";
  box.id = "mentions";
  box.setAttribute("role", "listbox");
  box.setAttribute("aria-label", area.closest("[data-mention]").dataset.mentionLabel);
  people.forEach((person, number) => {
    const line = document.createElement("li");
    line.id = `mention-${number}`;
    line.setAttribute("role", "option");
    line.dataset.insert = person.insert;
    line.textContent = person.name;
    if (person.note) line.appendChild(Object.assign(document.createElement("span"), { className: "note", textContent: person.note }));
    box.appendChild(line);
  });
  area.after(box);
  area.setAttribute("aria-controls", "mentions");
  mark(0);
}

function mark(number) {
  const lines = $$("li", box), wanted = (number + lines.length) % lines.length;
  lines.forEach((line, index) => line.setAttribute("aria-selected", String(index === wanted)));
  field.setAttribute("aria-activedescendant", `mention-${wanted}`);
  lines[wanted].scrollIntoView({ block: "nearest" });
}

function take(line) {
  const area = field, end = area.selectionStart;
  area.setRangeText(`${line.dataset.insert} `, from, end, "end");
  close();
  area.focus();
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

async function ask(area, found, number) {
  const answer = await fetch(`${area.closest("[data-mention]").dataset.mention}?q=${encodeURIComponent(found.words.trim())}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || number !== asked) return;
  from = found.at;
  show(area, (await answer.json()).people);
}

document.addEventListener("input", (event) => {
  const area = event.target;
  if (!area.matches?.("[data-mention] textarea")) return;
  clearTimeout(timer);
  asked += 1;
  const found = begun(area), number = asked;
  if (!found) { close(); return; }
  timer = setTimeout(() => ask(area, found, number), WAIT);
});

document.addEventListener("keydown", (event) => {
  if (!box || event.target !== field || event.isComposing) return;
  const now = $$("li", box).findIndex((line) => line.getAttribute("aria-selected") === "true");
  const act = { ArrowDown: () => mark(now + 1), ArrowUp: () => mark(now - 1), Enter: () => take($$("li", box)[now]), Tab: () => take($$("li", box)[now]), Escape: close }[event.key];
  if (!act || (event.key === "Enter" && (event.ctrlKey || event.metaKey))) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, true);

document.addEventListener("pointerdown", (event) => {
  if (!box) return;
  const line = event.target.closest(".pmo-mentions li");
  if (line) { event.preventDefault(); take(line); } else if (event.target !== field) close();
});
$$("[data-mention] textarea").forEach((area) => {
  area.setAttribute("aria-autocomplete", "list");
  area.setAttribute("aria-haspopup", "listbox");
});
