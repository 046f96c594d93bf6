// SPDX-License-Identifier: Apache-2.0
import type {TopLevelSpec} from 'vega-lite';
import {imageEnergy, MEMORY_LEVELS, totalEnergy, type MemoryLevel} from '../accounting/energy.js';
import type {Form, Precision} from '../accounting/model-account.js';
import {accountOf, formsOf, type CostedArchitecture} from '../costed-models.js';
import {formatQuantity} from '../format.js';
import {NEUTRAL, PART_COLORS} from '../palette.js';
import type {Chart} from './render-svg.js';
import {chartConfig, wrapLines} from './theme.js';

const WIDTH = 270;
const BAR_STEP = 22;
const SUBTITLE_CHARACTERS = 130;
/** Share of the width that stays free for the figures behind the longest bar. */
const FIGURE_SHARE = 0.24;

const PARTS = ['arithmetic', 'activations', 'weights'] as const;

/** What stands in a row of the chart. */
const ROWS = [
  {form: 'plain', precision: 'float32'},
  {form: 'fused', precision: 'float32'},
  {form: 'fused', precision: 'int8'},
] as const satisfies readonly {form: Form; precision: Precision}[];

/** Charts beside one another. */
type View = Extract<TopLevelSpec, {hconcat: unknown}>['hconcat'][number];

interface Segment {
  readonly row: string;
  readonly part: (typeof PARTS)[number];
  readonly order: number;
  readonly value: number;
}

/** Picojoule as the unit that the largest of them has. */
function unitOf(largest: number): {readonly unit: string; readonly scale: number} {
  const units = [
    {unit: 'mJ', scale: 1e-9},
    {unit: 'µJ', scale: 1e-6},
    {unit: 'nJ', scale: 1e-3},
  ];
  return units.find(({scale}) => largest * scale >= 1) ?? {unit: 'pJ', scale: 1};
}

function energies({models}: CostedArchitecture, level: MemoryLevel) {
  return ROWS.flatMap(({form, precision}) =>
    models
      .filter((model) => formsOf(model).includes(form))
      .map((model) => ({
        row: `${model.operator}, ${form}${precision === 'float32' ? '' : `, ${precision}`}`,
        energy: imageEnergy(accountOf(model, form, 1, precision), level),
      })),
  );
}

/**
 * Energy of one image by part, for each operator, form and arithmetic type, beside one another for the two memories. The scales differ: what is
 * compared is a row with a row.
 */
export function energyChart(architecture: CostedArchitecture): Chart | undefined {
  if (architecture.models.length === 0) return undefined;
  const levels = MEMORY_LEVELS.map((level) => ({level, rows: energies(architecture, level)}));
  const names = levels[0]?.rows.map(({row}) => row) ?? [];
  const view = ({level, rows}: (typeof levels)[number], index: number): View => {
    const largest = Math.max(...rows.map(({energy}) => totalEnergy(energy)));
    const {unit, scale} = unitOf(largest);
    const domain = [0, (largest * scale) / (1 - FIGURE_SHARE)];
    const segments = rows.flatMap(({row, energy}): Segment[] => [
      {row, part: 'arithmetic', order: 0, value: energy.compute * scale},
      {row, part: 'activations', order: 1, value: energy.activations * scale},
      {row, part: 'weights', order: 2, value: energy.weights * scale},
    ]);
    const totals = rows.map(({row, energy}) => ({
      row,
      value: totalEnergy(energy) * scale,
      text: formatQuantity(totalEnergy(energy) / 1e12, 'J'),
    }));
    const y = {
      field: 'row',
      type: 'nominal',
      title: null,
      sort: names,
      axis: index === 0 ? {ticks: false, domain: false, labelLimit: 170, labelPadding: 6} : null,
    } as const;
    const x = {
      type: 'quantitative',
      title: `${unit} per image, memory: ${level.title}`,
      scale: {domain, nice: false},
      axis: {tickCount: 4, domain: false, ticks: false},
    } as const;
    return {
      width: WIDTH,
      height: {step: BAR_STEP},
      layer: [
        {
          data: {values: segments},
          mark: {type: 'bar', height: {band: 0.7}},
          encoding: {
            y,
            x: {...x, field: 'value', stack: 'zero'},
            order: {field: 'order', type: 'quantitative'},
            color: {
              field: 'part',
              type: 'nominal',
              title: null,
              scale: {domain: [...PARTS], range: Object.values(PART_COLORS).map(({light}) => light)},
              legend: {orient: 'top', symbolType: 'square', offset: 4},
            },
          },
        },
        {
          data: {values: totals},
          mark: {type: 'text', align: 'left', baseline: 'middle', dx: 5, fontSize: 11, color: NEUTRAL.ink.light},
          encoding: {y, x: {...x, field: 'value'}, text: {field: 'text'}},
        },
      ],
    };
  };
  const spec: TopLevelSpec = {
    config: chartConfig,
    title: {
      text: `Energy of one image, ${architecture.architecture}`,
      subtitle: wrapLines(
        'inference, batch 1, 45 nm; activations and weights are moved once per kernel; the scales differ',
        SUBTITLE_CHARACTERS,
      ),
    },
    spacing: 18,
    hconcat: levels.map(view),
    data: {values: []},
  };
  const figures = levels
    .flatMap(({level, rows}) =>
      rows.map(({row, energy}) => `${row}, ${level.title}: ${formatQuantity(totalEnergy(energy) / 1e12, 'J')}`),
    )
    .join('; ');
  return {
    title: `Energy of one image, ${architecture.architecture}`,
    description: `Stacked bars of arithmetic, activations and weights. ${figures}.`,
    spec,
  };
}
