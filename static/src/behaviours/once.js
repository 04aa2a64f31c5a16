// A page that shows a key once is the answer to a form: loading it again asks for the page, and does not send the form again.
import { $ } from "../helpers.js";

const shown = $("[data-shown-once]");
if (shown) history.replaceState(null, "", shown.dataset.shownOnce || location.href);
