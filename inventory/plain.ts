/** Plain YAML values before a schema has judged them. */

/** True for a group of keys (a YAML map). */
export function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What stands under `step` in a group or a list, or undefined. */
export function childOf(value: unknown, step: PropertyKey): unknown {
  if (Array.isArray(value)) return value[Number(step)];
  return isGroup(value) && Object.hasOwn(value, step) ? value[String(step)] : undefined;
}

/** What stands at the end of `path`, or undefined. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce(childOf, value);
}
