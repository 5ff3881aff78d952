import type { Signature } from "../signature.js";

export const metadataNotInitialised: Signature = {
  id: "metadata-not-initialised",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /no such table: (?:dag|log|job|task_instance|dag_run|variable|connection|slot_pool|serialized_dag)\b|relation "(?:dag|log|job|dag_run|task_instance|variable|connection|slot_pool|serialized_dag)" does not exist|You need to (?:initialize|upgrade) the database/,
      weight: 0.96,
    },
  ],
  object: [/(?:no such table: |relation ")(\w+)/],
  summary: (o) =>
    `Airflow's metadata table ${o ?? "it needs"} is absent: this worker uses a database that was not initialised; the platform team must fix its settings.`,
  nextStep: "Point the worker at the deployment's metadata database, or run airflow db migrate there.",
};
