// The draft of a report: it goes to the server while one types. Without a network the browser keeps it, and what was
// asked for (submitting included) happens when there is one again, once.
import { $, $$, cookie, kept } from "../helpers.js";
import { signedOut } from "../unsent.js";

const form = "seeing" in document.body.dataset ? null : $("form[data-autosave]");
if (form) {
  const store = form.dataset.store, waiting = `${store}:waiting`, clock = `${store}:seconds`;
  const state = $("[data-save-state]"), safe = $("[data-safe]"), offline = $("[data-offline]"), conflict = $("[data-conflict]");
  const version = $("[name=version]", form), seconds = $("[name=seconds]", form), opened = $("[name=opened]", form);
  const OWN = ["version", "csrfmiddlewaretoken", "seconds", "opened", "seen"];
  const MOST = 8; // bodies that are remembered as unanswered: the first of them, and the latest
  let timer, dirty = false, running = null, stopped = false, sending = false, unanswered = [];

  const say = (text) => { if (text) state.textContent = text; };
  const body = () => new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === "string"));
  const typed = () => [...body()].filter(([name]) => ![...OWN, "taken"].includes(name));
  const keep = () => kept.write(store, { body: body().toString(), version: version.value, opened: opened.value, unanswered });
  const later = (wait) => { clearTimeout(timer); timer = setTimeout(save, wait); };

  function changed() {
    dirty = true;
    keep();
    later(900);
    form.dispatchEvent(new CustomEvent("draft:changed"));
  }

  // One request at a time; true when the server has everything that is typed.
  function save() {
    if (!running) running = send().finally(() => { running = null; });
    return running;
  }

  async function send() {
    if (stopped) return false;
    clearTimeout(timer);
    dirty = false;
    say(form.dataset.saying);
    let answer, said;
    try {
      [answer, said] = await post(body());
      if (said?.state === "conflict" && await arrivedBefore()) [answer, said] = await post(body());
    } catch { return unreachable(); }
    if (answer.status >= 500) return unreachable();
    offline.hidden = true;
    if (!said) { stopped = true; if (!signedOut(answer)) location.reload(); return false; } // the copy stays here
    say(said.message);
    if (answer.ok) return saved(said);
    if (said.state === "conflict") { stopped = true; unanswered = []; keep(); conflict.hidden = false; conflict.scrollIntoView({ block: "nearest" }); }
    if (said.url) { stopped = true; location.assign(said.url); }
    return false;
  }

  async function post(words) {
    remember(words);
    const answer = await fetch(form.dataset.autosave, { method: "POST", body: words, keepalive: true, headers: { "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" } });
    return [answer, answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null];
  }

  // What is on its way may arrive without our hearing of it: the network goes, the page is closed.
  function remember(words) {
    const told = new URLSearchParams(words);
    ["csrfmiddlewaretoken", "opened", "seconds"].forEach((name) => told.delete(name));
    if (unanswered.includes(told.toString())) return;
    unanswered.push(told.toString());
    if (unanswered.length > MOST) unanswered.splice(1, 1);
    if (kept.read(store)) keep();
  }

  // The server has another version. Where that is what we sent ourselves and heard no answer to, it is no conflict: the
  // server knows its own words again and tells their version.
  async function arrivedBefore() {
    for (const words of unanswered.slice(0, -1)) {
      const [answer, said] = await post(new URLSearchParams(words));
      if (answer.ok && said) { version.value = said.version; return true; }
    }
    return false;
  }

  function saved(said) {
    version.value = said.version;
    unanswered = [];
    opened.value = JSON.stringify(Object.fromEntries(typed()));
    const unread = Object.keys(said.faults).length > 0; // what the server could not read stays here as it was typed
    if (safe) safe.hidden = unread;
    state.classList.toggle("is-bad", unread);
    if (dirty || unread) keep(); else kept.forget(store);
    if (dirty) later(900);
    form.dispatchEvent(new CustomEvent("draft:saved", { detail: said }));
    return !dirty;
  }

  function unreachable() {
    dirty = true;
    keep();
    offline.hidden = false;
    say(kept.read(waiting) ? form.dataset.waiting : form.dataset.kept);
    clearTimeout(timer);
    timer = setTimeout(again, 5000);
    return false;
  }

  // Submitting: first the draft must have arrived; then the page goes. What is asked for is remembered until it is done.
  async function submit(which) {
    if (!conflict.hidden) return ask();
    if (sending || stopped) return;
    sending = true;
    kept.write(waiting, { which, url: location.pathname, name: $("h1").textContent.trim() });
    say(form.dataset.sending);
    let arrived = await save();
    if (!arrived && dirty && !stopped && offline.hidden) arrived = await save();
    sending = false;
    if (arrived) go(which);
    else if (stopped) { kept.forget(waiting); if (!conflict.hidden) ask(); }
  }

  // Nothing is sent over another version: the question comes into view, and says what is to be done first.
  function ask() {
    say(form.dataset.asking);
    $("[data-asked]", conflict).hidden = false;
    conflict.scrollIntoView({ block: "center" });
    $("[data-merge]", conflict).focus({ preventScroll: true });
  }

  function go(which) {
    sending = stopped = true;
    const target = which === "no-change" ? $("#no-change") : form;
    seconds.value = passed;
    $("[name=seconds]", target).value = passed;
    HTMLFormElement.prototype.submit.call(target);
  }

  const again = () => { const asked = kept.read(waiting); if (asked) submit(asked.which ?? asked); else if (dirty) save(); };

  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("data-merge")) { stopped = true; clearTimeout(timer); return; }
    event.preventDefault();
    submit("submit");
  });
  $("#no-change")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = $("[data-no-change]");
    if (button.getAttribute("aria-disabled") === "true") $("[data-submit]", form).focus(); else submit("no-change");
  });
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", () => { if (document.hidden && dirty) save(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); }); // "back" after submitting

  // How long the form has been in front of somebody who was doing something.
  let passed = Math.max(Number(seconds.value) || 0, kept.read(clock) ?? 0), active = Date.now();
  const shown = $("[data-elapsed]");
  ["keydown", "pointerdown", "input", "scroll"].forEach((kind) => document.addEventListener(kind, () => { active = Date.now(); }, { passive: true }));
  setInterval(() => {
    if (document.hidden || Date.now() - active > 120_000) return;
    passed += 1;
    seconds.value = passed;
    kept.write(clock, passed);
    if (shown) shown.textContent = shown.dataset.form.replace("%(minutes)s", Math.floor(passed / 60)).replace("%(seconds)s", String(passed % 60).padStart(2, "0"));
  }, 1000);

  // What was typed and had not arrived when the page was left.
  const copy = kept.read(store), restored = $("[data-restored]"), asSent = typed().toString();
  if (copy?.body) {
    const values = new URLSearchParams(copy.body);
    for (const field of $$("[name]", form)) {
      if (OWN.includes(field.name)) continue;
      if (field.type === "radio") field.checked = values.get(field.name) === field.value;
      else if (field.type === "checkbox") field.checked = values.getAll(field.name).includes(field.value);
      else if (values.has(field.name)) field.value = values.get(field.name);
    }
    version.value = copy.version;
    opened.value = copy.opened;
    unanswered = copy.unanswered ?? [];
    dirty = true;
    say(form.dataset.kept);
    restored.hidden = typed().toString() === asSent;
  }
  if ($(".pmo-summary", form)) kept.forget(waiting);
  form.dispatchEvent(new CustomEvent("draft:changed"));
  again();
  navigator.serviceWorker?.register("/keep.js").then(() => navigator.serviceWorker.ready).then(({ active: worker }) => worker.postMessage({
    page: location.href,
    files: [...$$("link[rel=stylesheet], link[rel=icon]").map((one) => one.href), ...$$("script[src]").map((one) => one.src), ...new Set($$("svg use").map((one) => one.href.baseVal.split("#")[0]))],
  })).catch(() => { /* without it a reload needs a network; nothing else is missing */ });
}

// A page that shows the report as it was handed in, or two versions of it: the browser's copy has done its work.
$$("[data-forget]").forEach((one) => {
  if (one.dataset.forget && !one.matches("form")) [one.dataset.forget, `${one.dataset.forget}:seconds`].forEach(kept.forget);
  if (one.dataset.forget) kept.forget(`${one.dataset.forget}:waiting`);
});

// What was asked for without a network and has not gone out: the desk says so, and leads to where it goes out by itself.
const note = $("[data-waiting-note]");
if (note) {
  for (const key of Object.keys(localStorage).filter((one) => one.startsWith(note.dataset.waitingNote) && one.endsWith(":waiting"))) {
    const asked = kept.read(key);
    if (!asked?.url) continue;
    const line = note.content.firstElementChild.cloneNode(true), link = $("a", line);
    link.href = asked.url;
    link.textContent = asked.name;
    note.after(line);
  }
}
