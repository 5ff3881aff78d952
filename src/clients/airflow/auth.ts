import type { AirflowAuth, Secret } from "../../config/config.js";
import type { Clock } from "../../core/ports.js";
import { commandToken, expiryOfJwt, fetchedToken, fixedToken } from "../http/credentials.js";
import type { Credentials } from "../http/target.js";
import type { Http } from "../http.js";
import type { ApiVersion } from "./addresses.js";
import { wireToken } from "./schema.js";

/** Airflow's tokens live a day by default, an hour for some deployments. */
const refreshEarlyMs = 60_000;

export interface SignInDeps {
  readonly connection: string;
  readonly http: Http;
  readonly clock: Clock;
  /** A name and password make a token on Airflow 3, and are sent themselves to Airflow 2. */
  readonly api: () => Promise<ApiVersion>;
}

export function createAirflowCredentials(auth: AirflowAuth, deps: SignInDeps): Credentials {
  switch (auth.kind) {
    case "bearer":
      return fixedToken(auth.token);
    case "command":
      return commandToken(deps.connection, auth.command, deps.clock);
    case "basic":
      return basic(auth);
    case "airflow-login": {
      const [plain, token] = [basic(auth), login(auth, deps)];
      const now = async () => ((await deps.api()) === "v1" ? plain : token);
      return {
        setting: auth.password.name,
        header: async () => (await now()).header(),
        renew: async () => (await now()).renew(),
      };
    }
  }
}

interface NameAndPassword {
  readonly username: string;
  readonly password: Secret;
}

function basic({ username, password }: NameAndPassword): Credentials {
  return {
    setting: password.name,
    header: async () => `Basic ${Buffer.from(`${username}:${password.read()}`, "utf8").toString("base64")}`,
    renew: async () => false,
  };
}

function login({ username, password }: NameAndPassword, { http, clock }: SignInDeps): Credentials {
  return fetchedToken(
    password.name,
    async () => {
      const body = { username, password: password.read() };
      const { access_token: value } = await http.read("/auth/token", wireToken, { body, setting: password.name });
      return { value, expiresAt: expiryOfJwt(value) };
    },
    clock,
    refreshEarlyMs,
  );
}
