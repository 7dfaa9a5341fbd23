// @ts-check
/** Files of a lesson in its panel: sent at once and only with a network, never from the queue. */
import { find, make, read, remember } from "./shell.js";

const MOST = 3_000_000; // bytes the school takes
const LONGEST = 2_000; // pixels of a picture that it keeps
const TYPES = { "application/pdf": "PDF", "image/jpeg": "фотография", "image/png": "картинка" };
const OFFLINE = "Нет сети: файл не отправлен и сам не отправится. Нажмите ещё раз, когда сеть появится.";

/** @typedef {{file_id:string, name:string, kind:string, media_type:string, size:number, url:string|null}} File_ */
/** @typedef {import("./queue.js").Outcome} Outcome */

/** «48 КБ» @param {number} size */
export const weight = (size) => size < 1e6 ? `${Math.max(1, Math.round(size / 1e3))} КБ`
  : `${(size / 1e6).toFixed(1).replace(".", ",")} МБ`;

/** What a file is, as people say. @param {File_} one */
export const kind = (one) => /** @type {Record<string, string>} */ (TYPES)[one.media_type]
  ?? (one.media_type.includes("presentation") ? "презентация" : "Word");

/**
 * @param {HTMLFormElement} form @param {import("./grid.js").JournalGrid} grid
 * @param {any} lesson as the register tells it @param {boolean} locked
 * @param {{newId:() => string, done:(part:HTMLElement, words:string, answer:Outcome) => void}} desk
 */
export function files(form, grid, lesson, locked, desk) {
  const url = `/api/v1/lessons/${lesson.lesson_id}/files`;
  const field = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (find(`#${id}`, form));
  const list = find("#files", form);
  const shown = () => form.closest("dialog")?.dataset.lesson === lesson.lesson_id;
  /** @param {File_[]} there */
  const show = (there) => {
    lesson.files = there;
    list.replaceChildren(...there.map((one) => make("li", {},
      make("span", {}, one.url ? make("a", { href: one.url, download: "" }, one.name || "файл") : one.name,
        make("small", { className: "muted" }, ` ${one.url ? `${kind(one)}, ${weight(one.size)}` : "файл стёрт"}`)),
      locked ? null : make("button", { className: "btn small", type: "button", onclick: () => void remove(one) },
        "Убрать", make("span", { className: "sr" }, ` ${one.name}`)))));
  };
  /** @param {string} done @param {Outcome} answer */
  const told = async (done, answer) => {
    if (answer.outcome === "saved") {
      const now = await read(url).catch(() => null);
      if (now && shown()) show(now.files);
    }
    desk.done(form, done, answer);
  };
  /** @param {File_} one */
  const remove = async (one) =>
    told("Файл убран", await post(`${url}/${one.file_id}/removal`, undefined, desk.newId()));
  show(lesson.files ?? []);
  let fileId = desk.newId();
  field("file").value = field("file-name").value = "";
  field("file-kind").value = "HOMEWORK";
  field("file").onchange = () => { fileId = desk.newId(); };
  form.onsubmit = async (event) => {
    event.preventDefault();
    const [chosen] = field("file").files ?? [];
    if (!chosen) return field("file").focus();
    const note = find(".result", form);
    note.className = "result";
    note.textContent = "Отправляется…";
    const sent = await smaller(chosen);
    if (sent.size > MOST) {
      return told("", { outcome: "refused", problem: { detail:
        `Файл ${weight(sent.size)}, а принимается до 3 МБ: разделите его или сохраните поменьше.` } });
    }
    const answer = await post(url, { file_id: fileId, name: field("file-name").value.trim() || chosen.name,
      kind: field("file-kind").value, file: await inText(sent) }, desk.newId());
    if (answer.outcome === "saved" && shown()) {
      fileId = desk.newId();
      field("file").value = field("file-name").value = "";
    }
    await told("Файл приложен", answer);
  };
}

/**
 * @param {string} url @param {unknown} body @param {string} key of this one act, also when it is repeated
 * @returns {Promise<Outcome>}
 */
async function post(url, body, key) {
  const headers = { "content-type": "application/json", "idempotency-key": key };
  const answer = await fetch(url, { method: "POST", headers, body: body && JSON.stringify(body) })
    .catch(() => null);
  if (!answer) return { outcome: "refused", problem: { detail: OFFLINE } };
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 401) {
    await (await import("./session.js")).askPassword(document.body.dataset.person ?? "");
    return post(url, body, key);
  }
  if (!answer.ok) return { outcome: "refused", problem: { detail: said.detail ?? "Файл не записан" } };
  remember(said.position);
  return { outcome: "saved" };
}

/** A photograph as large as the school keeps it: a telephone's own is too much to send.
 * @param {File} file @returns {Promise<Blob>} */
async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < MOST / 3) return file;
  const image = await createImageBitmap(file).catch(() => null);
  if (!image) return file;
  const scale = Math.min(1, LONGEST / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: image.width * scale, height: image.height * scale });
  const sheet = canvas.getContext("2d");
  if (!sheet) return file;
  sheet.fillStyle = "white"; // a JPEG is not see-through: words on nothing would be black on black
  sheet.fillRect(0, 0, canvas.width, canvas.height);
  sheet.drawImage(image, 0, 0, canvas.width, canvas.height);
  const drawn = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.85));
  return drawn && drawn.size < file.size ? drawn : file;
}

/** @param {Blob} blob @returns {Promise<string>} base64 */
const inText = (blob) => new Promise((done, fail) => {
  const reader = new FileReader();
  reader.onload = () => done(String(reader.result).split(",")[1]);
  reader.onerror = () => fail(reader.error);
  reader.readAsDataURL(blob);
});
