// @ts-check
/**
 * Saving without losing: every change waits in order in the browser's storage until the server has
 * answered. One request is in the air at a time; once composed it keeps its Idempotency-Key, so a
 * repeat after a lost answer, a reload or a 503 can never double anything. No DOM here.
 */
/** @typedef {import("./core.js").Change} Change */
/** @typedef {{key:string, url:string, body:unknown, changes:Change[]}} Request */
/** @typedef {{code?:string, title?:string, detail?:string, status?:number, [extra:string]:unknown}} Problem */
/** @typedef {"saved"|"saving"|"offline"|"busy"|"signin"|"confirm"} Phase */
/** @typedef {{phase:Phase, waiting:number}} SyncState */
/** @typedef {{outcome:"saved"|"conflict"|"refused", problem?:Problem}} Outcome */

const API = "/api/v1";
const STEP_UP = "session.step_up_required";
const DEBOUNCE_MS = 300;
const LONGEST_WAIT_MS = 30_000;

/**
 * What one run of changes sends: marks of one lesson go together, so do its attendance entries.
 * @param {Change[]} changes a run as `runLength` allows @returns {{url:string, body:unknown}}
 */
export function compose(changes) {
  const [first] = changes;
  const lesson = first.cell.split(":")[1];
  switch (first.type) {
    case "give":
      return {
        url: `${API}/lessons/${lesson}/marks`,
        body: {
          marks: changes.map((change) => {
            const { mark, cell } = /** @type {import("./core.js").Give} */ (change);
            return {
              mark_id: mark.mark_id, pupil_id: cell.split(":")[0], value: mark.value,
              work_type_id: mark.work_type_id, weight: mark.weight, comment: mark.comment || undefined,
            };
          }),
        },
      };
    case "attend":
      return {
        url: `${API}/lessons/${lesson}/attendance`,
        body: {
          others_stay: true,
          entries: changes.map((change) => {
            const { cell, before, after, minutes_late, sure } = /** @type {import("./core.js").Attend} */ (change);
            return {
              pupil_id: cell.split(":")[0], code: after, minutes_late: minutes_late || undefined,
              saw: sure && before,
            };
          }),
        },
      };
    case "correct":
      return {
        url: `${API}/marks/${first.mark_id}/corrections`,
        body: {
          saw: first.before, value: first.after, reason_code: first.reason_code, reason: first.reason,
        },
      };
    case "annul":
      return {
        url: `${API}/lessons/${lesson}/annulments`,
        body: {
          marks: changes.map((change) => {
            const { mark } = /** @type {import("./core.js").Annul} */ (change);
            return { mark_id: mark.mark_id, saw: mark.value };
          }),
          reason_code: first.reason_code, reason: first.reason,
        },
      };
    default:
      return { url: first.url, body: first.body };
  }
}

/** How many changes from the front may share one request. @param {Change[]} changes */
export function runLength(changes) {
  const of = (/** @type {any} */ { type, cell, reason_code, reason }) =>
    [type, cell.split(":")[1], reason_code, reason].join();
  const [first] = changes;
  if (first.type === "correct" || first.type === "send") return 1;
  const end = changes.findIndex((change) => of(change) !== of(first));
  return end < 0 ? changes.length : end;
}

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Put a change behind those not yet sent; what cancels or replaces an unsent one is folded into it.
 * @param {Change[]} waiting @param {Change} change @returns {Change[]}
 */
