import { describe, expect, it } from "vitest";
import { readAnswer } from "../../../src/agent/answer-tool.js";
import { checkAnswer, type GivenAnswer } from "../../../src/agent/checked-answer.js";

const sources = new Map([
  ["E1", "503 Server Error: Service Unavailable for url: https://rates.example.com/latest"],
  ["R1", '[R1] {"lines":[{"line":8,"text":"retry 3 of 3\\tgave \\"up\\""}]}'],
]);
const answer = (claims: GivenAnswer["claims"]): GivenAnswer => ({
  category: "network_transient",
  claims,
  alternatives: ["the proxy refuses it"],
  next_step: "Wait for rates.example.com.",
});

describe("what a model claims", () => {
  it("is shown with the quotes that stand where it says, whatever their line ends and escapes", () => {
    const reading = checkAnswer(
      answer([
        { text: "The host answers 503.", quotes: [{ from: "E1", text: "503 Server Error:  Service\n Unavailable" }] },
        { text: "It gave up.", quotes: [{ from: "R1", text: 'retry 3 of 3 gave "up"' }] },
      ]),
      sources,
    );
    expect(reading.claims.map(({ text }) => text)).toEqual(["The host answers 503.", "It gave up."]);
    expect(reading).toMatchObject({ dropped: 0, nextStep: "Wait for rates.example.com." });
  });

  it.each([
    ["no quote at all", []],
    ["a quote that stands nowhere", [{ from: "E1", text: "504 Gateway Timeout for url" }]],
    ["a source that was never read", [{ from: "R7", text: "503 Server Error: Service Unavailable" }]],
    ["words of another source", [{ from: "R1", text: "503 Server Error: Service Unavailable" }]],
    ["words so few that they stand anywhere", [{ from: "E1", text: "503" }]],
  ])("is dropped and counted with %s", (_, quotes) => {
    const reading = checkAnswer(answer([{ text: "A claim.", quotes }]), sources);
    expect(reading).toMatchObject({ claims: [], dropped: 1, nextStep: null });
  });

  it("keeps the true quote beside a made-up one, and only that", () => {
    const quotes = [
      { from: "E1", text: "Service Unavailable for url" },
      { from: "E1", text: "the disk is full as well" },
    ];
    expect(checkAnswer(answer([{ text: "A claim.", quotes }]), sources).claims[0]?.quotes).toEqual([quotes[0]]);
  });
});

describe("the form of an answer", () => {
  const good = { category: null, claims: [], alternatives: [], next_step: null };
  it("is mended by the model when it is wrong, by words that say what", () => {
    expect(readAnswer(good)).toEqual(good);
    expect(readAnswer({ ...good, category: "bad weather" })).toContain("category must be null or one of");
    expect(readAnswer({ ...good, claims: ["it broke"] })).toContain("claims must be a list");
    expect(readAnswer({ ...good, claims: [{ text: "x", quotes: [{ from: "E1" }] }] })).toContain(
      "claims must be a list",
    );
    expect(readAnswer({ ...good, alternatives: "none" })).toContain("alternatives");
    expect(readAnswer({ ...good, next_step: 7 })).toContain("next_step");
  });

  it("is bounded, since it is drawn", () => {
    const claim = { text: "x".repeat(2_000), quotes: [] };
    const read = readAnswer({ ...good, claims: Array.from({ length: 40 }, () => claim) });
    if (typeof read === "string") throw new Error(read);
    expect(read.claims).toHaveLength(6);
    expect(read.claims[0]?.text).toHaveLength(400);
  });
});
