// Autosave: the draft goes to the server while one types; without a network the browser keeps it and sends it later.
import { $, $$, cookie } from "../helpers.js";

const form = $("form[data-autosave]");
if (form) {
  const state = $("[data-save-state]");
  const offline = $("[data-offline]");
  const store = `draft:${form.dataset.autosave}`;
  const version = $("[name=version]", form);
  const seconds = $("[name=seconds]", form);
  let timer, dirty = false, busy = false, leaving = false;
  const began = Date.now();

  const say = (text) => { state.textContent = text; };
  const body = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));

  function changed() {
    dirty = true;
    marks();
    try { localStorage.setItem(store, body().toString()); } catch { /* a full or closed store costs the copy, not the page */ }
    clearTimeout(timer);
    timer = setTimeout(save, 900);
  }

  async function save() {
    if (busy || !dirty || leaving) return;
    busy = true; dirty = false;
    say(form.dataset.saying);
    try {
      const answer = await fetch(form.dataset.autosave, { method: "POST", body: body(), headers: { "X-CSRFToken": cookie("csrftoken") } });
      const said = await answer.json();
      offline.hidden = true;
      if (answer.ok) { version.value = said.version; if (!dirty) localStorage.removeItem(store); }
      say(said.message);
      if (answer.status === 409) { clearTimeout(timer); leaving = true; $("[data-conflict]").hidden = false; }
    } catch {
      dirty = true;
      offline.hidden = false;
      say(form.dataset.kept);
      timer = setTimeout(save, 5000);
    }
    busy = false;
    if (dirty && navigator.onLine && !timer) timer = setTimeout(save, 900);
  }

  // Changed dates turn blue; each row with a light that needs a word shows it.
  function marks() {
    $$("[data-was]", form).forEach((field) => field.classList.toggle("is-changed", field.value !== field.dataset.was));
  }

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  window.addEventListener("online", save);
  form.addEventListener("submit", () => { leaving = true; if (seconds) seconds.value = Math.round((Date.now() - began) / 1000); try { localStorage.removeItem(store); } catch { /* nothing kept */ } });
  const kept = (() => { try { return localStorage.getItem(store); } catch { return null; } })();
  if (kept) {
    for (const [name, value] of new URLSearchParams(kept)) {
      if (["version", "csrfmiddlewaretoken", "seconds"].includes(name)) continue;
      $$(`[name="${name}"]`, form).forEach((field) => { if (field.type === "radio") field.checked = field.value === value; else field.value = value; });
    }
    changed();
  }
  marks();

  // 1 2 3 set the light of the focused row; + and − move a date by a day, with Shift by a week.
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-light-row]");
    if (row && event.target.type === "radio" && ["1", "2", "3"].includes(event.key)) {
      const choice = $$("input[type=radio]", row)[Number(event.key) - 1];
      choice.checked = true; choice.focus(); changed();
    }
    if (event.target.type === "date" && ["+", "-", ";", "="].includes(event.key) && event.target.value) {
      event.preventDefault();
      const day = new Date(`${event.target.value}T00:00:00Z`);
      day.setUTCDate(day.getUTCDate() + (event.key === "-" ? -1 : 1) * (event.shiftKey && event.key !== "+" ? 7 : 1));
      event.target.value = day.toISOString().slice(0, 10);
      changed();
    }
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-take]");
    if (!button) return;
    const target = $(`[name="${button.dataset.take}"]`, form);
    target.value = `${target.value.trim()}${target.value.trim() ? "\n" : ""}${button.dataset.text}`;
    button.disabled = true;
    changed();
  });
}
