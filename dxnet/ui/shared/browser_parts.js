// What the scripts of all parts may use; it stands before each of them.

// Whether the page is drawn to its end.
function isPageDrawn() {
  return document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]') !== null
}

// An element with its properties and what it holds; of these ``data`` is its data set, and ``aria`` its role and states.
function make(tag, properties = {}, ...children) {
  const { data = {}, aria = {}, ...plain } = properties
  const made = Object.assign(document.createElement(tag), plain)
  Object.assign(made.dataset, data)
  for (const [name, value] of Object.entries(aria)) made.setAttribute(name === "role" ? name : `aria-${name}`, value)
  made.append(...children)
  return made
}
