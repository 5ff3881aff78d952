import { element } from "./element.js";
import { timeElement } from "./times.js";

/** The nodes of one line of a card. */
export function drawLine(line) {
  return line.map(drawSpan);
}

function drawSpan(span) {
  switch (span.t) {
    case "bold":
      return element("strong", {}, span.text);
    case "code":
      return element("code", {}, span.text);
    case "link":
      return drawLink(span);
    case "time":
      return timeElement(span.at, span.style);
    case "person":
      return element("span", { class: "at", title: span.id }, `@${span.name}`);
    default:
      return document.createTextNode(span.text ?? "");
  }
}

function drawLink(span) {
  if (!isWebAddress(span.url)) return document.createTextNode(span.text);
  return element("a", { href: span.url, target: "_blank", rel: "noopener noreferrer" }, span.text);
}

export function isWebAddress(url) {
  return typeof url === "string" && /^https?:\/\//i.test(url) && URL.canParse(url);
}

/** The same line as plain words, for labels. */
export function lineWords(line) {
  return line.map((span) => span.text ?? span.name ?? "").join("");
}
