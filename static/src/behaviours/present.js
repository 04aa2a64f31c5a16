// A presentation: one page at a time, by arrow keys, space or the buttons; Esc leaves. Without it all pages stand below one another.
import { $, $$ } from "../helpers.js";

const stage = $("[data-behaviour=present]");
if (stage) {
  const slides = $$(".pmo-slide", stage), at = $("[data-slide-at]", stage);
  const steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -slides.length, End: slides.length };
  let shown = 0;

  function show(number) {
    shown = Math.max(0, Math.min(slides.length - 1, number));
    slides.forEach((slide, n) => { slide.hidden = n !== shown; });
    at.textContent = `${shown + 1} / ${slides.length}`;
    history.replaceState(null, "", `#${shown + 1}`);
    stage.scrollTo?.(0, 0);
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { location.assign(stage.dataset.leave); return; }
    const step = steps[event.key];
    if (!step || (event.key === " " && event.target.closest("button, a, summary"))) return;
    event.preventDefault();
    show(shown + step);
  });
  $$("[data-slide]", stage).forEach((button) => button.addEventListener("click", () => show(shown + Number(button.dataset.slide))));
  stage.classList.add("is-running");
  show((Number.parseInt(location.hash.slice(1), 10) || 1) - 1);
}
