import type { Signature } from "../signature.js";

export const recursionOrCycle: Signature = {
  id: "recursion-or-cycle",
  category: "transformation_error",
  rerunHelps: "no",
  proofs: [
    {
      text: /Cycle detected in (?:DAG|Dag)|AirflowDagCycleException|DuplicateTaskIdFound|Found a cycle|contains? a cycle|maximum recursion depth exceeded|StackOverflowError|circular (?:import|dependency|reference)|Task id .{1,80} has already been added/i,
      weight: 0.92,
    },
  ],
  object: [/Cycle detected in D(?:AG|ag): (\w+)/, /Task id '([^']+)'/],
  summary: (o, p) =>
    `${o ?? "The DAG or code"} has a cycle or a double definition in ${p.task}; its author must correct it.`,
  nextStep: "Correct the dependency named in the message; the scheduler reads the file again by itself.",
};
