// SPDX-License-Identifier: Apache-2.0
import {make} from './element.js';

const FIELDS = {
  rate: 'images/s',
  loss: 'training loss',
  top1: 'test top-1',
  images: 'images seen',
} as const;
type Field = keyof typeof FIELDS;

/** A card of numbers for each operator. */
export class Figures {
  readonly #cells = new Map<string, HTMLElement>();

  constructor(private readonly target: HTMLElement) {}

  clear(operators: readonly string[]): void {
    this.#cells.clear();
    this.target.replaceChildren(
      ...operators.map((operator) => {
        const card = make('div', 'card');
        card.style.setProperty('--own', `var(--${operator})`);
        const list = make('dl');
        for (const [field, label] of Object.entries(FIELDS)) {
          const entry = make('div');
          const value = make('dd', '', '–');
          value.dataset.figure = `${operator}-${field}`;
          entry.append(make('dt', '', label), value);
          list.append(entry);
          this.#cells.set(`${operator}-${field}`, value);
        }
        card.append(make('h2', '', operator), list);
        return card;
      }),
    );
  }

  set(operator: string, field: Field, text: string): void {
    const cell = this.#cells.get(`${operator}-${field}`);
    if (cell !== undefined) cell.textContent = text;
  }
}
