// @ts-check
/** Signing in: the sign-in page, and the dialog of an expired session that keeps the work. */
import { newId } from "./outbox.js";
import { find } from "./shell.js";

const SIGN_IN = "/api/v1/session";
const STEP_UP = "/api/v1/session/step-up";

/**
 * @param {HTMLFormElement} form with password, maybe login, a code that is shown when it is asked
 *   for, and .error
 * @returns {Promise<{person_id:string, must_change_password?:boolean}|null>} null: refused
 */
async function signIn(form, url = SIGN_IN) {
  const data = new FormData(form);
  if (url === STEP_UP) data.delete("login");
  const error = find(".error", form);
  error.textContent = "";
  const body = Object.fromEntries([...data].filter(([, value]) => value !== ""));
  let answer;
  let session;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": newId() },
      body: JSON.stringify(body),
    });
    session = await answer.json().catch(() => ({}));
  } catch {
    error.textContent = "Нет связи с сервером. Проверьте сеть и попробуйте ещё раз.";
  }
  if (answer?.ok) {
    if (data.has("login")) sessionStorage.setItem("letopis:login", String(data.get("login")));
    return session;
  }
  if (session) {
    error.textContent = session.detail ?? session.title ?? "Не получилось войти. Попробуйте ещё раз.";
  }
  const coded = ["session.code_required", "session.wrong_code"].includes(session?.code);
  const field = find(".code", form);
  if (coded) field.hidden = false;
  const wanted = /** @type {HTMLInputElement} */ (
    form.elements.namedItem(coded ? "code" : "password"));
  wanted.focus();
  wanted.select();
  return null;
}

const dialog = () => /** @type {HTMLDialogElement} */ (find("#password-dialog"));

/** The dialog, ready for a question. @param {boolean} known the login need not be asked */
function opened(known, title = "", why = "") {
  const form = /** @type {HTMLFormElement} */ (find("form", dialog()));
  const login = /** @type {HTMLInputElement} */ (find("[name=login]", form));
  form.reset();
  find(".error", form).textContent = "";
  find(".code", form).hidden = true;
  find("#again-who", form).hidden = known;
  login.required = !known;
  login.value = sessionStorage.getItem("letopis:login") ?? "";
  for (const [selector, words] of [["h2", title], [".why", why]]) {
    const place = find(selector, form);
    place.dataset.usual ??= place.textContent ?? "";
    place.textContent = words || place.dataset.usual;
  }
  if (!dialog().open) dialog().showModal();
  if (login.value || known) find("[name=password]", form).focus();
  return form;
}

/**
 * Ask for the password over the page; resolves when the same person is back.
 * @param {string} person
 */
export function askPassword(person) {
  const form = opened(false);
  return new Promise((resolve) => {
    form.onsubmit = async (event) => {
      event.preventDefault();
      const session = await signIn(form);
      if (!session) return;
      form.reset();
      if (session.person_id !== person) {
        find(".error", form).textContent =
          "Это другой человек. Войдите под прежним именем, чтобы записи отправились.";
        return;
      }
      dialog().close();
      resolve(null);
    };
  });
}

/** Ask who is signed in for the password once more; false: the person thought better of it. */
export function confirmPassword() {
  const form = opened(true, "Подтвердите, что это вы",
    "Это действие важное, а пароль вводился давно. Введите его ещё раз: ничего не потеряется.");
  return new Promise((resolve) => {
    dialog().onclose = () => resolve(false);
    form.onsubmit = async (event) => {
      event.preventDefault();
      if (!(await signIn(form, STEP_UP))) return;
      form.reset();
      resolve(true);
      dialog().close();
    };
  });
}

/**
 * Write to the API; asks for the password where that is needed and sends the same request again.
 * @param {string} method @param {string} url @param {unknown} body
 * @returns {Promise<any>} the answer; throws an Error with a sentence for a person and, of a refusal,
 *   its `problem`
 */
export async function write(method, url, body = undefined) {
  const headers = { "content-type": "application/json", "idempotency-key": newId() };
  const send = () => fetch(url, { method, headers, body: body && JSON.stringify(body) })
    .catch(() => { throw new Error("Нет связи с сервером. Попробуйте ещё раз."); });
  for (;;) {
    const answer = await send();
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    if (said.code === "session.step_up_required") {
      if (!(await confirmPassword())) throw new Error("Без пароля это не делается.");
    } else if (answer.status === 401) await askPassword(document.body.dataset.person ?? "");
    else {
      const words = said.detail ?? said.title ?? `Ошибка ${answer.status}`;
      throw Object.assign(new Error(words), { problem: said });
    }
  }
}

const page = document.querySelector("#sign-in");
if (page instanceof HTMLFormElement) {
  page.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = /** @type {HTMLButtonElement} */ (find("button", page));
    button.disabled = true;
    const session = await signIn(page);
    button.disabled = false;
    if (session) location.assign(session.must_change_password ? "/password" : page.dataset.next || "/");
  });
}

const change = document.querySelector("#new-password");
if (change instanceof HTMLFormElement) {
  find("#reveal").addEventListener("change", (event) => {
    const type = /** @type {HTMLInputElement} */ (event.target).checked ? "text" : "password";
    for (const field of change.querySelectorAll("input:not([type=checkbox])")) {
      field.setAttribute("type", type);
    }
  });
  change.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await fetch("/api/v1/session/password", {
      method: "PUT",
      headers: { "content-type": "application/json", "idempotency-key": newId() },
      body: JSON.stringify(Object.fromEntries(new FormData(change))),
    }).catch(() => null);
    if (answer?.ok) return location.assign("/");
    const problem = await answer?.json().catch(() => null);
    find(".error", change).textContent = problem?.detail ?? "Нет связи с сервером. Попробуйте ещё раз.";
  });
}
