import { expect } from "vitest";

/** Slack validates what it is sent and stand-ins don't: every rule of Block Kit that our messages could break. */
export function expectBlockKit(blocks: readonly unknown[]): void {
  const faults = [
    ...(blocks.length > 50 ? ["more than 50 blocks"] : []),
    ...blocks.flatMap((block, index) => blockFaults(block).map((fault) => `block ${index}: ${fault}`)),
  ];
  const length = JSON.stringify(blocks).length;
  if (messageLength(blocks) > 13_000) faults.push(`${length} characters in all`);
  expect(faults).toEqual([]);
}

type Fields = Readonly<Record<string, unknown>>;

function blockFaults(value: unknown): readonly string[] {
  const block = value as Fields;
  switch (block["type"]) {
    case "section":
      return [...only(block, ["type", "text", "block_id", "expand"]), ...textFaults(block["text"], "mrkdwn", 3000)];
    case "context": {
      const elements = block["elements"] as readonly unknown[];
      return [
        ...only(block, ["type", "elements", "block_id"]),
        ...(elements.length < 1 || elements.length > 10 ? ["1 to 10 elements"] : []),
        ...elements.flatMap((element) => textFaults(element, "mrkdwn", 2000)),
      ];
    }
    case "divider":
      return only(block, ["type", "block_id"]);
    case "actions":
      return [
        ...only(block, ["type", "elements", "block_id"]),
        ...actionsFaults(block["elements"] as readonly Fields[]),
      ];
    case "input":
      return [
        ...only(block, ["type", "block_id", "optional", "label", "element", "dispatch_action", "hint"]),
        ...textFaults(block["label"], "plain_text", 2000),
      ];
    default:
      return [`type ${String(block["type"])}`];
  }
}

function actionsFaults(elements: readonly Fields[]): readonly string[] {
  const ids = elements.map((element) => String(element["action_id"]));
  return [
    ...(elements.length < 1 || elements.length > 25 ? ["1 to 25 elements"] : []),
    ...(new Set(ids).size === ids.length ? [] : ["action ids repeat"]),
    ...elements.flatMap(buttonFaults),
  ];
}

function buttonFaults(button: Fields): readonly string[] {
  const style = button["style"];
  return [
    ...only(button, ["type", "action_id", "text", "value", "url", "style"]),
    ...(button["type"] === "button" ? [] : ["not a button"]),
    ...textFaults(button["text"], "plain_text", 75),
    ...bounded(button["action_id"], 1, 255, "action_id"),
    ...(button["value"] === undefined ? [] : bounded(button["value"], 1, 2000, "value")),
    ...(button["url"] === undefined ? [] : bounded(button["url"], 1, 3000, "url")),
    ...(style === undefined || style === "primary" || style === "danger" ? [] : ["style"]),
  ];
}

function textFaults(value: unknown, type: string, limit: number): readonly string[] {
  const text = value as Fields | undefined;
  if (text === undefined) return ["no text"];
  return [
    ...only(text, type === "mrkdwn" ? ["type", "text", "verbatim"] : ["type", "text", "emoji"]),
    ...(text["type"] === type ? [] : [`text of type ${String(text["type"])}`]),
    ...bounded(text["text"], 1, limit, "text"),
  ];
}

function bounded(value: unknown, min: number, max: number, name: string): readonly string[] {
  if (typeof value !== "string") return [`${name} is no text`];
  return value.length >= min && value.length <= max ? [] : [`${name} of ${value.length} characters`];
}

function only(fields: Fields, known: readonly string[]): readonly string[] {
  return Object.keys(fields)
    .filter((name) => !known.includes(name))
    .map((name) => `unknown field ${name}`);
}

function messageLength(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [name, inner]) => sum + (name === "text" && typeof inner === "string" ? inner.length : messageLength(inner)),
    0,
  );
}
