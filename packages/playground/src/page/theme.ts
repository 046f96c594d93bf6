// SPDX-License-Identifier: Apache-2.0

const dark = matchMedia('(prefers-color-scheme: dark)');

/** As the system has it, until the button says otherwise. */
export function followTheme(button: HTMLButtonElement, onChange: () => void): void {
  const root = document.documentElement;
  button.addEventListener('click', () => {
    const isDark = root.dataset.theme === undefined ? dark.matches : root.dataset.theme === 'dark';
    root.dataset.theme = isDark ? 'light' : 'dark';
    onChange();
  });
  dark.addEventListener('change', onChange);
}

/** A colour of the style sheet, e.g. '--conv'. */
export const color = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
