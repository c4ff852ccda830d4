/** The connection to the program: views as they come, and the truth about when they stopped coming. */

/** @import { RunView } from '../../../runbooks/view/run-view.ts' */

/** Two heartbeats missed. */
const STALE_MS = 10_000;
const WATCH_MS = 500;
/** The browser tries again by itself where it can; this is for where it gave up, or waits for a connection that is dead. */
const RETRY_MS = 2_000;

/**
 * @param {object} listener
 * @param {(view: RunView) => void} listener.onView
 * @param {(ageMs: number) => void} listener.onAge How old the newest view is.
 * @param {(lastSignAt: Date) => void} listener.onLost
 */
export function follow({ onView, onAge, onLost }) {
  let lastSignMs = performance.now();
  let lastTryMs = lastSignMs;
  let lost = false;
  let stream = connect();

  function connect() {
    lastTryMs = performance.now();
    const opened = new EventSource('events');
    opened.addEventListener('view', ({ data }) => {
      alive();
      onView(JSON.parse(data));
    });
    opened.addEventListener('heartbeat', ({ data }) => {
      alive();
      onAge(JSON.parse(data).ageMs);
    });
    opened.addEventListener('error', lose);
    return opened;
  }

  function alive() {
    lastSignMs = performance.now();
    lost = false;
  }

  function lose() {
    if (lost) return;
    lost = true;
    onLost(new Date(Date.now() - (performance.now() - lastSignMs)));
  }

  setInterval(() => {
    const now = performance.now();
    if (now - lastSignMs > STALE_MS) lose();
    const dead = stream.readyState === EventSource.CLOSED || (lost && now - lastTryMs > STALE_MS);
    if (!dead || now - lastTryMs < RETRY_MS) return;
    stream.close();
    stream = connect();
  }, WATCH_MS);
}
