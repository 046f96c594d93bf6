// SPDX-License-Identifier: Apache-2.0
import type {RunPosition, TrackerEvent} from '@addernet/plugin';

/** Whether an event lies behind the position that a run goes on from, so that it will be recorded again. */
export const isBeyond = ({step, epoch}: Pick<TrackerEvent, 'step' | 'epoch'>, position: RunPosition): boolean =>
  epoch === undefined ? step > position.step : epoch > position.epochs;
