// SPDX-License-Identifier: Apache-2.0

/**
 * An element of index.html.
 *
 * @throws TypeError if there is none of this kind
 */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`#${id} is ${found === null ? 'missing' : `a ${found.tagName}`}; expected a ${kind.name}`);
}

/** A new element with a class and a text. */
export function make<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  className = '',
  text = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  if (className !== '') made.className = className;
  made.textContent = text;
  return made;
}
