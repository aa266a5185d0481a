/** Makes an element of HTML. Text stays text: nothing of an answer is ever read as HTML. */
export function element(name, attributes, ...children) {
  return build(document.createElement(name), attributes, children);
}

/** Makes an element of SVG. */
export function shape(name, attributes, ...children) {
  return build(document.createElementNS('http://www.w3.org/2000/svg', name), attributes, children);
}

function build(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...children);
  return node;
}
