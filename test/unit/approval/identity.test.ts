import { describe, expect, it } from "vitest";
import { comparableEmail, joinIdentities, sharedIds } from "../../../src/core/identity.js";

const ben = { name: "Ben", ids: ["slack:U02BOB", "console:ben@example.com", "cli:ben"] };
const ana = { name: "Ana", ids: ["slack:U01ANA"] };

describe("one human over platforms", () => {
  it("is who the configuration says, and everybody else is their own id", () => {
    const of = joinIdentities([ana, ben]);
    expect(of("console:ben@example.com")).toBe(of("slack:U02BOB"));
    expect(of("cli:ben")).toBe(of("slack:U02BOB"));
    expect(of("slack:U01ANA")).not.toBe(of("slack:U02BOB"));
    expect(of("slack:U09NEW")).toBe("slack:U09NEW");
  });

  it("asks through an MCP client under the name of the operating-system user", () => {
    const of = joinIdentities([ben]);
    expect(of("mcp:ben")).toBe(of("slack:U02BOB"));
    expect(of("mcp:carl")).toBe(of("cli:carl"));
  });

  it("is who shares a verified address, also with somebody the configuration names", () => {
    const emails = new Map([
      ["slack:U02BOB", "ben@example.com"],
      ["teams:aad-1", "ben@example.com"],
      ["slack:U05CAT", "cleo@example.com"],
      ["console:cleo", "cleo@example.com"],
    ]);
    const of = joinIdentities([ben], emails);
    expect(of("teams:aad-1")).toBe(of("cli:ben"));
    expect(of("console:cleo")).toBe(of("slack:U05CAT"));
    expect(of("console:cleo")).not.toBe(of("cli:ben"));
  });

  it("is nobody where an address would make one of two whom the configuration keeps apart", () => {
    const shared = new Map([
      ["slack:U02BOB", "team@example.com"],
      ["slack:U01ANA", "team@example.com"],
    ]);
    expect(() => joinIdentities([ana, ben], shared)).toThrow("share one e-mail address");
  });

  it("can't be two: an id under two people is found, also as its MCP name", () => {
    expect(sharedIds([ana, ben])).toEqual([]);
    expect(sharedIds([ben, { name: "Robert", ids: ["slack:U02BOB"] }])).toEqual(["slack:U02BOB"]);
    expect(
      sharedIds([
        { name: "A", ids: ["mcp:x"] },
        { name: "B", ids: ["cli:x"] },
      ]),
    ).toEqual(["cli:x"]);
  });

  it("compares addresses of our own domains only, without regard to case", () => {
    expect(comparableEmail(" Ben@Example.com ", ["example.com"])).toBe("ben@example.com");
    for (const strange of ["ben@evil.example", "ben@sub.example.com", "ben", "@example.com", "a@b@example.com", null]) {
      expect(comparableEmail(strange, ["example.com"])).toBeNull();
    }
  });
});
