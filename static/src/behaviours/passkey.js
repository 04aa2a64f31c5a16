// A passkey that was refused or cancelled is said on the page, not only in the console.
import { $ } from "../helpers.js";

document.addEventListener("allauth.error", (event) => {
  const problem = $("#passkey-problem");
  if (problem) {
    event.preventDefault();
    problem.hidden = false;
  }
});
