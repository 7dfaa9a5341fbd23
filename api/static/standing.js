// @ts-check
/** «Особый доступ» and «Подозрение»: forms that ask for the password when it was shown long ago. */
import { ask } from "./ask.js";
import { newId } from "./outbox.js";
import { write as send } from "./session.js";
import { remember, say } from "./shell.js";

const API = "/api/v1";
const MOST = 500; // records that one judgement may name

/** Write, and see to it that the next page has it. @param {string} url @param {unknown} body */
async function post(url, body = undefined) {
  const { position } = await send("POST", url, body);
  remember(position);
}

/** Do it, then show the page as it is now; a refusal is said aloud.
 * @param {() => Promise<unknown>} deed */
async function then(deed) {
  try {
    if ((await deed()) !== false) location.reload();
  } catch (problem) {
    say(/** @type {Error} */ (problem).message, true);
  }
}

/** @param {string} selector @param {(data:FormData) => Promise<unknown>} send */
function submitted(selector, send) {
  const form = document.querySelector(selector);
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await then(() => send(new FormData(form)));
  });
}

/** The day after. @param {FormDataEntryValue|null} day */
const next = (day) => {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + 1);
  return date.toISOString().slice(0, 10);
};

submitted("#break-glass", (data) => post(`${API}/break-glass`, {
  glass_id: newId(), pupil_id: data.get("pupil_id"), reason: data.get("reason"),
}));
submitted("#open-journals", (data) => post(`${API}/grants`, {
  grant_id: newId(), person_id: data.get("person_id"), class_ids: data.getAll("class_ids"),
  since: data.get("since"), until: next(data.get("last")), order_no: data.get("order_no"),
}));
submitted("#suspect", async (data) => {
  location.assign(`/people/${data.get("whose")}/suspicion`);
  return false;
});

for (const button of document.querySelectorAll("button")) {
  const { review, close, today, suspect } = button.dataset;
  if (review) button.addEventListener("click", () => then(() => post(review)));
  if (close) {
    button.addEventListener("click", () =>
      then(() => post(`${API}/grants/${close}/ending`, { on: today })));
  }
  if (suspect) {
    button.addEventListener("click", () => then(async () => {
      const answer = await ask({
        title: "Закрыть вход?", words: "yes",
        text: "Пароль перестанет действовать сразу и везде. Скажите в двух словах, что случилось.",
        options: [["no", "Нет, всё в порядке"], ["yes", "Да, закрыть вход"]],
      });
      return answer?.value === "yes"
        && post(`${API}/people/${suspect}/suspicion`, { reason: answer.text });
    }));
  }
}

const form = document.querySelector("#review");
if (form instanceof HTMLFormElement) {
  const url = form.dataset.url ?? "";
  const boxes = () => /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("[name=line]")]);
  const chosen = () => boxes().filter((box) => box.checked);
  const count = () => {
    const place = form.querySelector("#chosen");
    if (place) place.textContent = chosen().length ? `Отмечено: ${chosen().length}` : "Ничего не отмечено";
  };
  form.addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement && "all" in target.dataset) {
      const lines = target.closest("section")?.querySelectorAll("[name=line]") ?? [];
      for (const box of lines) /** @type {HTMLInputElement} */ (box).checked = target.checked;
    }
    count();
  });
  /** @param {"mine"|"not_mine"} verdict */
  const judge = async (verdict) => {
    const positions = [...new Set(chosen().map((box) => Number(box.value)))];
    if (!positions.length) throw new Error("Сначала отметьте записи.");
    for (let start = 0; start < positions.length; start += MOST) {
      await post(url, { verdict, positions: positions.slice(start, start + MOST) });
    }
  };
  /** The newest first: what was corrected twice goes back the way it came. */
  const undo = async () => {
    const lines = chosen().filter((box) => box.dataset.mark && box.dataset.state !== "answered");
    await judge("not_mine");
    for (const { dataset } of lines.reverse()) {
      const place = `${API}/marks/${dataset.mark}`;
      const why = { saw: dataset.value, reason_code: "NOT_MINE" };
      if (dataset.old) await post(`${place}/corrections`, { ...why, value: dataset.old });
      else await post(`${place}/annulment`, why);
    }
  };
  for (const button of form.querySelectorAll("button")) {
    const { verdict } = button.dataset;
    if (verdict) button.addEventListener("click", () => then(() => judge(/** @type {"mine"} */ (verdict))));
    if ("undo" in button.dataset) button.addEventListener("click", () => then(undo));
  }
}
