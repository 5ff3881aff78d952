import type { Signature } from "../signature.js";

export const metadataDatabaseDown: Signature = {
  id: "metadata-database-down",
  category: "infrastructure",
  rerunHelps: "yes",
  proofs: [
    {
      text: /METASTORE_DOWN|DBFS_DOWN|(?:metadata|metastore|Hive Metastore|HiveMetaStore).{0,80}(?:unavailable|down|unreachable|timed out|refused|not available)|Unable to instantiate .{0,60}MetaStoreClient|Could not connect to meta store|the database system is (?:starting up|shutting down|in recovery)|terminating connection due to administrator command|ORA-01033|ORA-01034|cannot connect now/i,
      weight: 0.88,
    },
  ],
  summary: (_o, p) =>
    `A database or metastore that ${p.task} needs was down or restarting; the platform team must bring it back, then a rerun passes.`,
  nextStep: "Check the database or metastore; rerun when it is healthy.",
};
