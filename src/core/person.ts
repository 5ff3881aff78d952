export type Platform = "slack" | "teams" | "console" | "cli" | "mcp";

/** Somebody on a chat surface as the platform describes them right now; `id` is `slack:U02BOB`, `console:ben`. */
export interface Person {
  readonly id: string;
  readonly platform: Platform;
  readonly displayName: string;
  readonly standing: "member" | "guest" | "stranger" | "bot" | "deactivated";
  /** The address for which the platform itself vouches; absent or null where it does not. */
  readonly email?: string | null;
}

/** Who asked: a person's id, or the alert itself. */
export type Requester =
  | { readonly kind: "person"; readonly id: string; readonly name: string }
  | { readonly kind: "alert" };
