import { named, type Signature } from "../signature.js";

export const inputNotFound: Signature = {
  id: "input-not-found",
  category: "missing_upstream_data",
  rerunHelps: "unsure",
  proofs: [
    { text: /404 .{0,80}url: \S*\d{2,4}-?\d\d-?\d\d\S*\.(?:csv|parquet|json|xml|zip|gz|txt|xlsx?)/i, weight: 0.92 },
    {
      text: /(?:access|open|read|download|transfer|get) failed: no such (?:file|object|key|path)|no such (?:file|object|key|path)(?: \(|: ?)[\w./:=*-]{3,}/i,
      weight: 0.84,
    },
    { text: /\b550\b .{0,60}(?:[Ff]ailed to open|not found|No such|unavailable|doesn't exist)/, weight: 0.88 },
    { text: /^(?:\S*(?:Error|error_perm|Exception): )?550[ -]\S{0,200}[/.]\w/, weight: 0.84 },

    {
      text: /\[(?:PATH_NOT_FOUND|DELTA_PATH_DOES_NOT_EXIST|DELTA_FILE_NOT_FOUND[\w.]*|DELTA_EMPTY_DIRECTORY|PARTITIONS_NOT_FOUND|FAILED_READ_FILE\.FILE_NOT_EXIST|DELTA_MISSING_CHANGE_DATA|DELTA_VERSIONS_NOT_CONTIGUOUS|DELTA_TRUNCATED_TRANSACTION_LOG)\]|Path does not exist:|Input path does not exist|SparkFileNotFoundException/,
      weight: 0.93,
    },
    {
      text: /\(?NoSuchKey\)?|NoSuchBucket|when calling the (?:HeadObject|HeadBucket|GetObject) operation: (?:Not Found|Key .{1,300} does not exist)|BlobNotFound|ContainerNotFound|specified (?:blob|container|key|bucket) does not exist|Blob\(s\) not found|The specified key does not exist|No such object: \S+\/|404 GET https:\/\/storage\.googleapis|Not found: URI|matched no objects|No files? (?:found|matched|match)|No such (?:partition|object)|No matching (?:partition|files?|objects?|data)|\bFileNotFound: |no objects? (?:found|matched)/i,
      weight: 0.93,
    },
    {
      type: named(
        "FileNotFoundError",
        "NoSuchFileException",
        "FileNotFoundException",
        "NotFileError",
        "ResourceNotFoundError",
        "NoSuchKey",
        "NoSuchBucket",
      ),
      weight: 0.88,
    },
    {
      text: /(?:cat|gzip|zcat|head|wc|cp|mv|tail|tar|unzip|sort|awk|sed|grep|cut|psql|aws|gsutil): .{0,200}(?:No such file or directory|cannot (?:stat|access|open|find))|\[Errno 2\] No such file/,
      weight: 0.86,
    },
    {
      text: /\b[\w./=-]+\.(?:csv|parquet|json|avro|orc|gz|zip|tsv|xlsx?|txt|jsonl|dat)\b.{0,80}(?:not found|does not exist|No such file|missing|cannot be found)|(?:file|input|dataset|partition|snapshot|export|feed|source|data) .{0,160}(?:not found|does not exist|is missing|are missing|not (?:yet )?(?:arrived|available|delivered|present|ready))/i,
      weight: 0.8,
    },
    { text: /Cannot time travel|is not available\. .{0,40}version/i, weight: 0.72 },
  ],
  unless:
    /No such file or directory: '[\w.-]{1,60}': '[\w.-]{1,60}'|can't open file|^550.{0,200}(?:[Dd]enied|[Pp]ermission|not allowed)|subprocess\.py.*_execute_child|No such file or directory: '(?:java|python3?|bash|git|spark-submit|docker|kubectl|aws|gsutil|dbt|psql)'|Notebook|\.so\b|\.py['"]?: \[Errno|environ/,
  object: [
    /(?:directory|exist|not found|found|FileNotFoundException|Path does not exist|pattern|key does not exist)[:=]*\s*(?:that match the pattern\s*)?[`'"]?((?:[\w+-]+:\/)?[\w./@=*:%{}-]*[./][\w./@=*:%{}-]+)/,
    /['"`]((?:[a-z0-9]+:\/\/)?[\w./=*:%-]*\/[\w./=*:%{}-]+)['"`]/,
    /(\S+\.(?:csv|parquet|json|avro|orc|gz|zip|tsv|xlsx?|txt|jsonl|dat))\b/,
    /(\S+): No such file/,
    /calling the (\w+) operation/,
  ],
  summary: (o, p) =>
    `Input ${o ?? "it reads"} is not there for ${p.task}; its producer must deliver it before a rerun can help.`,
  nextStep: "Check whether the producer ran and where it wrote; rerun once the input exists.",
};
