/** Elements, and changing a part of the page into another without disturbing who reads or types in it. */

/** @import { Text } from '../../texts.ts' */
/** @import { Child } from './types.ts' */
/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * A new element. Whatever a view holds gets in as text or as an attribute's value, never as markup.
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined && value !== null && value !== false)
      element.setAttribute(name, value === true ? '' : String(value));
  element.append(...nodes(children));
  return element;
}

/**
 * @param {readonly Child[]} children
 * @returns {Node[]}
 */
function nodes(children) {
  return children.flatMap((child) => {
    if (child === null || child === false || child === '') return [];
    if (child instanceof Node) return [child];
    if (typeof child === 'string' || typeof child === 'number')
      return [document.createTextNode(spellOut(child))];
    return 'it' in child ? both(child) : nodes(child);
  });
}

/**
 * Both languages; the root's `lang` says which one shows.
 * @param {Text} text
 * @returns {Node[]}
 */
function both({ it, en }) {
  if (it === en) return [document.createTextNode(spellOut(it))];
  return [h('span', { class: 'it', lang: 'it' }, it), h('span', { class: 'en', lang: 'en' }, en)];
}

/**
 * Text out of a view: kept apart from the direction of the text around it.
 * @param {Text | string} text
 */
export function data(text) {
  return h('bdi', {}, text);
}

/**
 * A sign that the server put into the page; the words beside it say the same.
 * @param {string} name
 * @returns {Node}
 */
export function icon(name) {
  const template = document.querySelector(`template[data-icon="${name}"]`);
  return template instanceof HTMLTemplateElement
    ? template.content.cloneNode(true)
    : document.createTextNode('');
}

/**
 * What a reader could not see is spelt out, as in report/visible.ts.
 * @param {string | number} text
 */
function spellOut(text) {
  return String(text)
    .toWellFormed()
    .replaceAll(
      /(?!\n)[\p{Cc}\u061C\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/gu,
      (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟩`,
    );
}

/** What belongs to the person at the page once it is there: what was typed, chosen, opened. */
const personal = new Set(['value', 'checked', 'selected', 'open']);

/**
 * Makes `live` the same as `fresh`, touching only what differs. Elements with the same `data-key` are the same thing, so
 * the focus, the caret and what was typed stay where they are.
 * @param {Element} live
 * @param {Element} fresh
 */
export function morph(live, fresh) {
  // A bar has a value too, and nobody typed it.
  const keeps = (/** @type {string} */ name) => personal.has(name) && !(live instanceof HTMLProgressElement);
  for (const { name, value } of fresh.attributes)
    if (!keeps(name) && live.getAttribute(name) !== value) live.setAttribute(name, value);
  for (const { name } of Array.from(live.attributes))
    if (!keeps(name) && !fresh.hasAttribute(name)) live.removeAttribute(name);
  if (live instanceof HTMLTextAreaElement) return;
  morphChildren(live, [...fresh.childNodes]);
}

/**
 * @param {Element} parent
 * @param {readonly ChildNode[]} wanted
 */
export function morphChildren(parent, wanted) {
  const keys = new Set(wanted.map(keyOf));
  for (const child of Array.from(parent.childNodes)) {
    const key = keyOf(child);
    if (key !== null && !keys.has(key)) child.remove();
  }
  let cursor = parent.firstChild;
  for (const fresh of wanted) {
    const found = findSame(cursor, fresh);
    if (found === null) {
      parent.insertBefore(fresh, cursor);
      continue;
    }
    // Things keep their order in a view, so what stands in between is gone; what is found is not moved, which would cost the focus.
    while (cursor !== null && cursor !== found) cursor = removeAndNext(cursor);
    update(found, fresh);
    cursor = found.nextSibling;
  }
  while (cursor !== null) cursor = removeAndNext(cursor);
}

/**
 * @param {ChildNode | null} cursor
 * @param {ChildNode} fresh
 */
function findSame(cursor, fresh) {
  const key = keyOf(fresh);
  if (key === null) return cursor !== null && isSame(cursor, fresh) ? cursor : null;
  for (let node = cursor; node !== null; node = node.nextSibling) if (isSame(node, fresh)) return node;
  return null;
}

/**
 * @param {ChildNode} live
 * @param {ChildNode} fresh
 */
function isSame(live, fresh) {
  return live.nodeName === fresh.nodeName && keyOf(live) === keyOf(fresh);
}

/**
 * @param {ChildNode} live
 * @param {ChildNode} fresh
 */
function update(live, fresh) {
  if (live instanceof Element && fresh instanceof Element) morph(live, fresh);
  else if (live.nodeValue !== fresh.nodeValue) live.nodeValue = fresh.nodeValue;
}

/** @param {ChildNode} node */
function removeAndNext(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

/** @param {Node} node */
function keyOf(node) {
  return node instanceof Element ? node.getAttribute('data-key') : null;
}
