// @ts-check
/** Saves a receipt as a file; when there is none yet, says why instead of leaving the page. */
import { say } from "./shell.js";

/** @param {string} url of GET /marks/{mark_id}/receipt */
export async function save(url) {
  const answer = await fetch(url).catch(() => null);
  if (!answer?.ok) {
    const problem = await answer?.json().catch(() => null);
    return say(problem?.detail ?? "Нет связи с сервером. Попробуйте ещё раз.", true);
  }
  const name = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "");
  const file = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = file;
  link.download = name?.[1] ?? "otmetka.tlog-proof";
  link.click();
  setTimeout(() => URL.revokeObjectURL(file), 10_000);
  say("Квитанция сохранена. Проверить её можно на странице «Проверка подлинности»");
}
