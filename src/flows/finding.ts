/** One line of `doctor`: `ok` is fine, `note` works with less, `fix` needs somebody. */
export interface Finding {
  readonly level: "ok" | "note" | "fix";
  readonly subject: string;
  readonly words: string;
}