export function enqueue(waiting, change) {
  const markOf = (/** @type {Change} */ c) =>
    c.type === "correct" ? c.mark_id : "mark" in c ? c.mark.mark_id : null;
  const index = waiting.findLastIndex((old) => {
    if (change.type === "send") return old.type === "send" && old.slot === change.slot;
    if (change.type === "attend") return old.type === "attend" && old.cell === change.cell;
    return markOf(old) !== null && markOf(old) === markOf(change);
  });
  const old = waiting[index];
  if (!old) return [...waiting, change];
  if (old.type === "give" && change.type === "correct") {
    return waiting.with(index, { ...old, mark: { ...old.mark, value: change.after } });
  }
  if (old.type === "give" && change.type === "annul") return waiting.toSpliced(index, 1);
  if (old.type === "correct" && change.type === "correct") {
    if (old.before === change.after) return waiting.toSpliced(index, 1);
    return waiting.with(index, { ...change, before: old.before });
  }
  if (old.type === "correct" && change.type === "annul") {
    const mark = { ...change.mark, value: old.before };
    return waiting.with(index, { ...change, mark });
  }
  if (old.type === "attend" && change.type === "attend") {
    if (old.before === change.after && !change.minutes_late) return waiting.toSpliced(index, 1);
    return waiting.with(index, { ...change, before: old.before });
  }
  if (change.type === "send") {
    const taken = old.type === "send" && same(old.back?.body, change.body);
    return taken ? waiting.toSpliced(index, 1) : waiting.with(index, change);
  }
  return [...waiting, change];
}

export class SaveQueue {
  /** @type {Change[]} */ waiting = [];
  /** @type {Request|null} */ flying = null;
  /** @type {Map<Change, (outcome:Outcome) => void>} */ #listeners = new Map();
  /** @type {Phase} */ #phase = "saved";
  #timer = /** @type {ReturnType<typeof setTimeout>|undefined} */ (undefined);
  #attempt = 0;
  #busy = false;
  /** So many changes still go one by one. */
  #alone = 0;

  /**
   * @param {{storageKey:string, storage:Storage, newId:() => string, fetch:typeof fetch,
   *   onState:(state:SyncState) => void, onSaved:(changes:Change[], position:number|null) => void,
   *   onConflict:(change:Change, problem:Problem, dropped:Change[]) => void,
   *   onRefused:(change:Change, problem:Problem, dropped:Change[]) => void,
   *   onSignIn:() => void, onStepUp:() => void}} options both ask for the password, then `flush`
   */
  constructor(options) {
    this.o = options;
    this.#load(options.storageKey);
  }

  /** Everything not yet known to be saved, oldest first. @returns {Change[]} */
  get unsaved() { return [...(this.flying?.changes ?? []), ...this.waiting]; }

  /** @param {string} cell */
  isUnsaved(cell) { return this.unsaved.some((change) => change.cell === cell); }

  /** @param {Change} change */
  put(change) {
    this.waiting = enqueue(this.waiting, change);
    this.#persist();
    this.#emit();
    if (this.#phase === "saved" || this.#phase === "saving") this.#schedule(DEBOUNCE_MS);
  }

  /** Put a command and learn what became of it. @param {Change} change @returns {Promise<Outcome>} */
  send(change) {
    return new Promise((resolve) => {
      this.#listeners.set(change, resolve);
      this.put(change);
      this.#schedule(0);
    });
  }

  /** Think better of what has not been sent. @param {Change} change @returns {boolean} done */
  remove(change) {
    const left = this.waiting.filter((one) => one !== change);
    if (left.length === this.waiting.length) return false;
    this.waiting = left;
    this.#persist();
    this.#tell([change], { outcome: "refused" });
    this.#emit();
    return true;
  }

  /** Try at once: the network is back, the person signed in again, the page is being left. */
  flush() {
    this.#attempt = 0;
    if (this.#phase === "signin" || this.#phase === "confirm") this.#phase = "saving";
    this.#schedule(0);
  }

  /** Take over what another tab of this page left behind. @param {string} storageKey */
  adopt(storageKey) {
    this.#load(storageKey);
    this.o.storage.removeItem(storageKey);
    this.#persist();
  }

  /** @param {string} storageKey */
  #load(storageKey) {
    const stored = this.o.storage.getItem(storageKey);
    if (!stored) return;
    const { flying, waiting } = JSON.parse(stored);
    if (flying && this.flying) this.waiting.push(...flying.changes);
    else if (flying) this.flying = flying;
    this.waiting.push(...waiting);
    if (this.unsaved.length) this.#schedule(0);
    this.#emit();
  }

  #persist() {
    const { storage, storageKey } = this.o;
    if (!this.unsaved.length) storage.removeItem(storageKey);
    else storage.setItem(storageKey, JSON.stringify({ flying: this.flying, waiting: this.waiting }));
  }

