import { element } from "./element.js";
import { drawLine, isWebAddress } from "./spans.js";
import { timeElement } from "./times.js";

const quotesAtOnce = 4;
/** About two lines of a card on a wide window. */
const shortQuote = 150;

/**
 * Draws a message's card. `click` is what the reader's last click on it came to ({label, busy, note, bad}) or null;
 * `onClick` gets the button that was pressed.
 */
export function drawCard(message, { isRoot, click, onClick }) {
  const { card } = message;
  const classes = ["card", isRoot ? "root" : "", message.isPrivate ? "private" : ""].filter(Boolean).join(" ");
  const node = element("article", { class: classes, dataset: { tone: card.tone }, "aria-label": card.fallback });
  if (message.isPrivate) node.append(element("p", { class: "private-note" }, "Only visible to you"));
  if (card.simulated) node.append(element("span", { class: "simulated-tag" }, "Simulated"));
  const headed = card.blocks.find((block) => block.b === "lines");
  for (const block of card.blocks) {
    node.append(drawBlock(block, { isHead: block === headed, click, onClick }));
  }
  if (click?.note)
    node.append(element("p", { class: click.bad ? "click-note bad" : "click-note", role: "status" }, click.note));
  if (message.editedAt) {
    node.append(element("p", { class: "card-foot" }, "updated ", timeElement(message.editedAt, "time")));
  }
  return node;
}

function drawBlock(block, context) {
  switch (block.b) {
    case "lines":
      return element(
        "div",
        { class: "block lines" },
        ...block.lines.map((line, at) => drawParagraph(line, context.isHead && at === 0)),
      );
    case "quotes":
      return drawQuotes(block.quotes);
    case "fields":
      return drawFields(block.fields);
    case "note":
      return element("p", { class: "block note" }, ...drawLine(block.line));
    case "buttons":
      return drawButtons(block.buttons, context);
    default:
      return element("hr", { class: "block divider" });
  }
}

function drawParagraph(line, isHeadline) {
  if (line[0]?.t !== "time") return element("p", { class: isHeadline ? "headline" : null }, ...drawLine(line));
  // A line that opens with a time is a step of the trail.
  const [at, ...rest] = line;
  return element("p", { class: "trail" }, ...drawLine([at]), element("span", {}, ...drawLine(rest)));
}

/** The strongest quote in full and the next ones in short; a button shows everything. */
function drawQuotes(quotes) {
  const node = element("ol", { class: "quotes" }, ...quotes.map(drawQuote));
  const isShort = quotes.length <= quotesAtOnce && quotes.slice(1).every((quote) => quote.text.length <= shortQuote);
  if (isShort) return element("div", { class: "block" }, node);
  const label = `Show all ${quotes.length} lines in full`;
  const toggle = element("button", { type: "button", class: "more", "aria-expanded": "false" }, label);
  toggle.addEventListener("click", () => {
    const all = node.classList.toggle("in-full");
    toggle.setAttribute("aria-expanded", String(all));
    toggle.textContent = all ? "Show less" : label;
  });
  return element("div", { class: "block" }, node, toggle);
}

function drawQuote(quote) {
  const where = quote.line === null ? quote.source : String(quote.line);
  const label = quote.line === null ? `from ${quote.source}` : `${quote.source}, line ${quote.line}`;
  return element(
    "li",
    { class: "quote" },
    element("span", { class: "quote-id" }, quote.id),
    element("span", { class: "quote-line", title: label }, where),
    element("span", { class: "quote-text" }, quote.text),
  );
}

function drawFields(fields) {
  const rows = fields.flatMap((field) => [element("dt", {}, field.name), element("dd", {}, ...drawLine(field.value))]);
  return element("dl", { class: "block fields" }, ...rows);
}

function drawButtons(buttons, { click, onClick }) {
  return element(
    "div",
    { class: "block card-buttons" },
    ...buttons.map((button) => drawButton(button, click, onClick)),
  );
}

function drawButton(button, click, onClick) {
  if (button.action === "open") return drawOpenLink(button);
  const pressed = click?.busy && click.label === button.label;
  const classes = ["button", button.style === "plain" ? "" : button.style, pressed ? "busy" : ""]
    .filter(Boolean)
    .join(" ");
  return element(
    "button",
    {
      type: "button",
      class: classes,
      disabled: Boolean(click?.busy),
      dataset: { action: button.action },
      onclick: () => onClick(button),
    },
    pressed ? element("span", { class: "spinner", "aria-hidden": "true" }) : null,
    button.label,
  );
}

function drawOpenLink(button) {
  if (!isWebAddress(button.url)) return null;
  return element(
    "a",
    { class: "button", href: button.url, target: "_blank", rel: "noopener noreferrer" },
    button.label,
    element("span", { "aria-hidden": "true" }, "↗"),
    element("span", { class: "unseen" }, "(opens a new tab)"),
  );
}
