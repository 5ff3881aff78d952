import { schemaDifference } from "../schema-difference.js";
import { named, type Signature } from "../signature.js";

export const writeSchemaMismatch: Signature = {
  id: "write-schema-mismatch",
  category: "schema_drift",
  rerunHelps: "no",
  proofs: [
    { text: /[Ss]chema (?:does not|doesn't|did not) match|StateSchemaNotCompatible/, weight: 0.92 },
    {
      text: /unable to merge: field|has incompatible types?: |expected (?:bytes|str|int|float), got an? \W?\w+\W? object/i,
      weight: 0.94,
    },
    {
      text: /A schema mismatch detected when writing|\[(?:DELTA_METADATA_MISMATCH|DELTA_FAILED_TO_MERGE_FIELDS|DELTA_MERGE_INCOMPATIBLE_DATATYPE|DELTA_SCHEMA_CHANGED|DELTA_SCHEMA_CHANGE_SINCE_ANALYSIS|DELTA_STREAMING_SCHEMA_MISMATCH_ON_RESTART|DELTA_STREAMING_INCOMPATIBLE_SCHEMA_CHANGE|INCOMPATIBLE_DATA_FOR_TABLE|CANNOT_MERGE_SCHEMAS|DELTA_MERGE_UNRESOLVED_EXPRESSION|STREAMING_STATE_SCHEMA|STATE_STORE_\w*SCHEMA|DELTA_UPDATE_SCHEMA_MISMATCH_EXPRESSION|CANNOT_UP_CAST_DATATYPE)[\w.]*\]|Failed to merge (?:fields|incompatible)|Table schema does not match|schemas? (?:do(?:es)? not|don't|did not) match|Schema mismatch|schema .{0,40}incompatible|incompatible schema|Provided Schema does not match|Cannot (?:safely )?cast .{1,80}: `?\w+`? to|UNKNOWN_FIELD_EXCEPTION|new columns? .{0,60}detected|Detected (?:a )?schema change|schema evolution/i,
      weight: 0.92,
    },
    {
      type: named(
        "SchemaError",
        "SchemaErrors",
        "SchemaMismatchError",
        "AvroTypeException",
        "SchemaRegistryError",
        "SchemaColumnConvertNotSupportedException",
      ),
      weight: 0.84,
    },
    {
      text: /being registered is incompatible|Incompatible schema|\[(?:FAILED_READ_FILE\.PARQUET_COLUMN_DATA_TYPE_MISMATCH)\]|Parquet column cannot be converted|CSV header does not conform to the schema|Expected .{1,60} but found .{1,60} in parquet|column types? .{0,40}(?:changed|differ)|type changed from|You are trying to merge on|incompatible types? .{0,60}(?:column|field)|Found (?:missing|unexpected) (?:field|column)|contract (?:has )?(?:failed|violat|broken)|This model has an enforced contract that failed/i,
      weight: 0.9,
    },
    { text: /Schema at index \d+ was different|schema (?:was|is) different/i, weight: 0.86 },
  ],
  unless: /pandera\.|Partition columns do not match/,
  find: schemaDifference,
  object: [
    /Failed to merge fields '([^']+)'/,
    /(?:column|Column|field|Field):? \[?[`'"]([\w.$ -]+)[`'"]/,
    /[`'"]([\w.$-]+)[`'"] (?:to have|has|is of) type/,
    /in file \[?(\S+?\.\w+)/,
  ],
  summary: (o, p) =>
    `The data's schema (${o ?? "a column"}) no longer fits the table ${p.task} writes or reads; the producer's team must decide, a rerun can't help.`,
  nextStep:
    "Compare old and new schema; evolve the table on purpose or have the feed put right, then rerun after the fix.",
};
