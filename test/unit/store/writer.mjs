// The process that is killed: writes without end, and says each number only once its transaction has resolved.
import { randomBytes } from "node:crypto";
import { createIds } from "../../../dist/src/store/ids.js";
import { openFileStore } from "../../../dist/src/store/lowdb/file-store.js";

const [dataDir, cycle] = process.argv.slice(2);
const clock = { now: () => new Date(), sleep: () => Promise.resolve() };
const quiet = () => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const store = await openFileStore({ dataDir, clock, ids: createIds(randomBytes, clock), logger });

async function write(number) {
  await store.transact(async (tx) => {
    await tx.marks.put({ id: String(number), value: { number } });
    await tx.audit.append({
      at: "2026-03-01T08:00:00.000Z",
      actor: "pipewright",
      action: "muted",
      incidentId: null,
      proposalId: null,
      detail: String(number),
    });
  });
  process.stdout.write(`${number}\n`);
}

for (let round = 0; ; round += 1) {
  const first = Number(cycle) * 1_000_000 + round * 3;
  await Promise.all([write(first), write(first + 1), write(first + 2)]);
}
