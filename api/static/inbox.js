// @ts-check
/** An open inbox says that there is something new; the reader has it drawn when it suits. */
import { live } from "./live.js";
import { find, isAttended, read } from "./shell.js";

const news = find("#news");
live("", async () => {
  if (!isAttended() || !news.hidden) return;
  const { notices } = await read("/api/v1/notices").catch(() => ({ notices: [] }));
  news.hidden = !notices.some((/** @type {{position: number}} */ one) => one.position > Number(news.dataset.newest));
});
