// The status form as one fills it in: which lights need a word, how far dates and amounts moved, what the figures say.
import { $, $$ } from "../helpers.js";
import * as amounts from "../amounts.js";
import * as days from "../days.js";

const form = $("form[data-autosave]");
if (form) {
  const ORDER = { red: 0, amber: 1, green: 2, none: 3 };
  const field = (name) => $(`[name="${name}"]`, form);
  const signed = (number) => (number > 0 ? `+${number}` : number < 0 ? `−${-number}` : "0");

  function lights() {
    $$("[data-light-row]", form).forEach((row) => {
      const declared = $("input[type=radio]:checked", row)?.value ?? "none", computed = row.dataset.computed;
      const differs = row.dataset.lightRow !== "overall" && declared !== "none" && computed !== "none" && ORDER[declared] > ORDER[computed];
      row.classList.toggle("differs", differs);
      row.classList.toggle("asks-nothing", declared === "green" && !differs && !$(".reason input", row).value.trim());
    });
  }

  function moves() {
    $$("[data-moved-for]", form).forEach((out) => {
      const box = field(out.dataset.movedFor), now = days.read(box.value);
      const was = out.dataset.was ? new Date(`${out.dataset.was}T00:00:00Z`) : null;
      const moved = was && now ? days.between(was, now) : 0;
      out.textContent = moved ? out.dataset.form.replace("%(days)s", signed(moved)) : out.closest("td") ? "–" : "";
      out.className = moved > 0 ? "is-bad" : moved < 0 ? "is-good" : "quiet";
      box.classList.toggle("is-changed", Boolean(moved));
      const back = $("[data-put-back]", out.closest("tr") ?? document.createElement("p"));
      const reached = $("[data-reached]", out.closest("tr") ?? document.createElement("p"));
      if (back) back.hidden = !moved && reached.hidden;
    });
  }

  function sums() {
    $$("[data-amount-for]", form).forEach((out) => {
      const amount = amounts.read(field(out.dataset.amountFor).value), { size, form: shape } = out.dataset;
      if (amount === null) { out.textContent = ""; return; }
      const change = out.dataset.was === "" ? 0 : amount - Number(out.dataset.was);
      const said = amounts.write(amount, Number(size), shape), moved = amounts.write(change, Number(size), shape);
      out.textContent = `= ${amount < 0 ? "−" : ""}${said}`;
      if (!change) return;
      const part = document.createElement("span");
      part.textContent = ` ${change > 0 ? "+" : "−"}${moved}`;
      if (!("neutral" in out.dataset)) part.className = change > 0 ? "is-bad" : "is-good";
      out.append(part);
    });
  }

  // What stands in "done" from last time's plan is marked for as long as nobody has changed it.
  const words = (text) => text.trim().split(/\s+/).join(" ");
  function carried() {
    const mark = $("[data-carried]", form);
    if (mark) mark.hidden = words(field("achieved").value) !== words(mark.dataset.carried);
  }

  const typed = () => [...new FormData(form)].filter(([name]) => !["version", "seconds", "opened", "seen", "taken", "csrfmiddlewaretoken"].includes(name)).map(String).join("&");
  const atFirst = typed(), noChange = $("[data-no-change]"), label = noChange && $("span", noChange), offer = label?.textContent;
  const wasWritten = noChange?.getAttribute("aria-disabled") === "true";
  function offerNoChange() {
    if (!noChange) return;
    const written = wasWritten || typed() !== atFirst;
    noChange.setAttribute("aria-disabled", written);
    label.textContent = written ? noChange.dataset.written : offer;
  }

  function look() { lights(); moves(); sums(); carried(); offerNoChange(); }

  form.addEventListener("draft:changed", look);
  form.addEventListener("draft:saved", ({ detail }) => {
    const facts = $("[data-facts]", form);
    if (!facts.contains(document.activeElement)) facts.innerHTML = detail.facts;
    $("[data-figures]", form).innerHTML = detail.figures;
    for (const [key, { computed, rule }] of Object.entries(detail.rows)) {
      const row = $(`[data-light-row="${key}"]`, form), drawn = $(`[data-drawn-light="${computed}"]`, form);
      row.dataset.computed = computed;
      if (drawn) $("[data-computed-light]", row).innerHTML = drawn.innerHTML;
      $("[data-rule]", row).textContent = rule;
    }
    lights();
  });
  form.addEventListener("keydown", (event) => {
    const row = event.target.closest("[data-light-row]");
    if (!row || !["1", "2", "3"].includes(event.key) || event.target.matches("input[type=text]") || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const choice = $$("input[type=radio]", row)[Number(event.key) - 1];
    choice.checked = true;
    choice.focus();
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  });
  form.addEventListener("click", (event) => {
    const { target } = event, row = target.closest("[data-milestone]");
    const fire = (one) => one.dispatchEvent(new Event("input", { bubbles: true }));
    if (target.closest("[data-unfold]")) {
      const open = target.closest("tr").classList.toggle("is-folded");
      target.closest("[data-unfold]").setAttribute("aria-expanded", !open);
    } else if (target.closest("[data-put-back]")) {
      const forecast = $("[data-forecast]", row), reached = $("[data-reached]", row);
      if (forecast.dataset.was) $("[data-day]", forecast).value = days.write(new Date(`${forecast.dataset.was}T00:00:00Z`));
      $("[data-day]", reached).value = "";
      reached.hidden = true;
      fire($("[data-day]", forecast));
      $("[data-day]", forecast).focus();
    } else if (target.closest("[data-reach]")) {
      const reached = $("[data-reached]", row), box = $("[data-day]", reached);
      reached.hidden = false;
      if (!box.value) box.value = days.write(new Date(`${form.dataset.today}T00:00:00Z`));
      box.focus();
      fire(box);
    } else if (target.closest("[data-reword]")) {
      const button = target.closest("[data-reword]"), box = field(button.dataset.reword);
      box.value = [box.value.trim(), button.dataset.text].filter(Boolean).join("\n");
      $("[name=taken]", button.closest("li")).checked = false;
      box.focus();
      fire(box);
    }
  });
  look();
}