  #emit() {
    const waiting = this.unsaved.length;
    if (!waiting) this.#phase = "saved";
    else if (this.#phase === "saved") this.#phase = "saving";
    this.o.onState({ phase: this.#phase, waiting });
  }

  /** @param {number} ms */
  #schedule(ms) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#step(), ms);
  }

  async #step() {
    if (this.#busy) return;
    if (!this.flying) {
      if (!this.waiting.length) return;
      const run = this.#alone > 0 ? 1 : runLength(this.waiting);
      this.#alone = Math.max(0, this.#alone - 1);
      this.#fly(this.waiting.splice(0, run));
    }
    this.#busy = true;
    const wait = await this.#deliver(/** @type {Request} */ (this.flying));
    this.#busy = false;
    this.#persist();
    this.#emit();
    if (wait !== null && this.unsaved.length) this.#schedule(wait);
  }

  /** @param {Change[]} changes */
  #fly(changes) {
    this.flying = { key: this.o.newId(), ...compose(changes), changes };
    this.#persist();
  }

  /** @param {Request} request @returns {Promise<number|null>} ms until the next try, null: wait */
  async #deliver(request) {
    let answer;
    try {
      answer = await this.o.fetch(request.url, {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": request.key },
        body: JSON.stringify(request.body),
        keepalive: true,
      });
    } catch {
      this.#phase = "offline";
      return this.#pause();
    }
    if (answer.status === 401) return this.#ask("signin", this.o.onSignIn);
    if (answer.status === 429 || answer.status >= 500) {
      this.#phase = "busy";
      const seconds = Number(answer.headers.get("retry-after"));
      return seconds > 0 ? seconds * 1000 : this.#pause();
    }
    const body = await answer.json().catch(() => ({}));
    if (body.code === STEP_UP) return this.#ask("confirm", this.o.onStepUp);
    this.flying = null;
    this.#attempt = 0;
    this.#phase = "saving";
    if (answer.ok) {
      this.o.onSaved(request.changes, body.position ?? null);
      this.#tell(request.changes, { outcome: "saved" });
    } else this.#reject(request, { status: answer.status, ...body });
    return 0;
  }

  /** Wait for the person. @param {"signin"|"confirm"} phase @param {() => void} question */
  #ask(phase, question) {
    this.#phase = phase;
    question();
    return null;
  }

  #pause() {
    const wait = Math.min(LONGEST_WAIT_MS, 1000 * 2 ** this.#attempt);
    this.#attempt += 1;
    return wait * (0.75 + Math.random() / 2);
  }

  /** All or nothing: a run that was refused goes again one by one, so that only the guilty one falls.
   * @param {Request} request @param {Problem} problem */
  #reject(request, problem) {
    if (request.changes.length > 1) {
      this.waiting.unshift(...request.changes);
      this.#alone = request.changes.length;
      return;
    }
    const [change] = request.changes;
    // A later change of the same cell was made over something the person had not seen: not sent.
    const falls = (/** @type {Change} */ c) => c.type !== "send" && c.cell === change.cell;
    const dropped = change.type === "send" ? [] : this.waiting.filter(falls);
    this.waiting = this.waiting.filter((c) => !dropped.includes(c));
    const outcome = problem.status === 409 ? "conflict" : "refused";
    if (outcome === "conflict") this.o.onConflict(change, problem, dropped);
    else this.o.onRefused(change, problem, dropped);
    this.#tell([change, ...dropped], { outcome, problem });
  }

  /** @param {Change[]} changes @param {Outcome} outcome */
  #tell(changes, outcome) {
    for (const change of changes) {
      this.#listeners.get(change)?.(outcome);
      this.#listeners.delete(change);
    }
  }
}
