import { afterEach, expect, test } from "vitest";
import { sandboxPeople } from "../../../adapters/console/index.js";
import { type ConsoleAtWork, smallCard, startConsole } from "./console-at-work.js";

let console: ConsoleAtWork;
afterEach(() => console.stop());

const breakMenu = {
  list: () => [{ id: "spot", label: "loses its driver", pipeline: "loyalty_export" }],
  run: async () => {},
};

const card = smallCard("loyalty_export failed", {
  blocks: [
    {
      b: "buttons",
      buttons: [
        { action: "approve", label: "Approve", style: "primary", value: "pro_7", url: null },
        { action: "open", label: "Open in Airflow", style: "plain", value: "", url: "https://airflow.example/runs/1" },
      ],
    },
  ],
});

// Even when somebody wires the sandbox's people and faults to real systems, the mode decides.
test.each([
  ["nobody", null],
  ["the sandbox's people", sandboxPeople],
])("on real connections the console with %s only shows", async (_who, people) => {
  console = await startConsole({ mode: "real", people, breakMenu });
  const root = await console.adapter.postRoot(card);
  const thread = root.address["thread"] ?? "";

  const session = (await (await console.get("/api/session")).json()) as object;
  expect(session).toMatchObject({ mode: "real", readOnly: true, people: [], breakMenu: [] });

  const decision = {
    kind: "decision",
    person: "console:ben",
    click: "click-00000001",
    thread,
    proposal: "pro_7",
    verdict: "approved",
    reason: null,
  };
  const refused = await console.post("/api/events", decision);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ code: "read-only" });
  expect((await console.post("/api/break", { person: "console:ben", id: "spot", fix: false })).status).toBe(403);
  expect(console.taken).toEqual([]);

  const { messages } = (await (await console.get(`/api/threads/${thread}?person=console:ben`)).json()) as {
    messages: { card: { blocks: { buttons: { action: string }[] }[] } }[];
  };
  expect(messages[0]?.card.blocks[0]?.buttons.map((button) => button.action)).toEqual(["open"]);
  await expect(console.adapter.lookUp("console:ben")).rejects.toThrow();
});

test("in the sandbox people, faults and buttons are there", async () => {
  console = await startConsole({ breakMenu });
  const session = (await (await console.get("/api/session")).json()) as {
    people: { id: string }[];
    breakMenu: object[];
  };
  expect(session.people.map((person) => person.id)).toEqual([
    "console:ana",
    "console:ben",
    "console:cleo",
    "console:dan",
  ]);
  expect(session.breakMenu).toHaveLength(1);
});
