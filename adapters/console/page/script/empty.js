import { element } from "./element.js";

/** What stands where no thread is open, and says what happens next. */
export function emptyThreads(session) {
  const isSandbox = session?.mode === "sandbox";
  return element(
    "div",
    { class: "empty" },
    element("h2", {}, isSandbox ? "All quiet, for a few seconds" : "All quiet"),
    element(
      "p",
      {},
      isSandbox
        ? "The simulated company is at work. Its first failure opens a thread here within 20 seconds; or break something yourself, at the top."
        : "Pipewright is watching. The first failure that will not be retried opens a thread here, with its cause and the proof.",
    ),
  );
}

/** Sign-in is asked for, and nobody is signed in: nothing is shown. */
export function signInFirst(address) {
  return element(
    "div",
    { class: "empty" },
    element("h2", {}, "Sign in to Pipewright"),
    element("p", {}, "Threads, questions and approvals are for people of this organisation."),
    element("p", {}, element("a", { class: "button primary", id: "sign-in", href: address }, "Sign in")),
  );
}

export function connecting() {
  return element("div", { class: "empty" }, element("h2", {}, "Connecting…"));
}

export function threadGone() {
  return element(
    "div",
    { class: "empty" },
    element("h2", {}, "This thread is not here"),
    element("p", {}, "It may belong to somebody else, or to a world that was reset. Choose another one."),
  );
}

const suggestions = ["status", "why did orders_daily fail?", "help"];

/** A new conversation, with a few questions to start from. */
export function askSomething(onAsk) {
  return element(
    "div",
    { class: "empty" },
    element("h2", {}, "Ask about a pipeline"),
    element("p", {}, "What failed, why, what is blocked, or for a rerun, which somebody then has to approve."),
    element(
      "div",
      { class: "suggestions" },
      ...suggestions.map((words) =>
        element("button", { type: "button", class: "button small", onclick: () => onAsk(words) }, words),
      ),
    ),
  );
}
