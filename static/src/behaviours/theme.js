// Light and dark from the top bar; remembered in a cookie that the server reads.
import { $$ } from "../helpers.js";

$$("[data-theme-switch]").forEach((button) => button.addEventListener("click", () => {
  const next = document.documentElement.dataset.bsTheme === "dark" ? "light" : "dark";
  document.documentElement.dataset.bsTheme = next;
  document.documentElement.dataset.theme = next;
  document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
}));
