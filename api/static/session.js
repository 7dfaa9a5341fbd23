// @ts-check
/** Signing in: the sign-in page, and the dialog of an expired session that keeps the work. */
import { newId } from "./outbox.js";
import { find } from "./shell.js";

/**
 * @param {HTMLFormElement} form with login, password, maybe code, and .error
 * @returns {Promise<{person_id:string, must_change_password?:boolean}|null>} null: refused
 */
async function signIn(form) {
  const data = new FormData(form);
  const error = find(".error", form);
  error.textContent = "";
  const body = Object.fromEntries([...data].filter(([, value]) => value !== ""));
  try {
    const answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": newId() },
      body: JSON.stringify(body),
    });
    const session = await answer.json().catch(() => ({}));
    if (answer.ok) {
      sessionStorage.setItem("letopis:login", String(data.get("login")));
      return session;
    }
    error.textContent = session.detail ?? session.title ?? "Не получилось войти. Попробуйте ещё раз.";
  } catch {
    error.textContent = "Нет связи с сервером. Проверьте сеть и попробуйте ещё раз.";
  }
  const password = /** @type {HTMLInputElement} */ (form.elements.namedItem("password"));
  password.focus();
  password.select();
  return null;
}

/**
 * Ask for the password over the page; resolves when the same person is back.
 * @param {string} person
 */
export function askPassword(person) {
  const dialog = /** @type {HTMLDialogElement} */ (find("#password-dialog"));
  const form = /** @type {HTMLFormElement} */ (find("form", dialog));
  const login = /** @type {HTMLInputElement} */ (find("[name=login]", form));
  login.value = sessionStorage.getItem("letopis:login") ?? "";
  if (!dialog.open) dialog.showModal();
  if (login.value) find("[name=password]", form).focus();
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
      dialog.close();
      resolve(null);
    };
  });
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
