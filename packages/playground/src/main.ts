// SPDX-License-Identifier: Apache-2.0
import './style.css';
import {CurveChart} from './page/curve-chart.js';
import {element} from './page/element.js';
import {Figures} from './page/figures.js';
import {FilterGallery} from './page/filter-gallery.js';
import {SettingsForm} from './page/settings-form.js';
import {followTheme} from './page/theme.js';
import type {Report, Request} from './protocol.js';

/** Weight of the newest loss in the running mean: some twenty steps. */
const SMOOTHING = 0.1;

const startButton = element('start', HTMLButtonElement);
const pauseButton = element('pause', HTMLButtonElement);
const status = element('status', HTMLParagraphElement);
const errorBox = element('error', HTMLDivElement);
const figures = new Figures(element('figures', HTMLElement));
const gallery = new FilterGallery(element('filters', HTMLElement));
const lossChart = new CurveChart(element('loss-chart', HTMLDivElement), (value) => value.toFixed(2), undefined);
const accuracyChart = new CurveChart(
  element('accuracy-chart', HTMLDivElement),
  (value) => `${value.toFixed(0)} %`,
  (_plot, _min, max) => [0, Math.max(10, Math.min(100, 1.1 * max))],
);
const form = new SettingsForm(begin);
followTheme(element('theme', HTMLButtonElement), () => {
  lossChart.restyle();
  accuracyChart.restyle();
});

let worker = startWorker();
/** A worker has a backend of its own; another run gets a new one. */
let used = false;
let paused = false;
const smoothed = new Map<string, number>();

function startWorker(): Worker {
  const started = new Worker(new URL('./worker/worker.ts', import.meta.url), {type: 'module', name: 'training'});
  started.addEventListener('message', ({data}: MessageEvent<Report>) => {
    if (started === worker) take(data);
  });
  started.addEventListener('error', ({message}) => {
    if (started === worker) fail(message || 'the worker that trains could not be loaded');
  });
  return started;
}

function replaceWorker(): void {
  worker.terminate();
  used = false;
  worker = startWorker();
}

function send(request: Request): void {
  worker.postMessage(request);
}

function begin(): void {
  try {
    const settings = form.read();
    if (used) replaceWorker();
    used = true;
    errorBox.hidden = true;
    smoothed.clear();
    figures.clear(settings.operators);
    gallery.clear(settings.operators);
    lossChart.clear(settings.operators);
    accuracyChart.clear(settings.operators);
    setPaused(false);
    pauseButton.disabled = true;
    startButton.textContent = 'Restart';
    send({kind: 'start', settings});
  } catch (error) {
    // A setting is wrong: what trains goes on.
    complain(error instanceof Error ? error.message : String(error));
  }
}

pauseButton.addEventListener('click', () => {
  send({kind: paused ? 'continue' : 'pause'});
});

function setPaused(value: boolean): void {
  paused = value;
  pauseButton.textContent = value ? 'Continue' : 'Pause';
}

function complain(message: string): void {
  errorBox.textContent = message;
  errorBox.hidden = false;
}

/** Says what is wrong; the next start gets a new worker, and with it a new backend. */
function fail(message: string): void {
  worker.terminate();
  complain(message);
  status.textContent = 'Stopped. Change the settings and train again.';
  pauseButton.disabled = true;
  startButton.textContent = 'Train';
  used = true;
}

function take(report: Report): void {
  switch (report.kind) {
    case 'choices':
      form.fill(report.choices);
      startButton.disabled = false;
      if (!used) status.textContent = 'Ready.';
      break;
    case 'status':
      status.textContent = report.text;
      break;
    case 'begun': {
      const {environment, data, trainImages, testImages, numClasses, parameters} = report;
      const counts = [trainImages, testImages, parameters].map((value) => value.toLocaleString('en'));
      status.textContent = `${environment}. ${data}: ${counts[0]} training and ${counts[1]} test images of ${numClasses} classes. ${counts[2]} parameters each.`;
      element('accuracy-caption', HTMLElement).textContent =
        `Top-1 in percent on ${counts[1]} test images, against images seen; guessing gives ${(100 / numClasses).toFixed(0)} %.`;
      pauseButton.disabled = false;
      break;
    }
    case 'step': {
      const {operator, images, loss, imagesPerSecond} = report;
      const before = smoothed.get(operator) ?? loss;
      const mean = before + SMOOTHING * (loss - before);
      smoothed.set(operator, mean);
      lossChart.add(operator, images, mean);
      figures.set(operator, 'images', images.toLocaleString('en'));
      figures.set(operator, 'loss', mean.toFixed(3));
      if (imagesPerSecond > 0) {
        figures.set(operator, 'rate', imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0));
      }
      break;
    }
    case 'evaluation':
      accuracyChart.add(report.operator, report.images, 100 * report.top1);
      figures.set(report.operator, 'top1', `${(100 * report.top1).toFixed(1)} %`);
      break;
    case 'filters':
      gallery.draw(report.operator, report.picture);
      break;
    case 'paused':
      setPaused(report.paused);
      break;
    case 'failed':
      fail(report.message);
      break;
  }
}
