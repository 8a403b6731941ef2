// Elements of the page. Text only ever becomes text: nothing here reads markup.

/** An element with attributes, and children that are elements or text. `on` holds listeners. */
function el(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const byId = (id) => document.getElementById(id);

const fill = (element, ...children) => element.replaceChildren(...children.flat().filter(Boolean));

/** Characters that turn the direction of writing, and other controls: shown by their number, so that they turn nothing. */
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** Text from a document as nodes. */
function plain(text) {
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(CONTROLS)) {
    nodes.push(text.slice(from, match.index));
    const number = match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    nodes.push(el("span", { class: "control" }, `U+${number}`));
    from = match.index + match[0].length;
  }
  nodes.push(text.slice(from));
  return nodes;
}

/** Text from a document, kept to itself; what is long can be opened. */
function quoted(nodes, length, attributes = {}) {
  const whole = el("bdi", attributes, nodes);
  if (length <= LONG) return whole;
  const beginning = whole.textContent.slice(0, LONG).replace(/[\ud800-\udbff]$/, "");
  return el("details", { class: "long" },
    el("summary", {}, el("bdi", attributes, `${beginning}…`)), whole);
}

/** Characters of a title or sentence that are shown at once. */
const LONG = 600;

/** A number that can be followed to what it rests on. */
function follow(text, label, open, attributes = {}) {
  return el("button", { type: "button", class: "follow", "aria-label": label, on: { click: open }, ...attributes }, text);
}

/** A bar of a value 0–100, for the eye only. */
function bar(value) {
  const inner = el("span", { class: "bar-inner" });
  inner.style.width = `${Math.max(0, Math.min(100, value ?? 0))}%`;
  return el("span", { class: "bar", "aria-hidden": "true" }, inner);
}

/** A term with what it says. */
const fact = (title, text) => el("div", {}, el("dt", {}, title), el("dd", {}, text));

/** A header cell of a table. */
const head = (text, attributes = {}) => el("th", { scope: "col", ...attributes }, text);

/** Fills a list of options. */
function options(select, pairs, chosen) {
  fill(select, pairs.map(([value, text]) => el("option", { value, selected: value === chosen }, text)));
  select.value = chosen;
}
