import { AirflowAnswer } from "../http-error.js";

const KINDS: Readonly<Record<number, readonly [title: string, section: string]>> = {
  400: ["Bad Request", "BadRequest"],
  403: ["Forbidden", "PermissionDenied"],
  404: ["Not Found", "NotFound"],
  409: ["Conflict", "AlreadyExists"],
};
const REFERENCE = "https://airflow.apache.org/docs/apache-airflow/2.11.2/stable-rest-api-ref.html#section/Errors";

/** Airflow 2's refusal: problem JSON (RFC 7807). */
export function problem(status: number, detail: string | null, title?: string): AirflowAnswer {
  const [usual, section] = KINDS[status] ?? ["Internal Server Error", "Unknown"];
  return new AirflowAnswer(status, { detail, status, title: title ?? usual, type: `${REFERENCE}/${section}` });
}

/** What the shared parts refuse in Airflow 3's words, in those of Airflow 2; it knows no 422, and no 500 for a bad time. */
export function asProblem({ status, body }: AirflowAnswer): AirflowAnswer {
  if (typeof body === "object" && body !== null && "type" in body) return new AirflowAnswer(status, body);
  const detail = typeof body === "object" && body !== null && "detail" in body ? body.detail : null;
  return problem(
    status === 422 || status === 500 ? 400 : status,
    typeof detail === "string" ? detail : JSON.stringify(detail),
  );
}
