// Executors as one would write them first. They are here to be found out: the suite must see their double or lost effects.
import { issueAction } from "../../dist/src/core/approval/issue-action.js";

/** Sends, then writes down that it did; whatever goes wrong is tried again. */
function retrying({ store, connections, digest }) {
  return async (item) => {
    const proposal = await store.transact((tx) => tx.proposals.get(item.subject));
    if (proposal?.state !== "approved") return;
    await clearAll(proposal, connections, digest);
    await store.transact((tx) => tx.proposals.put({ ...proposal, state: "spent" }));
  };
}

/** Writes down that it did, then sends; whatever goes wrong is not its problem any more. */
function forgetting({ store, connections, digest }) {
  return async (item) => {
    const proposal = await store.transact((tx) => tx.proposals.get(item.subject));
    if (proposal?.state !== "approved") return;
    await store.transact((tx) => tx.proposals.put({ ...proposal, state: "spent" }));
    await clearAll(proposal, connections, digest).catch(() => undefined);
  };
}

async function clearAll(proposal, connections, digest) {
  for (const step of proposal.plan.steps) {
    await connections.airflow.get(step.connection).writer.clear(issueAction(proposal, digest), {
      dagId: step.dagId,
      runId: step.runId,
      tasks: step.tasks.map(({ taskId, mapIndex }) => ({ taskId, mapIndex })),
      includeDownstream: false,
      onlyFailed: false,
      runOnLatestVersion: step.runOnLatestVersion,
    });
  }
}

export const naiveExecutors = { retrying, forgetting };
