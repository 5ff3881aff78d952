/** An answer that is not the wished one, with Airflow's own body. */
export class AirflowAnswer extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
  ) {
    super(`Airflow sandbox answers ${status}`);
  }
}

export function refused(status: number, detail: unknown): AirflowAnswer {
  return new AirflowAnswer(status, { detail });
}

/** FastAPI's answer to a request that doesn't fit the schema. */
export function invalid(loc: readonly (string | number)[], msg: string, type: string, input?: unknown): AirflowAnswer {
  return refused(422, [{ type, loc, msg, ...(input === undefined ? {} : { input }) }]);
}
