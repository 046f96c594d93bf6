// SPDX-License-Identifier: Apache-2.0

/** Time left in a run: training by the mean step time so far, evaluations by the mean of those timed. */
export class Eta {
  #trainSeconds = 0;
  #evaluationSeconds = 0;
  #evaluations = 0;

  constructor(
    private readonly epochs: number,
    private readonly steps: number,
  ) {}

  /**
   * @param epoch 1 = the first
   * @param step steps done in this epoch, ≥ 1
   * @param epochSeconds time of this epoch's training so far
   * @returns seconds to the end of the run
   */
  afterStep(epoch: number, step: number, epochSeconds: number): number {
    const done = (epoch - 1) * this.steps + step;
    const training = ((this.#trainSeconds + epochSeconds) / done) * (this.epochs * this.steps - done);
    const evaluation = this.#evaluations === 0 ? 0 : this.#evaluationSeconds / this.#evaluations;
    return training + evaluation * (this.epochs - epoch + 1);
  }

  afterTraining(seconds: number): void {
    this.#trainSeconds += seconds;
  }

  afterEvaluation(seconds: number): void {
    this.#evaluationSeconds += seconds;
    this.#evaluations++;
  }
}
