/** A refusal with the service's own body. */
export class DatabricksAnswer extends Error {
  constructor(
    readonly status: number,
    readonly errorCode: string,
    message: string,
  ) {
    super(message);
  }
}

export function badParameter(message: string): DatabricksAnswer {
  return new DatabricksAnswer(400, "INVALID_PARAMETER_VALUE", message);
}
