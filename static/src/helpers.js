// Shared by the behaviours.
export const $ = (selector, within = document) => within.querySelector(selector);
export const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];

const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");

// A single letter counts: not while typing, not during kana conversion, not when the person switched letters off.
export function letterCounts(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.shortcuts === "off") return false;
  return !typing(event.target) && !$("dialog[open]");
}

export function onKey(keys, act) {
  document.addEventListener("keydown", (event) => {
    if (letterCounts(event) && keys.includes(event.key)) act(event);
  });
}

export function cookie(name) {
  return document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
}

// What the browser keeps of a form until the server has it. A full or closed store costs the copy, not the page.
export const kept = {
  read(key) { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* no copy */ } },
  forget(key) { try { localStorage.removeItem(key); } catch { /* nothing kept */ } },
};
