// @ts-check
/**
 * A page that hears of what others write. The server says that something has changed, and the page
 * asks again for what it shows. Without the stream, and until it is there, it asks now and then.
 */
import { isAttended } from "./shell.js";

const POLL_MS = 10_000;
const GATHER_MS = 1_000;  // what is typed in a row is asked for once
const AGAIN_MS = 60_000;

/** @param {string} about the address of what the page shows; "" for one's own inbox
 * @param {() => unknown} refresh */
export function live(about, refresh) {
  const [, kind, id] = about.match(/\/(class|pupil)(?:es|s)\/([^/?]+)/) ?? [];
  const url = `/api/v1/stream${kind ? `?${kind}_id=${id}` : ""}`;
  /** @type {EventSource|null} */
  let source = null;
  let heard = false, missed = false, waiting = 0;
  const changed = () => {
    if (!isAttended()) { missed = true; return; }
    missed = false;
    waiting ||= setTimeout(() => { waiting = 0; void refresh(); }, GATHER_MS);
  };
  const open = () => {
    if (source || document.hidden || !window.EventSource) return;
    source = new EventSource(url);
    source.addEventListener("here", () => { heard = true; });
    source.addEventListener("changed", () => { heard = true; changed(); });
    source.addEventListener("error", () => {
      heard = false;
      if (source?.readyState !== EventSource.CLOSED) return;  // the browser tries again by itself
      source = null;
      setTimeout(open, AGAIN_MS);
    });
  };
  const close = () => { source?.close(); source = null; heard = false; };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return close();  // a tab that nobody sees leaves its connection to others
    open();
    void refresh();
  });
  addEventListener("pagehide", close);
  addEventListener("pointerdown", () => { if (missed) changed(); });
  addEventListener("keydown", () => { if (missed) changed(); });
  setInterval(() => { if (!heard) void refresh(); }, POLL_MS);
  open();
}
