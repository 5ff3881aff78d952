import { named, type Signature } from "../signature.js";

export const recordMalformed: Signature = {
  id: "record-malformed",
  category: "data_quality",
  rerunHelps: "no",
  proofs: [
    { text: /stl_load_errors|sys_load_error_detail|load into table .{1,80} failed/i, weight: 0.86 },
    {
      text: /\b_?csv\.Error: |wrong number of fields|Invalid Avro|InvalidAvro|checksum (?:mismatch|does not match|differs) .{0,80}\.(?:csv|parquet|json|avro|gz|zip|orc)/,
      weight: 0.92,
    },
    {
      text: /Malformed (?:records|JSON|CSV|line|record)|\[(?:MALFORMED_RECORD_IN_PARSING|MALFORMED_CSV_RECORD|MALFORMED_PROTOBUF_MESSAGE|MALFORMED_AVRO_MESSAGE|CANNOT_READ_FILE_FOOTER|FAILED_READ_FILE\.(?:CANNOT_READ_FILE_FOOTER|NO_HINT))[\w.]*\]|Error tokenizing data|C error: Expected \d+ fields|is not a Parquet file|Parquet magic bytes not found|not a parquet file|Invalid Parquet|not in gzip format|Not a gzipped file|CRC check failed|incorrect header check|unexpected end of (?:file|data|stream|input)|Compressed file ended before|File is not a zip file|BadZipFile|zlib\.error|Corrupt(?:ed)? (?:file|block|footer|record)|magic number|invalid start byte|codec can't decode|invalid byte sequence|Invalid UTF-?8|Unterminated string|Expecting ',' delimiter|Expecting property name|Extra data: line|Invalid (?:JSON|control character)|JsonParseException|JsonEOFException|JsonMappingException|XMLSyntaxError|not well-formed|Bad line|expected \d+ values in row|Truncated (?:file|block|avro)|invalid JSON|parse error .{0,40}(?:row|record|line \d+ of)|could not parse (?:row|record|line)/i,
      weight: 0.88,
    },
    {
      type: named(
        "UnicodeDecodeError",
        "BadGzipFile",
        "BadZipFile",
        "JsonEOFException",
        "MalformedInputException",
        "CorruptRecordException",
        "EOFError",
      ),
      weight: 0.84,
    },
    { type: named("JSONDecodeError"), text: /line (?:[2-9]|\d{2,})|column (?:[2-9]|\d{2,})|char [1-9]/, weight: 0.84 },
    {
      text: /Unexpected EOF in archive|checksum(?:s)? did NOT match|checksum mismatch in (?:file|block)|gzip: .{0,200}(?:unexpected end|invalid compressed)/,
      weight: 0.88,
    },
  ],
  unlessNear: /(?:models|sdk\/\S{0,40})\/?(?:variable|connection)\.py:|variable\.py:(?:get|deserialize)/,
  unless:
    /SSL|EOF occurred in violation|Expecting value: line 1 column 1 \(char 0\)|yaml|\.ya?ml|input device|EOF when reading a line/,
  object: [
    /((?:[\w=:.-]*\/)[\w./=:-]*\.(?:csv|parquet|json|jsonl|avro|orc|gz|zip|tsv|xml|txt))\b/,
    /(?<![\w.])([\w-]+\.(?:csv|parquet|json|jsonl|avro|orc|gz|zip|tsv|xml|txt))\b/,
    /((?:line|char|column|row) \d+)/,
  ],
  summary: (o, p) =>
    `The input (${o ?? "a file"}) of ${p.task} is damaged or malformed; the producer must deliver it again, a rerun can't help.`,
  nextStep: "Look at the named file or record; have it delivered again or quarantined, then rerun.",
};
