// SPDX-License-Identifier: Apache-2.0
import {z} from 'zod';
import {metricsSchema} from '../checkpoints/training-state.js';
import type {RunListener} from '../listener.js';
import {runRecipeSchema} from '../run-folder/summary-schema.js';
import {secondsSince} from '../training/pause.js';

const infoSchema = z.object({
  id: z.string(),
  index: z.int(),
  total: z.int(),
  dataset: z.string(),
  architecture: z.string(),
  operator: z.string(),
  recipe: runRecipeSchema.exactOptional(),
  backend: z.string(),
  seed: z.int(),
  epochs: z.int(),
  steps: z.int(),
  dataLabel: z.string(),
  trainImages: z.int(),
  testImages: z.int(),
  parameters: z.number(),
});

const messageSchema = z.discriminatedUnion('event', [
  z.object({event: z.literal('notice'), message: z.string()}),
  z.object({event: z.literal('start'), run: infoSchema}),
  z.object({
    event: z.literal('step'),
    progress: z.object({
      run: infoSchema,
      epoch: z.int(),
      epochs: z.int(),
      step: z.int(),
      steps: z.int(),
      imagesPerSecond: z.number(),
      loss: z.number(),
      etaSeconds: z.number(),
    }),
  }),
  z.object({
    event: z.literal('evaluation'),
    progress: z.object({run: infoSchema.exactOptional(), step: z.int(), steps: z.int(), imagesPerSecond: z.number()}),
  }),
  z.object({event: z.literal('epoch'), run: infoSchema, metrics: metricsSchema}),
]);

/** What the process that does a run tells the one that launched it: a call of its {@link RunListener}. */
export type RunMessage = z.input<typeof messageSchema>;

/** A screen shows no more. */
const INTERVAL_SECONDS = 0.2;

/** For the process that does a run: sends what the run tells to the process that launched it, steps now and then only. */
export function sendingListener(send: (message: RunMessage) => void): RunListener {
  let last = -Infinity;
  const seldom = (message: RunMessage): void => {
    const now = secondsSince(0);
    if (now - last < INTERVAL_SECONDS) return;
    last = now;
    send(message);
  };
  return {
    onNotice: (message) => send({event: 'notice', message}),
    onRunStart: (run) => send({event: 'start', run}),
    onStep: (progress) => seldom({event: 'step', progress}),
    onEvaluationStep: (progress) => seldom({event: 'evaluation', progress}),
    onEpoch: (run, metrics) => send({event: 'epoch', run, metrics}),
  };
}

/** For the process that launched a run: tells the listener what was sent. What is no such message is passed over. */
export function receiveMessage(message: unknown, listener: RunListener): void {
  const parsed = messageSchema.safeParse(message);
  if (!parsed.success) return;
  const {data} = parsed;
  switch (data.event) {
    case 'notice':
      return listener.onNotice?.(data.message);
    case 'start':
      return listener.onRunStart?.(data.run);
    case 'step':
      return listener.onStep?.(data.progress);
    case 'evaluation':
      return listener.onEvaluationStep?.(data.progress);
    case 'epoch':
      return listener.onEpoch?.(data.run, data.metrics);
  }
}
