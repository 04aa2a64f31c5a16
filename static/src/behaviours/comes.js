// A file that was waited for is saved by itself when it is there, once.
import { $ } from "../helpers.js";

document.addEventListener("htmx:afterSettle", () => {
  const link = $("[data-comes]");
  if (!link) return;
  delete link.dataset.comes;
  link.click();
});
