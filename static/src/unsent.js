// Forms that have not arrived: what was typed stays in this tab, under the person and the page. Never secrets, never files.
import { $, $$ } from "./helpers.js";

const MARK = "unsent:";
const SECRET = "input[type=password], [autocomplete=one-time-code], [name=credential]";
const { person } = document.body.dataset;

const keeps = (field) => field.name && field.name !== "csrfmiddlewaretoken" && !["file", "submit", "button", "image", "reset"].includes(field.type);
const fieldsOf = (form) => [...form.elements].filter(keeps);
const target = (form) => new URL(form.getAttribute("action") || location.href, location.href).pathname;
const forms = () => $$("form").filter((form) => form.method === "post");
const own = () => `${MARK}${person}:${location.pathname} `;

// Which form of the page it is: by where it goes, and the how-manieth of those.
const slot = (form) => `${own()}${target(form)}#${forms().filter((one) => target(one) === target(form)).indexOf(form)}`;

const isTyped = (field) => field.type !== "hidden" && (
  field.options ? [...field.options].some((one) => one.selected !== one.defaultSelected)
    : ["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value !== field.defaultValue);

export const store = {
  all: () => Object.keys(sessionStorage).filter((key) => key.startsWith(MARK)),
  own: () => store.all().filter((key) => key.startsWith(`${MARK}${person}:`)),
  here: () => store.all().filter((key) => key.startsWith(own())),
  read(key) { try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { sessionStorage.setItem(key, JSON.stringify(value)); } catch { /* no copy */ } },
  forget(key) { sessionStorage.removeItem(key); },
};

// A form that keeps its own draft, or asks for a secret, is not ours.
const isOurs = (form) => person && form.method === "post" && !form.matches("[data-autosave]") && !$(SECRET, form);

export function keep(form, state) {
  if (!isOurs(form)) return;
  const fields = fieldsOf(form), typed = fields.filter(isTyped);
  store.write(slot(form), {
    state,
    names: [...new Set(fields.map((field) => field.name))],
    values: new URLSearchParams([...new FormData(form)].filter(([name, value]) => typeof value === "string" && name !== "csrfmiddlewaretoken")).toString(),
    typed: typed.filter((field) => field.matches("textarea, input:not([type=checkbox], [type=radio])")).map((field) => field.value).join("\n"),
    isTyped: typed.length > 0,
    hasFiles: $$("input[type=file]", form).some((one) => one.files.length),
  });
}

// The form on this page that an entry belongs to; none where it is not here any more.
export const formOf = (key) => forms().find((form) => slot(form) === key);

export function fill(form, { names, values }) {
  const given = new URLSearchParams(values), left = new Map(names.map((name) => [name, given.getAll(name)]));
  for (const field of fieldsOf(form)) {
    if (!left.has(field.name)) continue;
    const all = given.getAll(field.name), before = field.value, was = field.checked;
    if (["checkbox", "radio"].includes(field.type)) field.checked = all.includes(field.value);
    else if (field.multiple) [...field.options].forEach((one) => { one.selected = all.includes(one.value); });
    else field.value = left.get(field.name).shift() ?? field.value;
    if (field.type !== "hidden" && (field.value !== before || field.checked !== was || field.multiple)) tell(field);
  }
}

function tell(field) {
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  if (!field.matches("[data-send]")) field.dispatchEvent(new Event("change", { bubbles: true }));
}

// Before the page is left because a script was told to sign in: everything typed on it.
export function keepPage() {
  forms().filter((form) => fieldsOf(form).some(isTyped)).forEach((form) => keep(form, "signed-out"));
}

// Whether what a script fetched says that one is signed out; then the whole page goes to sign in.
export function signedOut(answer) {
  const where = answer.headers.get("HX-Redirect");
  if (answer.status !== 401 || !where) return false;
  keepPage();
  location.assign(where);
  return true;
}
