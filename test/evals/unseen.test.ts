import { PassThrough } from "node:stream";
import { beforeAll, describe, expect, it } from "vitest";
import { evalCommand } from "../../src/cli/eval.js";
import { offlineTools } from "../../src/cli/offline.js";

interface Share {
  readonly k: number;
  readonly n: number;
}

interface Figures {
  readonly cases: number;
  readonly errors: number;
  readonly coverage: Share;
  readonly accuracyOfAnswered: Share;
  readonly confident: Share;
  readonly confidentPrecision: Share;
  readonly confidentWrong: Share;
  readonly rootLineQuoted: Share;
  readonly citedLinesReal: Share;
  readonly runIdsExact: Share;
  readonly falseAlarms: Share;
}

const part = ({ k, n }: Share): number => k / n;

/** What the engine reached when this was written; a change that loses some of it is seen here. */
describe("the failures of test/evals/unseen", () => {
  let figures: Figures;
  beforeAll(async () => {
    const out = new PassThrough();
    const chunks: Buffer[] = [];
    out.on("data", (chunk: Buffer) => chunks.push(chunk));
    await evalCommand("test/evals/unseen", { json: true }, offlineTools(), { out, err: new PassThrough() });
    figures = JSON.parse(Buffer.concat(chunks).toString("utf8")) as Figures;
  }, 120_000);

  it("are all readable", () => {
    expect([figures.cases, figures.errors]).toEqual([136, 0]);
  });

  it("are answered, and rightly", () => {
    expect(part(figures.coverage)).toBeGreaterThanOrEqual(0.97);
    expect(part(figures.accuracyOfAnswered)).toBeGreaterThanOrEqual(0.97);
  });

  it("are answered with confidence only where that is earned", () => {
    expect(part(figures.confident)).toBeGreaterThanOrEqual(0.6);
    expect(part(figures.confidentPrecision)).toBeGreaterThanOrEqual(0.98);
    expect(figures.confidentWrong.k).toBe(0);
  });

  it("are proven by lines that stand there, the root among them", () => {
    expect(part(figures.rootLineQuoted)).toBeGreaterThanOrEqual(0.95);
    expect(figures.citedLinesReal.k).toBe(figures.citedLinesReal.n);
    expect(figures.runIdsExact.k).toBe(figures.runIdsExact.n);
  });

  it("raise no alarm where all went well", () => {
    expect(figures.falseAlarms).toMatchObject({ k: 0, n: 8 });
  });
});
