// SPDX-License-Identifier: Apache-2.0
import type {Reporter} from '@addernet/plugin';

const escape = (text: string): string => text.replace(/[&%$#_{}]/g, (character) => `\\${character}`);

/** results.tex: the experiment's results as a LaTeX table, one row per run. */
export const latexTable: Reporter = {
  name: 'latex',
  fileName: 'results.tex',
  render(summary) {
    const rows = summary.runs.map((run) => {
      const top1 = run.final === undefined ? run.status : (100 * run.final.top1).toFixed(1);
      // The label, not the dataset's name: it says where the images really came from.
      const cells = [run.testData.label, run.architecture, run.operator, String(run.seed), top1];
      return `${cells.map(escape).join(' & ')} \\\\`;
    });
    const notes = summary.notes.map((note) => `% ${note}`);
    const head = 'data & architecture & operator & seed & top-1 (\\%) \\\\ \\hline';
    const lines = [...notes, '\\begin{tabular}{llllr}', head, ...rows, '\\end{tabular}', ''];
    return Promise.resolve(lines.join('\n'));
  },
};
