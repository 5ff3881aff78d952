import { describe, expect, it } from "vitest";
import { createPacer } from "../../../adapters/slack/pacer.js";
import type { Clock } from "../../../src/core/ports.js";

/** Time that passes only by waiting. */
function waitingClock(): Clock {
  let now = 0;
  return {
    now: () => new Date(now),
    async sleep(ms) {
      now += ms;
    },
  };
}

async function startTimes(burst: number, count: number): Promise<readonly number[]> {
  const clock = waitingClock();
  const pacer = createPacer({ clock, everyMs: 1000, burst, signal: new AbortController().signal });
  const starts: number[] = [];
  const task = async (): Promise<void> => {
    starts.push(clock.now().getTime());
  };
  await Promise.all(Array.from({ length: count }, () => pacer.run("C0DATA", task)));
  return starts;
}

describe("the pace of a lane", () => {
  it("keeps every two starts apart", async () => {
    expect(await startTimes(1, 4)).toEqual([0, 1000, 2000, 3000]);
  });

  it("lets a burst through after a rest and paces what follows", async () => {
    expect(await startTimes(3, 6)).toEqual([0, 0, 0, 1000, 2000, 3000]);
  });

  it("never starts more edits in a minute than Slack allows", async () => {
    const clock = waitingClock();
    const pacer = createPacer({ clock, everyMs: 1500, burst: 10, signal: new AbortController().signal });
    const starts: number[] = [];
    const edits = Array.from({ length: 300 }, () =>
      pacer.run("edits", async () => void starts.push(clock.now().getTime())),
    );
    await Promise.all(edits);
    const busiest = Math.max(...starts.map((from) => starts.filter((at) => at >= from && at < from + 60_000).length));
    expect(busiest).toBeLessThanOrEqual(50);
  });

  it("goes on after a task that failed, and keeps lanes apart", async () => {
    const pacer = createPacer({ clock: waitingClock(), everyMs: 1000, burst: 1, signal: new AbortController().signal });
    const failed = pacer.run("a", () => Promise.reject(new Error("refused")));
    const next = pacer.run("a", async () => "sent");
    const other = pacer.run("b", async () => "also sent");
    await expect(failed).rejects.toThrow("refused");
    expect([await next, await other]).toEqual(["sent", "also sent"]);
  });
});
