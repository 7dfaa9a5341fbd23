// @ts-check
/** What is typed into the panel of a lesson and not recorded yet is kept in this browser. */
import { find } from "./shell.js";

/** @typedef {HTMLInputElement|HTMLSelectElement|HTMLTextAreaElement} Control */

/**
 * Show what was typed before, and keep what is typed from now on; until it is recorded.
 * @param {HTMLElement} panel @param {string} lesson
 * @param {() => void} shown its values have been put back
 * @returns {(part:Element) => void} to be called when a part of the panel is recorded
 */
export function draft(panel, lesson, shown) {
  const key = `letopis:draft:${document.body.dataset.person}:${lesson}`;
  const note = find("#draft", panel);
  /** @type {Map<string, Control>} */ const controls = new Map();
  /** @type {Map<string, string>} */ const parts = new Map();
  panel.dataset.lesson = lesson;
  for (const one of panel.querySelectorAll("form.part :is(input:not([type=file]), select, textarea)")) {
    const control = /** @type {Control} */ (one);
    const name = control.id || control.dataset.draft || "";
    controls.set(name, control);
    parts.set(name, control.form?.id ?? "");
  }
  const recorded = new Map([...controls].map(([name, { value }]) => [name, value]));
  const kept = () => /** @type {[string, string][]} */ (
    Object.entries(JSON.parse(localStorage.getItem(key) ?? "{}")));
  /** @param {[string, string][]} typed */
  const store = (typed) => {
    if (typed.length) localStorage.setItem(key, JSON.stringify(Object.fromEntries(typed)));
    else localStorage.removeItem(key);
  };
  const keep = () => {
    const typed = [...controls].map(([name, { value }]) => /** @type {[string, string]} */ ([name, value]))
      .filter(([name, value]) => value !== recorded.get(name));
    note.hidden = !typed.length;
    store(typed);
  };
  /** @param {Iterable<[string, string]>} values */
  const show = (values) => {
    for (const [name, value] of values) {
      const control = controls.get(name);
      if (control && !control.disabled) control.value = value;
    }
    shown();
    keep();
  };
  show(kept());
  panel.oninput = keep;
  panel.onclick = keep;
  find("button", note).onclick = (event) => {
    event.stopPropagation();
    show(recorded);
  };
  return (part) => {
    // The answer may come when the panel shows another lesson by now.
    if (panel.dataset.lesson !== lesson) return store(kept().filter(([name]) => parts.get(name) !== part.id));
    for (const [name, { value }] of controls) if (parts.get(name) === part.id) recorded.set(name, value);
    keep();
  };
}
