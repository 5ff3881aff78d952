import { afterEach, describe, expect, it } from "vitest";
import type { Person } from "../../src/core/person.js";
import { plainRule } from "../fixtures/plain-rule.js";
import { ana, ben, cleo, createWorld, type World, type WorldOptions } from "./approval-world.js";
import { createFakeAirflow } from "./fake-airflow.js";

let world: World;
afterEach(() => world.close());

async function open(options: Partial<WorldOptions> = {}) {
  const airflow = createFakeAirflow([{ id: "load", state: "failed" }]);
  world = await createWorld({ airflow, ...options });
  return airflow;
}

const atConsole = (name: string, email: string | null): Person => ({
  id: `console:${name}`,
  platform: "console",
  displayName: name,
  standing: "member",
  email,
});
const atShell: Person = { id: "cli:ben", platform: "cli", displayName: "ben", standing: "member" };

function know(...people: readonly Person[]): void {
  for (const person of people) world.people.set(person.id, person);
}

describe("one human on two platforms", () => {
  const humans = [
    { name: "Ana", ids: [ana.id, "console:ana"] },
    { name: "Ben", ids: [ben.id, "console:ben"] },
  ];

  it("who asked in Slack can't approve at the console", async () => {
    await open({ identity: { humans, emailDomains: [] }, rules: [plainRule({ approvers: [ana.id, ben.id] })] });
    const twin = atConsole("ana", null);
    know(twin);
    const proposal = await world.propose(ana);
    expect(await world.click(twin, proposal.id)).toMatchObject({
      refusal: { kind: "is_requester" },
      whoMay: [ben.id, cleo.id].filter((id) => proposal.approvers.includes(id)),
    });
  });

  it("who is named by the Slack id approves at the console too, and it runs", async () => {
    const airflow = await open({ identity: { humans, emailDomains: [] } });
    const twin = atConsole("ben", null);
    know(twin);
    const proposal = await world.propose(ana);
    expect(await world.click(twin, proposal.id)).toMatchObject({ kind: "decided" });
    await world.drive();
    expect(airflow.effects).toHaveLength(1);
  });

  it("who took part in a plan, then left the map, is looked at again before anything is sent", async () => {
    const airflow = await open({ identity: { humans, emailDomains: [] } });
    const twin = atConsole("ben", null);
    know(twin);
    const proposal = await world.propose(ana);
    await world.click(twin, proposal.id);
    know({ ...twin, standing: "guest" });
    await world.drive();
    expect(airflow.effects).toEqual([]);
    expect((await world.proposal(proposal.id)).execution?.outcome).toContain("may not approve any more");
  });
});

describe("verified addresses", () => {
  const identity = { humans: [], emailDomains: ["example.com"] };

  it("make one human of two ids, in both directions", async () => {
    await open({ identity });
    know({ ...ben, email: "ben@example.com" }, { ...ana, email: "ana@example.com" });
    const benToo = atConsole("ben", "Ben@Example.com");
    const anaToo = atConsole("ana", "ana@example.com");
    know(benToo, anaToo);
    const proposal = await world.propose(anaToo);
    await world.restart([plainRule({ approvers: [ana.id, ben.id] })]);
    expect(await world.click(ana, proposal.id)).toMatchObject({ refusal: { kind: "is_requester" } });
    expect(await world.click(benToo, proposal.id)).toMatchObject({ kind: "decided" });
  });

  it("count for nothing when nobody vouches, the domain is strange, or the approver's own account is a guest's", async () => {
    await open({ identity });
    const proposal = await world.propose(ana);
    know({ ...ben, email: "ben@example.com" }, { ...cleo, standing: "guest", email: "cleo@example.com" });
    for (const somebody of [
      atConsole("ben", null),
      atConsole("ben2", "ben@evil.example"),
      atConsole("cleo", "cleo@example.com"),
    ]) {
      know(somebody);
      expect(await world.click(somebody, proposal.id)).toMatchObject({ refusal: { kind: "not_approver" } });
    }
  });

  it("refuse when the one who asked can't be looked up, and let an unknown further approver be", async () => {
    await open({ identity });
    const proposal = await world.propose(ana);
    world.people.delete(ana.id);
    expect(await world.click(ben, proposal.id)).toMatchObject({ refusal: { kind: "look_up_failed" } });
    know(ana);
    world.people.delete(cleo.id);
    expect(await world.click(ben, proposal.id)).toMatchObject({ kind: "decided" });
  });
});

describe("an MCP client's person", () => {
  const humans = [{ name: "Ana", ids: [ana.id, "mcp:token/ana-laptop"] }];
  const client: Person = { id: "mcp:token/ana-laptop", platform: "mcp", displayName: "ana-laptop", standing: "member" };

  it("can't approve what it asked for, under an address that only another account of theirs has", async () => {
    await open({
      identity: { humans, emailDomains: ["example.com"] },
      rules: [plainRule({ approvers: ["console:ana"] })],
    });
    const twin = atConsole("ana", "ana@example.com");
    know({ ...ana, email: "ana@example.com" }, twin);
    const proposal = await world.propose(client);
    expect(await world.click(twin, proposal.id)).toMatchObject({ refusal: { kind: "is_requester" } });
    world.people.delete(ana.id);
    expect(await world.click(twin, proposal.id)).toMatchObject({ refusal: { kind: "look_up_failed" } });
  });
});

describe("who asked at the console and signed out since", () => {
  it("is still known by the address they are called by, so that others may decide and they may not", async () => {
    await open({ identity: { humans: [], emailDomains: ["example.com"] } });
    const twin = atConsole("ana@example.com", "ana@example.com");
    know(twin, { ...ana, email: "ana@example.com" }, { ...ben, email: "ben@example.com" });
    const proposal = await world.propose(twin);
    world.people.delete(twin.id);
    await world.restart([plainRule({ approvers: [ana.id, ben.id] })]);
    expect(await world.click(ana, proposal.id)).toMatchObject({ refusal: { kind: "is_requester" } });
    expect(await world.click(ben, proposal.id)).toMatchObject({ kind: "decided" });
  });
});

describe("the command line", () => {
  const humans = [{ name: "Ben", ids: [ben.id, "cli:ben"] }];

  it("decides only under the very id that the policy names", async () => {
    await open({ identity: { humans, emailDomains: [] } });
    know(atShell);
    const proposal = await world.propose();
    expect(await world.click(atShell, proposal.id)).toMatchObject({ refusal: { kind: "not_approver" } });
    await world.restart([plainRule({ approvers: ["cli:ben"] })]);
    expect(await world.click(atShell, proposal.id)).toMatchObject({ kind: "decided" });
  });

  it("is never a second person: not beside who asked, nor where two are wanted; it may still deny", async () => {
    const airflow = await open({ rules: [plainRule({ approvers: ["cli:ben"] })] });
    know(atShell);
    const asked = await world.propose(ana);
    expect(await world.click(atShell, asked.id)).toMatchObject({ refusal: { kind: "needs_second_person" } });
    expect(await world.click(atShell, asked.id, "denied")).toMatchObject({ kind: "decided" });
    const fresh = await world.propose();
    await world.restart([plainRule({ approvers: ["cli:ben"], fourEyes: true })]);
    expect(await world.click(atShell, fresh.id)).toMatchObject({ refusal: { kind: "needs_second_person" } });
    await world.drive();
    expect(airflow.effects).toEqual([]);
  });
});
