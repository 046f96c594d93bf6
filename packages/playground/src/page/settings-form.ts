// SPDX-License-Identifier: Apache-2.0
import type {Choice, Choices, Settings} from '../protocol.js';
import {element, make} from './element.js';

/** What a newcomer begins with: learns something within seconds on any machine. */
const DEFAULTS = {
  backend: 'wasm',
  architecture: 'tiny',
  dataset: 'cifar10',
  batchSize: 32,
  learningRate: 0.05,
  eta: 0.05,
};

/** The form with the settings, and the files that were dropped. */
export class SettingsForm {
  readonly #form = element('settings', HTMLFormElement);
  readonly #operators = element('operators', HTMLFieldSetElement);
  readonly #text = element('files-text', HTMLParagraphElement);
  #files: readonly File[] = [];

  constructor(onStart: () => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      onStart();
    });
    for (const name of ['batchSize', 'learningRate', 'eta'] as const) {
      element(name, HTMLInputElement).value = String(DEFAULTS[name]);
    }
    this.#acceptFiles();
  }

  fill({backends, architectures, operators, datasets}: Choices): void {
    // After a failure the worker is a new one, and the choice stays.
    if (this.#operators.querySelector('input') !== null) return;
    const fillSelect = (id: 'backend' | 'architecture' | 'dataset', choices: readonly Choice[]): void => {
      const select = element(id, HTMLSelectElement);
      for (const {name, title, description, unavailable} of choices) {
        const option = new Option(unavailable === undefined ? title : `${name}: ${unavailable}`, name);
        if (description !== undefined) option.title = description;
        option.disabled = unavailable !== undefined;
        select.add(option);
      }
      const usual = choices.find(({name, unavailable}) => name === DEFAULTS[id] && unavailable === undefined);
      select.value = (usual ?? choices.find(({unavailable}) => unavailable === undefined))?.name ?? '';
    };
    fillSelect('backend', backends);
    fillSelect('architecture', architectures);
    fillSelect('dataset', datasets);
    for (const {name, title} of operators) {
      const label = make('label');
      const box = make('input');
      box.type = 'checkbox';
      box.name = 'operator';
      box.value = name;
      box.checked = true;
      label.append(box, title);
      this.#operators.append(label);
    }
  }

  /** @throws Error saying which setting is wrong */
  read(): Settings {
    const number = (id: 'batchSize' | 'learningRate' | 'eta', least: number, most: number, whole: boolean): number => {
      const {value, valueAsNumber} = element(id, HTMLInputElement);
      if (valueAsNumber >= least && valueAsNumber <= most && (!whole || Number.isInteger(valueAsNumber)))
        return valueAsNumber;
      throw new Error(`${id} is "${value}"; expected ${whole ? 'an integer' : 'a number'} from ${least} to ${most}`);
    };
    const operators = [...this.#operators.querySelectorAll('input')]
      .filter(({checked}) => checked)
      .map(({value}) => value);
    if (operators.length === 0) throw new Error('no operator is chosen; expected at least one');
    return {
      backend: element('backend', HTMLSelectElement).value,
      architecture: element('architecture', HTMLSelectElement).value,
      dataset: element('dataset', HTMLSelectElement).value,
      files: this.#files,
      operators,
      batchSize: number('batchSize', 2, 512, true),
      learningRate: number('learningRate', 1e-6, 10, false),
      eta: number('eta', 0, 10, false),
    };
  }

  #acceptFiles(): void {
    const area = element('drop', HTMLDivElement);
    const input = element('files', HTMLInputElement);
    const invitation = [...this.#text.childNodes];
    const take = (files: readonly File[]): void => {
      this.#files = files;
      element('dataset', HTMLSelectElement).disabled = files.length > 0;
      if (files.length === 0) {
        input.value = '';
        this.#text.replaceChildren(...invitation);
        return;
      }
      const remove = make('button', 'quiet', 'Remove');
      remove.type = 'button';
      remove.addEventListener('click', (event) => {
        event.stopPropagation();
        take([]);
      });
      this.#text.replaceChildren(`${files.map(({name}) => name).join(', ')} `, remove);
    };
    area.addEventListener('click', () => {
      input.click();
    });
    input.addEventListener('click', (event) => {
      event.stopPropagation();
    });
    area.addEventListener('keydown', (event) => {
      if (event.target === area && (event.key === 'Enter' || event.key === ' ')) input.click();
    });
    input.addEventListener('change', () => {
      take([...(input.files ?? [])]);
    });
    // Files may fall anywhere on the page: beside the area the browser would open them, and training would be gone.
    addEventListener('dragover', (event) => {
      event.preventDefault();
      area.classList.add('over');
    });
    addEventListener('dragleave', (event) => {
      if (event.relatedTarget === null) area.classList.remove('over');
    });
    addEventListener('drop', (event) => {
      event.preventDefault();
      area.classList.remove('over');
      const files = [...(event.dataTransfer?.files ?? [])];
      if (files.length > 0) take(files);
    });
  }
}
