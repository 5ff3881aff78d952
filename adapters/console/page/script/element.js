/** Builds a DOM element; text only ever becomes text nodes, so nothing that was quoted can turn into markup. */
export function element(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "onclick") node.addEventListener("click", value);
    else if (name === "dataset") Object.assign(node.dataset, value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function byId(id) {
  return document.getElementById(id);
}

/** The initial on a colour of the person's own. */
export function avatar(person) {
  const hue = [...person.id].reduce((sum, letter) => (sum * 7 + letter.codePointAt(0)) % 9973, 0) % 6;
  return element("span", { class: "avatar", "aria-hidden": "true", dataset: { hue } }, initial(person.name));
}

function initial(name) {
  return (name.trim()[0] ?? "?").toUpperCase();
}
