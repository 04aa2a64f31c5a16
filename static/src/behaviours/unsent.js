// A form that did not arrive (signed out meanwhile, refused, broken) is filled in again on its page, with a word about it,
// and sent by nobody but the person. Kept until it has arrived or is discarded; signing out forgets all.
import { $, $$ } from "../helpers.js";
import { fill, formOf, keep, keepPage, store } from "../unsent.js";

const { person, unsent: met } = document.body.dataset;
const isOnItsWay = (key) => store.read(key)?.state === "sending";

window.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) store.all().forEach(store.forget);
  else if (!event.defaultPrevented) keep(event.target, "sending");
});
document.addEventListener("htmx:beforeOnLoad", ({ detail: { xhr } }) => {
  if (xhr.status === 401 && xhr.getResponseHeader("HX-Redirect")) keepPage();
});

// This page answers what was sent: either it says that nothing arrived, or it did.
if (met) store.all().filter(isOnItsWay).forEach((key) => store.write(key, { ...store.read(key), state: met }));
if (person) {
  const mine = store.own();
  store.all().filter((key) => !mine.includes(key) || isOnItsWay(key)).forEach(store.forget);
}
const hint = $("[data-unsent-kept]");
if (hint) hint.hidden = !store.all().map(store.read).some((entry) => entry?.state === "signed-out" && entry.isTyped);
if (person && !met) store.here().forEach(bringBack);

function bringBack(key) {
  const entry = store.read(key), form = formOf(key);
  if (!form && !entry.typed) { store.forget(key); return; }
  if (form) fill(form, entry);
  const notice = $("#unsent").content.firstElementChild.cloneNode(true);
  const said = [entry.state, !form ? "gone" : entry.isTyped ? "typed" : "untyped", ...(entry.hasFiles ? ["files"] : [])];
  $("[data-unsent-text]", notice).textContent = entry.typed;
  $$("[data-when]", notice).filter((one) => !said.includes(one.dataset.when)).forEach((one) => one.remove());
  $("[data-drop-unsent]", notice).addEventListener("click", () => {
    store.forget(key);
    notice.remove();
    if (form) location.assign(location.pathname + location.search);
  });
  if (form?.matches(".pmo-form")) form.before(notice); else ($(".pmo-head") ?? $("#content").lastElementChild).after(notice);
  notice.scrollIntoView({ block: "center" });
  notice.focus({ preventScroll: true });
}
