import { element } from "./element.js";

const clockTime = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto", style: "short" });
const refreshMs = 20_000;

/** A moment in the reader's own zone; the tooltip has it in UTC. `style` as in a card: time, date_time or relative. */
export function timeElement(iso, style, className) {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return document.createTextNode(iso);
  const utc = `${at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
  const node = element("time", { datetime: at.toISOString(), title: utc, class: className, dataset: { style } });
  node.textContent = words(at, style);
  return node;
}

export function keepTimesFresh() {
  setInterval(() => {
    for (const node of document.querySelectorAll("time[data-style]")) {
      const fresh = words(new Date(node.dateTime), node.dataset.style);
      if (node.textContent !== fresh) node.textContent = fresh;
    }
  }, refreshMs);
}

function words(at, style) {
  if (style === "relative") return relativeWords(at);
  if (!isToday(at)) return dayAndTime.format(at);
  return style === "date_time" ? `today ${clockTime.format(at)}` : clockTime.format(at);
}

function relativeWords(at) {
  const seconds = Math.round((at.getTime() - Date.now()) / 1000);
  const size = Math.abs(seconds);
  if (size < 45) return seconds <= 0 ? "now" : "in a moment";
  if (size < 3600) return relative.format(Math.round(seconds / 60), "minute");
  if (size < 86_400) return relative.format(Math.round(seconds / 3600), "hour");
  return relative.format(Math.round(seconds / 86_400), "day");
}

function isToday(at) {
  return at.toDateString() === new Date().toDateString();
}
