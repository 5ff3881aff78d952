/** A platform-free message tree; each adapter draws it. Text from outside only ever becomes `text` or `code` spans: links are ours. */

export type Span =
  | { readonly t: "text"; readonly text: string }
  | { readonly t: "bold"; readonly text: string }
  | { readonly t: "code"; readonly text: string }
  /** Only addresses that we built from configuration. */
  | { readonly t: "link"; readonly text: string; readonly url: string }
  /** Shown in the reader's own zone; `style` says how. */
  | { readonly t: "time"; readonly at: string; readonly style: "time" | "date_time" | "relative" }
  /** A person by id, drawn as the platform names people, without notifying them. */
  | { readonly t: "person"; readonly id: string; readonly name: string };

export type Line = readonly Span[];

export interface Button {
  /** Stable verb: `approve`, `deny`, `break_glass`, `refresh`, `propose`, `mute`, `reveal`, `open`. */
  readonly action: "approve" | "deny" | "break_glass" | "refresh" | "propose" | "mute" | "reveal" | "open";
  readonly label: string;
  readonly style: "primary" | "danger" | "plain";
  /** Opaque id of a proposal or incident; never the action itself. Empty for `open`. */
  readonly value: string;
  readonly url: string | null;
}

export interface QuotedLine {
  readonly id: string;
  readonly source: string;
  readonly line: number | null;
  readonly text: string;
}

export type Block =
  | { readonly b: "lines"; readonly lines: readonly Line[] }
  | { readonly b: "quotes"; readonly quotes: readonly QuotedLine[] }
  | { readonly b: "fields"; readonly fields: readonly { readonly name: string; readonly value: Line }[] }
  | { readonly b: "note"; readonly line: Line }
  | { readonly b: "buttons"; readonly buttons: readonly Button[] }
  | { readonly b: "divider" };

export type Tone = "failed" | "attention" | "progress" | "recovered" | "neutral";

export interface Card {
  /** What the card is about, e.g. `incident:inc_1`, `proposal:pro_1`; copies of one subject are edited together. */
  readonly subject: string;
  readonly tone: Tone;
  /** One plain line for notifications and for surfaces that draw nothing else. */
  readonly fallback: string;
  /** Every adapter draws the word SIMULATED from this; blocks and fallback don't say it themselves. */
  readonly simulated: boolean;
  readonly blocks: readonly Block[];
}
