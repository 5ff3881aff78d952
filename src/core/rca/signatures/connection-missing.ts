import type { Signature } from "../signature.js";

export const connectionMissing: Signature = {
  id: "connection-missing",
  category: "configuration",
  rerunHelps: "no",
  proofs: [{ text: /The `?conn_id`? [`'"].{1,120}[`'"] isn't defined|CONNECTION_NOT_FOUND/, weight: 0.97 }],
  object: [/conn_id [`'"](.{1,100}?)[`'"] isn't/, /CONNECTION_NOT_FOUND.{0,40}?conn_id['"]?: ?['"]([^'"]+)/],
  summary: (o, p) =>
    `Airflow connection ${o ?? "it names"} is not defined; the platform team must create it before ${p.task} can run.`,
  nextStep: "Create the connection (UI, secrets backend or AIRFLOW_CONN_…), then rerun the task.",
};
