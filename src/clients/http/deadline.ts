import type { Clock } from "../../core/ports.js";

/** Aborts its signal when time is up; reckoned by the clock port, so that tests move it. */
export class Deadline {
  private readonly controller = new AbortController();
  private timer = new AbortController();
  passed = false;

  constructor(
    private readonly clock: Clock,
    ms: number,
  ) {
    this.start(ms);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  restart(ms: number): void {
    this.timer.abort();
    this.timer = new AbortController();
    this.start(ms);
  }

  stop(): void {
    this.timer.abort();
  }

  /** Lets go of the connection without waiting. */
  abort(): void {
    this.stop();
    this.controller.abort();
  }

  private start(ms: number): void {
    const { signal } = this.timer;
    void this.clock.sleep(ms, signal).then(() => {
      if (signal.aborted) return;
      this.passed = true;
      this.controller.abort();
    });
  }
}
