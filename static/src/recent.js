// The records that a person opened last in this browser, by name and address: for the box that is still empty.
import { $, $$ } from "./helpers.js";

const MARK = "recent:", MOST = 6;
const { person, kind } = document.body.dataset;
const key = `${MARK}${person}`;

export function recent() {
  try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; }
}

function write(list) {
  try { localStorage.setItem(key, JSON.stringify(list)); } catch { /* no memory, no list */ }
}

const forget = (but = "") => Object.keys(localStorage).filter((one) => one.startsWith(MARK) && one !== but).forEach((one) => localStorage.removeItem(one));

// What lies before the others in the empty box; the page that is open is not among it.
export function drawRecent(box) {
  const template = $("template[data-recent]", box), [head, link] = template.content.children;
  const others = recent().filter((one) => one.url !== location.pathname);
  return others.length ? [head.cloneNode(true), ...others.map(({ url, title }) => {
    const hit = link.cloneNode(true);
    hit.href = url;
    $(".title", hit).textContent = title;
    return hit;
  })] : [];
}

if (person) forget(key); // what somebody else opened in this browser is not for whoever comes next
if (person && kind === "record" && $("h1")) {
  const here = { url: location.pathname, title: $("h1").textContent.trim().replace(/\s+/g, " ").slice(0, 120) };
  write([here, ...recent().filter((one) => one.url !== here.url)].slice(0, MOST));
}
$$("form[data-sign-out]").forEach((form) => form.addEventListener("submit", () => forget()));
