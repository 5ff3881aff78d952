import { InputError } from "../../core/errors.js";

/** One path segment. `~` (Airflow's "all") and dots, which URLs resolve away, are refused: they would widen the request. */
export function segment(value: string): string {
  if (value === "" || value === "." || value === ".." || value === "~")
    throw new InputError(`${JSON.stringify(value)} is not an id.`, "Use the id as Airflow or Databricks shows it.");
  return encodeURIComponent(value);
}

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export function queryString(query: Query): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) params.append(key, String(one));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** The POSTs that only read; everything else that is not a GET needs an ApprovedAction. */
const readingPosts: readonly { readonly path: RegExp; readonly onlyIf?: (body: unknown) => boolean }[] = [
  { path: /^\/api\/2\.[01]\/clusters\/events$/ },
  { path: /^\/api\/v[12]\/dags\/~\/dagRuns\/list$/ },
  { path: /^\/api\/v[12]\/dags\/~\/dagRuns\/~\/taskInstances\/list$/ },
  { path: /^\/auth\/token$/ },
  { path: /^\/oidc\/v1\/token$/ },
  { path: /^\/api\/v[12]\/dags\/[^/]+\/clearTaskInstances$/, onlyIf: isDryRun },
];

export function isReadingPost(path: string, body: unknown): boolean {
  return readingPosts.some((post) => post.path.test(path) && (post.onlyIf?.(body) ?? true));
}

function isDryRun(body: unknown): boolean {
  return typeof body === "object" && body !== null && "dry_run" in body && body.dry_run === true;
}
