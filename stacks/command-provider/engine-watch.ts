/** The engine ends its providers itself; only a killed engine leaves one behind. */

const CHECK_EVERY_MS = 2_000;

/**
 * Ends this process once the engine that started it is gone and no command runs any more: as with the official plugin, a command
 * that was under way goes on to its end.
 */
export function leaveWithEngine(busy: () => boolean): void {
  const engine = process.ppid;
  setInterval(() => {
    if (process.ppid !== engine && !busy()) process.kill(process.pid, 'SIGTERM');
  }, CHECK_EVERY_MS).unref();
}
