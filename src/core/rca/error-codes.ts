import type { Category } from "../verdict.js";

/** The codes of one category in the schemes that every vendor shares. */
interface Codes {
  /** SQLSTATEs, whole or by class. */
  readonly sql?: string;
  /** Names of gRPC's status codes. */
  readonly grpc?: readonly (readonly [capitals: string, words: string])[];
  readonly http?: string;
  /** Names of the C library's error numbers. */
  readonly errno?: string;
}

const codes: Partial<Record<Category, Codes>> = {
  network_transient: {
    sql: "08\\w{3}",
    grpc: [["UNAVAILABLE", "Unavailable"]],
    http: "50[0234]|52[0-7]|530",
    errno: "CONNREFUSED|CONNRESET|CONNABORTED|HOSTUNREACH|HOSTDOWN|NETUNREACH|NETDOWN|NETRESET|NOTCONN|PIPE|AI_AGAIN",
  },
  permission: {
    sql: "28\\w{3}|42501",
    grpc: [
      ["PERMISSION_DENIED", "PermissionDenied"],
      ["UNAUTHENTICATED", "Unauthenticated"],
    ],
    http: "40[137]",
    errno: "ACCES|PERM",
  },
  quota_or_rate_limit: {
    sql: "533\\w{2}|53400",
    grpc: [["RESOURCE_EXHAUSTED", "ResourceExhausted"]],
    http: "429|509",
    errno: "DQUOT|MFILE|NFILE",
  },
  timeout: {
    sql: "57014|HYT0[01]",
    grpc: [["DEADLINE_EXCEEDED", "DeadlineExceeded"]],
    http: "408",
  },
  missing_upstream_data: {
    sql: "42P01|42S02|02000|3F000",
    grpc: [["NOT_FOUND", "NotFound"]],
    http: "410",
    errno: "NOENT",
  },
  schema_drift: { sql: "42703|42S22|42804|42P10" },
  data_quality: { sql: "23\\w{3}|22(?!012)\\w{3}" },
  transformation_error: {
    sql: "42601|42803|42883|42702|42725|0A\\w{3}|21\\w{3}",
    grpc: [["OUT_OF_RANGE", "OutOfRange"]],
  },
  configuration: {
    sql: "3D\\w{3}|08001(?=.{0,80}port)",
    grpc: [["FAILED_PRECONDITION", "FailedPrecondition"]],
    http: "400|405|406|415|422",
  },
  infrastructure: {
    sql: "40\\w{3}|55P03|57P0[1-4]|58\\w{3}|53100",
    grpc: [
      ["ABORTED", "Aborted"],
      ["DATA_LOSS", "DataLoss"],
    ],
    http: "507",
    errno: "IO|ROFS|STALE|NOSPC|NODEV",
  },
  out_of_memory: { sql: "53200", errno: "NOMEM" },
  dependency_failure: { sql: "58P01", grpc: [["UNIMPLEMENTED", "Unimplemented"]], http: "501" },
  cancelled: { grpc: [["CANCELLED", "Canceled"]], http: "499", errno: "CANCELED" },
};

/** Finds a code of the category where the text gives it as one; a bare number never counts. */
export function codeOf(category: Category): RegExp {
  const { sql, grpc, http, errno } = codes[category] ?? {};
  const parts = [
    ...(sql === undefined
      ? []
      : [
          `(?:SQLSTATE|SQL ?[Ss]tate|sql_?[Ss]tate|pgcode|SQLCODE)["'\\s:=([]{1,5}(?:${sql})\\b`,
          `\\[(?:${sql})\\](?= ?[[(:]| \\w)`,
        ]),
    ...(grpc ?? []).map(
      ([capitals, words]) =>
        `(?:StatusCode\\.|\\b[Ss]tatus ?(?:[Cc]ode)?["']? ?[:=(] ?["']?|code ?[:=] ?["']?|^|: )(?:${capitals}\\b|${words}\\b(?= desc| ?["',)]))`,
    ),
    ...(http === undefined
      ? []
      : [
          `(?:\\bHTTP(?:/\\d(?:\\.\\d)?)?(?: [Ee]rror| status| [Ss]tatus [Cc]ode)?[ :=]{1,3}|\\b[Ss]tatus[ _]?[Cc]?(?:ode)?["']?[ :=(]{1,3}|[Rr]esponse code[ :=]{1,3}|[Uu]nexpected (?:status|response)[ :=]{1,3})(?:${http})\\b`,
        ]),
    ...(errno === undefined ? [] : [`\\bE(?:${errno})\\b`]),
  ];
  return new RegExp(parts.join("|"));
}
