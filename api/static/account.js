// @ts-check
/** «Вход и сеансы»: one's sessions, second factor, tokens of programs. */
import { ask } from "./ask.js";
import { write } from "./session.js";
import { day, find, make, say } from "./shell.js";

const API = "/api/v1";
const FACTOR = `${API}/session/second-factor`;

/** Do it, then show the page as it is now; a refusal is said aloud.
 * @param {() => Promise<unknown>} deed */
async function then(deed, where = "") {
  try {
    if ((await deed()) === false) return;
    if (where) location.assign(where);
    else location.reload();
  } catch (problem) {
    say(/** @type {Error} */ (problem).message, true);
  }
}

const palette = /** @type {HTMLSelectElement} */ (find("#palette"));
const { dataset } = document.documentElement;
palette.value = dataset.palette ?? "";
palette.closest("section")?.removeAttribute("hidden");
palette.addEventListener("change", () => {
  dataset.palette = palette.value;
  localStorage.setItem("letopis:palette", palette.value);
});

/** Show what is told once, until the person says that it is kept.
 * @param {string} title @param {string} why @param {string[]} lines */
function tellOnce(title, why, lines) {
  const dialog = /** @type {HTMLDialogElement} */ (make("dialog", { className: "once", "aria-label": title },
    make("form", { className: "stack", method: "dialog" },
      make("h2", {}, title), make("p", {}, why),
      make("ul", { className: "secrets" }, ...lines.map((line) => make("li", {}, make("code", {}, line)))),
      make("div", { className: "bar" }, make("button", { className: "btn primary" }, "Сохранено")))));
  document.body.append(dialog);
  dialog.addEventListener("close", () => location.reload());
  dialog.showModal();
}

/** @param {{recovery_codes:string[]}} answer */
const showCodes = ({ recovery_codes }) => tellOnce("Запасные коды",
  "Распечатайте или запишите: каждый заменит телефон один раз. Больше они не покажутся.",
  recovery_codes);

const sure = async (/** @type {string} */ title, /** @type {string} */ text, /** @type {string} */ yes) =>
  (await ask({ title, text, options: [["no", "Нет"], ["yes", yes]] }))?.value === "yes";

/** @type {Record<string, (button:HTMLButtonElement) => unknown>} */
const deeds = {
  "end-one": ({ value }) => then(() => write("DELETE", `${API}/sessions/${value}`)),
  "end-others": () => then(() => write("DELETE", `${API}/sessions`)),
  "end-all": () => then(async () =>
    (await sure("Выйти везде?", "Закончатся все сеансы, и этот тоже.", "Выйти везде"))
      && write("DELETE", `${API}/sessions?here=true`), "/sign-in"),
  "link-provider": () => void write("POST", `${API}/session/provider`)
    .then(({ address }) => location.assign(address)).catch((problem) => say(problem.message, true)),
  "unlink-provider": () => then(() => write("DELETE", `${API}/session/provider`)),
  "show-factor": () => then(() => write("POST", FACTOR)),
  "drop-factor": () => then(async () =>
    (await sure("Выключить второй фактор?", "Входить можно будет по одному паролю.", "Выключить"))
      && write("DELETE", FACTOR)),
  "new-codes": () => void write("POST", `${FACTOR}/recovery-codes`).then(showCodes)
    .catch((problem) => say(problem.message, true)),
  "revoke-token": ({ value }) => then(() => write("POST", `${API}/tokens/${value}/revocation`, {})),
  suspect: () => then(async () => {
    const person = document.body.dataset.person;
    const answer = await ask({
      title: "Ваш пароль узнали?", words: "yes",
      text: "Вход закроется сразу и везде, ключи программ перестанут работать. Новый пароль выдаст "
        + "администратор школы. Скажите в двух словах, что случилось.",
      options: [["no", "Нет, всё в порядке"], ["yes", "Да, закрыть вход"]],
    });
    return answer?.value === "yes"
      && write("POST", `${API}/people/${person}/suspicion`, { reason: answer.text });
  }, "/sign-in"),
};
for (const button of document.querySelectorAll("button[data-deed]")) {
  const one = /** @type {HTMLButtonElement} */ (button);
  one.addEventListener("click", () => void deeds[one.dataset.deed ?? ""](one));
}

const confirmation = document.querySelector("#confirm-factor");
if (confirmation instanceof HTMLFormElement) {
  confirmation.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = String(new FormData(confirmation).get("code"));
    const error = find(".error", confirmation);
    error.textContent = "";
    await write("POST", `${FACTOR}/confirmation`, { code }).then(showCodes)
      .catch((problem) => { error.textContent = problem.message; });
  });
}

const issuing = /** @type {HTMLFormElement|null} */ (document.querySelector("#new-token"));
issuing?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const data = new FormData(issuing);
  const until = `${data.get("until")}T23:59:59${issuing.dataset.offset}`;
  const error = find(".error", issuing);
  error.textContent = "";
  await write("POST", `${API}/tokens`, { name: data.get("name"), scopes: data.getAll("scopes"), until })
    .then(({ name, token }) => tellOnce(`Ключ «${name}»`,
      `Скопируйте его в программу: больше он не покажется. Действует до ${day(until)}.`, [token]))
    .catch((problem) => { error.textContent = problem.message; });
});
