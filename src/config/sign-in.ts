import type { OidcConfig } from "./config.js";
import { type Environment, parseHttpUrl } from "./env.js";
import type { ConfigFile } from "./file.js";
import { fileSecret } from "./file-secret.js";

const names = ["PIPEWRIGHT_OIDC_ISSUER", "PIPEWRIGHT_OIDC_CLIENT_ID", "PIPEWRIGHT_OIDC_CLIENT_SECRET"] as const;
const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Sign-in to the console, from the environment or the YAML file; null: nobody signs in. */
export function signInConfig(env: Environment, file: ConfigFile): OidcConfig | null {
  const [issuerName, idName, secretName] = names;
  const fromEnv = { issuer: env.text(issuerName), id: env.text(idName), secret: env.secret(secretName) };
  const { oidc } = file;
  const inEnv = Object.values(fromEnv).some((value) => value !== null);
  if (!inEnv && oidc === undefined) return null;
  const issuer = fromEnv.issuer ?? oidc?.issuer ?? null;
  const clientId = fromEnv.id ?? oidc?.client_id ?? null;
  const clientSecret =
    fromEnv.secret ??
    (oidc === undefined
      ? null
      : fileSecret(env, "oidc of PIPEWRIGHT_CONFIG", "client_secret", oidc.client_secret_env, oidc.client_secret_file));
  if (issuer === null || clientId === null || clientSecret === null) {
    const missing = oidc === undefined ? missingOf([issuer, clientId, clientSecret]) : [];
    for (const name of missing) {
      env.problem(name, `${name} is missing, but other settings of the sign-in are there.`, "Set all three, or none.");
    }
    return null;
  }
  if (!isIssuer(issuer)) {
    env.problem(
      issuerName,
      `${issuerName} is not the address of an issuer.`,
      "Write it as the provider does, like https://login.example.com/realms/data, with https.",
    );
  }
  const domains = oidc?.domains ?? [];
  if (domains.length === 0 && isOpenToAnybody(issuer)) {
    env.problem(
      issuerName,
      `${issuerName} is an issuer at which anybody can have an account, and nobody says who of them may sign in.`,
      "Name your organisation's domains under oidc in the YAML file, like domains: [example.com], or take the issuer of your own tenant.",
    );
  }
  return { issuer, clientId, clientSecret, domains, consoleUrl: consoleUrl(env, file) };
}

/** Where whoever likes makes an account: a sign-in there vouches for nobody's belonging here. */
const openIssuers: readonly { readonly host: string; readonly path: RegExp }[] = [
  { host: "accounts.google.com", path: /^/ },
  {
    host: "login.microsoftonline.com",
    path: /^\/(?:common|organizations|consumers|9188040d-6c67-4c5b-b112-36a304b66dad)(?:\/|$)/i,
  },
  { host: "login.live.com", path: /^/ },
  { host: "appleid.apple.com", path: /^/ },
  { host: "gitlab.com", path: /^/ },
  { host: "www.linkedin.com", path: /^/ },
  { host: "login.yahoo.com", path: /^/ },
  { host: "api.login.yahoo.com", path: /^/ },
  { host: "www.facebook.com", path: /^/ },
];

function isOpenToAnybody(issuer: string): boolean {
  if (!URL.canParse(issuer)) return false;
  const { hostname, pathname } = new URL(issuer);
  return openIssuers.some(({ host, path }) => host === hostname.replace(/\.$/, "") && path.test(pathname));
}

function missingOf(values: readonly unknown[]): readonly string[] {
  return names.filter((_, index) => values[index] === null);
}

/** Without TLS only on this machine: the client's secret is sent there. */
function isIssuer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash, username } = new URL(text);
  if (search !== "" || hash !== "" || username !== "") return false;
  return protocol === "https:" || (protocol === "http:" && loopback.has(hostname));
}

function consoleUrl(env: Environment, { oidc }: ConfigFile): string | null {
  const stated = env.url("PIPEWRIGHT_CONSOLE_URL");
  if (stated !== null || oidc?.console_url === undefined) return stated;
  const url = parseHttpUrl(oidc.console_url);
  if (url === null) {
    env.problem("oidc", "console_url of oidc is not a web address.", "Write it like https://pipewright.example.com.");
  }
  return url;
}
