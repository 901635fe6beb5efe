// Draws in place: what is on the page stays where it is, and only what is new is changed. So focus, a selection, what
// was typed and what was opened outlive each drawing.

/** The namespace of drawings, as the browser's parser knows it. */
const SVG = new DOMParser().parseFromString("<svg></svg>", "text/html").body.firstChild.namespaceURI;
/** What a person changes by hand. It is set where the view says something new, not at each drawing. */
const BY_HAND = new Set(["value", "checked", "selected", "open"]);

/** An element as it should be: with properties (`key` tells it from its like) and children. Text stays text. */
export function h(tag, properties, ...children) {
  return { tag, properties: properties ?? {}, key: properties?.key, children: children.flat(Infinity).map(asNode) };
}

function asNode(child) {
  if (child?.tag) return child;
  // Nothing keeps its place, so that what comes after it is found again.
  return { text: child === null || child === undefined || child === false ? "" : String(child) };
}

/** Makes the children of `container` what `view` says, and keeps the focus on the page. */
export function draw(container, view) {
  const focusable = () => [...container.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")];
  const before = container.contains(document.activeElement) ? focusable() : [];
  const place = before.indexOf(document.activeElement);
  const after = [view].flat(Infinity).map(asNode);
  reconcile(container, container.drawn ?? [], after);
  container.drawn = after;
  if (place >= 0 && !before[place].isConnected) {
    // What had the focus went: its neighbour takes it over.
    const rest = [...before.slice(place + 1), ...before.slice(0, place).reverse()];
    rest.find((element) => element.isConnected)?.focus();
  }
}

function reconcile(parent, before, after) {
  const known = new Map(before.filter((old) => old.key !== undefined).map((old) => [old.key, old]));
  const rest = before.filter((old) => old.key === undefined);
  const stays = new Set();
  const pairs = after.map((now, index) => {
    const old = now.key === undefined ? rest.shift() : known.get(now.key);
    if (old === undefined || old.tag !== now.tag || stays.has(old)) return [undefined, now, index];
    stays.add(old);
    return [old, now, index];
  });
  for (const old of before) if (!stays.has(old)) old.node.remove();
  for (const [old, now, index] of pairs) {
    now.node = old?.node ?? make(now, parent);
    update(now, old);
    if (parent.childNodes[index] !== now.node) parent.insertBefore(now.node, parent.childNodes[index] ?? null);
  }
}

function make({ tag, text }, parent) {
  if (tag === undefined) return document.createTextNode(text);
  const drawing = tag === "svg" || parent.namespaceURI === SVG;
  return drawing ? document.createElementNS(SVG, tag) : document.createElement(tag);
}

function update(now, old) {
  if (now.tag === undefined) {
    if (now.node.data !== now.text) now.node.data = now.text;
    return;
  }
  // An option must be there before it can be chosen.
  reconcile(now.node, old?.children ?? [], now.children);
  const was = old?.properties ?? {};
  for (const name of Object.keys(was)) if (!(name in now.properties)) set(now.node, name, undefined);
  for (const [name, value] of Object.entries(now.properties)) if (was[name] !== value) set(now.node, name, value);
}

function set(node, name, value) {
  if (name === "key") return;
  if (name.startsWith("on") || BY_HAND.has(name)) node[name] = value ?? null;
  else if (value === undefined || value === null || value === false) node.removeAttribute(name);
  else node.setAttribute(name, value === true ? "" : value);
}
