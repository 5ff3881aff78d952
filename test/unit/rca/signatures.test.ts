import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { exceptionAt } from "../../../src/core/rca/exception-in-text.js";
import { rankFindings } from "../../../src/core/rca/rank.js";
import { shorten, summaryLimit } from "../../../src/core/rca/sentence.js";
import { signatures } from "../../../src/core/rca/signatures/index.js";
import type { Statement } from "../../../src/core/rca/statement.js";
import { stories } from "./signature-stories.js";

function said(text: string, near = ""): Statement {
  const stated = exceptionAt(text);
  return {
    kind: stated === null ? "line" : "exception",
    origin: "ending",
    type: stated?.type ?? null,
    text,
    context: near,
    quotes: [{ source: "log", line: 1, text }],
    weight: 1,
    raisedInOwnCode: stated !== null && near === "",
  };
}

function causeOf(text: string, near?: string): string | null {
  return rankFindings([said(text, near)])[0]?.signature.id ?? null;
}

describe("signatures", () => {
  it("are listed exactly as the folder holds them", () => {
    const folder = new URL("../../../src/core/rca/signatures/", import.meta.url);
    const files = readdirSync(folder).filter((name) => name.endsWith(".ts") && name !== "index.ts");
    expect(signatures.map((one) => `${one.id}.ts`).sort()).toEqual(files.sort());
  });

  it("have a story each", () => {
    expect(Object.keys(stories).sort()).toEqual(signatures.map((one) => one.id).sort());
  });

  it.each(Object.entries(stories))("%s names the cause of its own story", (id, { fires, near }) => {
    expect(causeOf(fires, near)).toBe(id);
  });

  it.each(Object.entries(stories))("%s leaves its look-alike to another", (id, { lookAlike }) => {
    expect(causeOf(lookAlike)).not.toBe(id);
  });

  it.each(signatures.map((one) => [one.id, one] as const))(
    "%s says something short that ends in a move",
    (_id, one) => {
      const sentence = one.summary("mart.fees_daily", { task: "load_fees" });
      expect(sentence).toMatch(/[.]$/);
      expect(shorten(sentence).length).toBeLessThanOrEqual(summaryLimit);
      expect(one.nextStep).toMatch(/[.]$/);
    },
  );
});
