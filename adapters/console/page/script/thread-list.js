import { byId, element } from "./element.js";
import { drawLine, lineWords } from "./spans.js";
import { timeElement } from "./times.js";

/** The list on the left: one row a thread, newest first. */
export function createThreadList() {
  const list = byId("threads");
  const empty = byId("list-empty");
  const rows = new Map();

  return {
    /** `isUnread` tells of a thread whether something in it is new to the reader. */
    draw(threads, { openId, isUnread, emptyWords }) {
      const sorted = [...threads].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
      const kept = new Set(sorted.map((thread) => thread.id));
      for (const [id, row] of rows) {
        if (!kept.has(id)) {
          row.node.remove();
          rows.delete(id);
        }
      }
      sorted.forEach((thread, at) => {
        const row = rows.get(thread.id) ?? addRow(thread.id);
        fillRow(row, thread, { isOpen: thread.id === openId, isUnread: isUnread(thread) });
        if (list.children[at] !== row.node) list.insertBefore(row.node, list.children[at] ?? null);
      });
      empty.hidden = sorted.length > 0;
      empty.textContent = emptyWords;
    },
  };

  function addRow(id) {
    const link = element("a", { class: "thread-link", href: `#/t/${encodeURIComponent(id)}` });
    const row = { node: element("li", {}, link), link, drawn: "" };
    rows.set(id, row);
    return row;
  }
}

function fillRow(row, thread, { isOpen, isUnread }) {
  const drawn = JSON.stringify([thread, isOpen, isUnread]);
  if (row.drawn === drawn) return;
  row.drawn = drawn;
  const { state, title, line } = wordsOf(thread);
  row.link.dataset.tone = thread.tone;
  row.link.classList.toggle("unread", isUnread);
  if (isOpen) row.link.setAttribute("aria-current", "true");
  else row.link.removeAttribute("aria-current");
  row.link.replaceChildren(
    ...(isUnread ? [element("span", { class: "unread-dot" }, element("span", { class: "unseen" }, "Unread."))] : []),
    element(
      "div",
      { class: "thread-top" },
      element("span", { class: "thread-state" }, state),
      timeElement(thread.startedAt, "relative", "thread-time"),
    ),
    element("div", { class: "thread-title" }, title),
    ...(line ? [element("div", { class: "thread-line" }, ...line)] : []),
  );
}

/** `● FAILED  orders_daily / load_orders` becomes a state and a title; other roots keep their first line as title. */
function wordsOf(thread) {
  const [first = [], second] = thread.lines;
  const isIncident = thread.about === "incident" && first[0]?.t === "bold";
  return {
    state: isIncident ? first[0].text : (kinds[thread.about] ?? "Message"),
    title: lineWords(isIncident ? first.slice(1) : first).trim(),
    line: second ? drawLine(second.map((span) => (span.t === "link" ? { t: "text", text: span.text } : span))) : null,
  };
}

const kinds = { question: "Question", summary: "Summary", help: "Help" };
