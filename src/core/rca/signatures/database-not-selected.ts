import type { Signature } from "../signature.js";

export const databaseNotSelected: Signature = {
  id: "database-not-selected",
  category: "configuration",
  rerunHelps: "no",
  proofs: [
    {
      text: /This session does not have a current (?:database|schema)|No database selected|no schema has been selected|Cannot perform .{1,60}\. This session does not/i,
      weight: 0.95,
    },
    {
      text: /(?:Schema|Database|Warehouse|Role|Stage|Integration|Catalog) '[^']{1,120}' does not exist or not authorized|\[SCHEMA_NOT_FOUND\]|\[NO_SUCH_CATALOG_EXCEPTION\]|\[CATALOG_NOT_FOUND\]|The schema `[^`]{1,80}`(?:\.`[^`]{1,80}`)? cannot be found|database "[^"]{1,80}" does not exist|Unknown database '|schema "[^"]{1,80}" does not exist|InvalidSchemaName|InvalidCatalogName|Not found: Dataset|Database '[^']+' (?:does not exist|not found)|No active warehouse selected/i,
      weight: 0.88,
    },
  ],
  object: [/(?:Schema|Database|Warehouse|Role|Stage|Integration|Catalog|Dataset|database|schema) [`'"]?([\w.:-]+)/i],
  summary: (o, p) =>
    `Database, schema or warehouse ${o ?? "it uses"} is absent or not visible to ${p.task}; its owner must create it, grant it or correct the name.`,
  nextStep: "Correct the database, schema or warehouse in the connection, or have it created and granted, then rerun.",
};
