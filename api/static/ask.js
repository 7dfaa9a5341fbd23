// @ts-check
/** One small question over the page, answered by a digit, Enter or Esc. */
import { ATTENDANCE, REASONS } from "./core.js";
import { make } from "./shell.js";

/**
 * @param {{title:string, text?:string, options:[string, string][], words?:string}} question
 *   options are [value, label], the first is the default; the option named in `words` also takes a
 *   line of text, which must not be empty
 * @returns {Promise<{value:string, text:string}|null>} null: the person thought better of it
 */
export function ask({ title, text, options, words }) {
  const input = make("input", {
    type: "text", maxLength: 300, autocomplete: "off", placeholder: "Объясните в двух словах",
    "aria-label": "Пояснение", hidden: words !== options[0][0],
  });
  const field = /** @type {HTMLInputElement} */ (input);
  const radios = options.map(([value, label], place) => make("label", { className: "option" },
    make("input", { type: "radio", name: "answer", value, checked: place === 0 }),
    make("kbd", {}, String(place + 1)), label));
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", {
    className: "ask", "aria-label": title,
  }, make("form", { method: "dialog" },
    make("h2", {}, title), text ? make("p", {}, text) : null,
    make("div", { className: "options", role: "radiogroup", "aria-label": title }, ...radios), input,
    make("div", { className: "bar" },
      make("button", { className: "btn primary", value: "ok" }, "Готово"),
      make("button", { className: "btn", type: "button", value: "no" }, "Отмена")))));
  const form = /** @type {HTMLFormElement} */ (dialog.firstElementChild);
  const chosen = () => String(new FormData(form).get("answer"));
  document.body.append(dialog);
  dialog.showModal();
  /** @type {HTMLInputElement} */ (radios[0].firstElementChild).focus();

  const showWords = () => {
    field.hidden = words !== chosen();
    field.required = !field.hidden;
    if (!field.hidden) field.focus();
  };
  form.addEventListener("change", showWords);
  form.addEventListener("keydown", (event) => {
    if (event.target === field) return;
    const radio = radios[Number(event.key) - 1]?.firstElementChild;
    if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit();
    } else if (radio instanceof HTMLInputElement) {
      event.preventDefault();
      radio.checked = true;
      radio.focus();
      showWords();
    }
  });
  form.querySelector("[value=no]")?.addEventListener("click", () => dialog.close());
  return new Promise((resolve) => {
    form.addEventListener("submit", () => resolve({ value: chosen(), text: field.value.trim() }));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(null);
    });
  });
}

/** Why is a mark corrected or annulled? @param {string} title @param {string} text */
export async function askReason(title, text) {
  const answer = await ask({ title, text, options: Object.entries(REASONS), words: "OTHER" });
  return answer && { reason_code: answer.value, ...(answer.text ? { reason: answer.text } : {}) };
}

/** @param {import("./core.js").Change} change the first of them @param {number} more @param {string} text */
export function askWhy(change, more, text) {
  const what = change.type === "correct" ? `${change.before} → ${change.after}` : "Аннулировать отметку";
  return askReason(`${what}${more ? ` и ещё ${more}` : ""}. Почему?`, text);
}

/** A number for who was away? @param {string} title @param {string} code @param {string[]} marks */
export async function askAway(title, code, marks) {
  const text = `На уроке отмечено «${ATTENDANCE[code][1]}». Всё равно поставить ${marks.join("/")}?`;
  const answer = await ask({ title, text, options: [["yes", "Да, работа сдана"], ["no", "Нет"]] });
  return answer?.value === "yes";
}
