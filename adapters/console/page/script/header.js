import { avatar, byId, element } from "./element.js";

/** The bar at the top: SIMULATED, what is connected, the faults to play with, and who is acting. */
export function createHeader({ onPerson, onBreak, onSignOut }) {
  const select = byId("person-select");
  byId("sign-out").addEventListener("click", onSignOut);
  select.addEventListener("change", () => onPerson(select.value));

  return {
    draw(session, personId) {
      byId("simulated-mark").hidden = session.mode !== "sandbox";
      drawPeople(session.people, personId);
      const isSignedIn = session.by === "sign-in";
      select.disabled = isSignedIn;
      byId("person").querySelector(".person-label").textContent = isSignedIn ? "Signed in as" : "Acting as";
      byId("person").querySelector(".person-open").toggleAttribute("hidden", isSignedIn);
      byId("sign-out").hidden = session.by !== "sign-in" || session.people.length === 0;
      drawConnections(session);
      drawBreakMenu(session.breakMenu, onBreak);
    },
  };

  function drawPeople(people, personId) {
    byId("person").hidden = people.length === 0;
    select.replaceChildren(
      ...people.map((person) =>
        element("option", { value: person.id, selected: person.id === personId }, `${person.name} · ${person.role}`),
      ),
    );
    select.value = personId;
    const acting = people.find((person) => person.id === personId);
    if (acting) {
      const face = avatar(acting);
      face.id = "person-avatar";
      byId("person-avatar").replaceWith(face);
      byId("person-name").textContent = acting.name;
      byId("person-role").textContent = acting.role;
    }
  }
}

function drawConnections({ connections, notes }) {
  const button = byId("connections-button");
  button.hidden = connections.length + notes.length === 0;
  const label = connections.length === 0 ? "Nothing connected" : `${connections.length} connected`;
  byId("connections-label").textContent = label;
  button.setAttribute("aria-label", `${label}; show what is and what isn't`);
  button.querySelector(".dot").className = connections.length === 0 ? "dot none" : "dot";
  const row = (state, words) =>
    element("li", { class: "plain" }, element("span", { class: `dot ${state}`, "aria-hidden": "true" }), words);
  byId("connections").replaceChildren(
    element("h2", {}, "Connected"),
    element(
      "ul",
      {},
      ...connections.map((name) => row("", element("code", {}, name))),
      ...notes.map((note) => row("partly", element("span", { class: "muted" }, note))),
    ),
  );
}

function drawBreakMenu(entries, onBreak) {
  byId("break-button").hidden = entries.length === 0;
  byId("break-menu").replaceChildren(
    element("h2", {}, "Break something"),
    element("p", { class: "muted" }, "In the simulated company only. What breaks shows up as a thread within seconds."),
    element("ul", {}, ...entries.map((entry) => breakRow(entry, onBreak))),
  );
}

function breakRow(entry, onBreak) {
  const act = (fix, label) =>
    element(
      "button",
      {
        type: "button",
        class: "button small",
        "aria-label": `${label}: ${entry.label}`,
        onclick: () => onBreak(entry, fix),
      },
      label,
    );
  return element(
    "li",
    {},
    element(
      "span",
      { class: "row-words" },
      element("code", {}, entry.pipeline),
      element("span", { class: "muted" }, entry.label),
    ),
    element("span", { class: "row-buttons" }, act(false, "Break"), entry.fixLabel ? act(true, entry.fixLabel) : null),
  );
}
