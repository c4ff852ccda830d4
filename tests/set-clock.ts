/**
 * `node --import set-clock.ts`: sets the wall clock of the whole process, as somebody would with `date --set`: it is off by as many
 * milliseconds as the file DR_TEST_CLOCK holds, from the moment at which that is written. The monotonic clock goes on.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;

function offMs(): number {
  try {
    return Number(readFileSync(process.env['DR_TEST_CLOCK'] ?? '', 'utf8'));
  } catch {
    return 0; // nobody has set it yet
  }
}

const now = (): number => RealDate.now() + offMs();

globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[], newTarget) =>
    Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
