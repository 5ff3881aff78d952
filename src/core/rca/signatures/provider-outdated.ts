import type { Signature } from "../signature.js";

export const providerOutdated: Signature = {
  id: "provider-outdated",
  category: "dependency_failure",
  rerunHelps: "unsure",
  proofs: [{ text: /Unexpected life cycle state:/, weight: 0.93 }],
  object: [/Unexpected life cycle state: (\w+)/],
  summary: (o) =>
    `The installed Databricks provider does not know the run state ${o ?? "it read"}; the platform team must update the provider, the run may be fine.`,
  nextStep: "Update apache-airflow-providers-databricks; look at the Databricks run itself before any rerun.",
};
